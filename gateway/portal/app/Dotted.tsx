import { Fragment } from 'react';

/** Dotted names break at their dots, so that a narrow column stays readable. */
export function Dotted({ name }: { readonly name: string }) {
  const [first, ...others] = name.split('.');
  let before = first ?? '';
  return (
    <code>
      {first}
      {others.map((part) => {
        before = `${before}.${part}`;
        return (
          <Fragment key={before}>
            .<wbr />
            {part}
          </Fragment>
        );
      })}
    </code>
  );
}
