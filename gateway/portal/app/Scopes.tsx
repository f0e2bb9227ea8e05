import { Fragment } from 'react';

/** Scopes as chips, marked by the department that they open. */
export function Scopes({ scopes }: { readonly scopes: readonly string[] }) {
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <li key={scope} data-department={scope.split(':', 1)[0]}>
          <Breakable scope={scope} />
        </li>
      ))}
    </ul>
  );
}

/** May break after its colons where a column is narrow. */
function Breakable({ scope }: { readonly scope: string }) {
  const [first, ...others] = scope.split(':');
  return (
    <>
      {first}
      {others.map((part, index) => (
        <Fragment key={`${others.length - index} ${part}`}>
          :<wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}
