import { Fragment } from 'react';
import type { Answer, Refusal } from './answer.ts';
import { useText } from './language.tsx';
import { Scopes } from './Scopes.tsx';

/** Dotted names break at their dots, so that a narrow column stays readable. */
function Dotted({ name }: { readonly name: string }) {
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

function Alternatives({ sets }: { readonly sets: readonly (readonly string[])[] }) {
  const text = useText();
  return sets.map((names, index) => (
    <Fragment key={names.join(' ')}>
      {index > 0 && <span className="hint"> {text('or')} </span>}
      <Scopes scopes={names} />
    </Fragment>
  ));
}

function Missing({ required }: Pick<Refusal, 'required'>) {
  const text = useText();
  if (required === undefined) return <span className="hint">{text('undisclosed')}</span>;
  return (
    <div className="missing">
      {required.closed && <p>{text('closed')}</p>}
      {required.authenticated && <p>{text('tokenNeeded')}</p>}
      {required.scopes.length > 0 && (
        <p>
          <Alternatives sets={required.scopes} />
        </p>
      )}
      {required.policies.length > 0 && (
        <p>
          <Alternatives sets={required.policies} />
        </p>
      )}
    </div>
  );
}

function Refusals({ refusals }: { readonly refusals: readonly Refusal[] }) {
  const text = useText();
  return (
    <table className="refusals">
      <caption>
        {text('refused')} <span className="count">{refusals.length}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">{text('path')}</th>
          <th scope="col">{text('coordinate')}</th>
          <th scope="col">{text('missing')}</th>
        </tr>
      </thead>
      <tbody>
        {refusals.map((refusal) => (
          <tr key={`${refusal.affectedPath} ${refusal.coordinate}`}>
            <td>
              <Dotted name={refusal.affectedPath} />
            </td>
            <td>
              <Dotted name={refusal.coordinate} />
            </td>
            <td>
              <Missing {...refusal} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Below the result: status and request id, the fields that were refused, and other errors by their codes. */
export function AnswerSummary({ answer }: { readonly answer: Answer }) {
  const text = useText();
  return (
    <section className="answer" aria-live="polite" data-status={answer.status}>
      <p className="answer-status">
        <span data-ok={answer.status === 200}>HTTP {answer.status}</span>
        <span>{answer.milliseconds} ms</span>
        {answer.requestId !== undefined && (
          <span>
            {text('requestId')} <code>{answer.requestId}</code>
          </span>
        )}
      </p>
      {answer.refusals.length > 0 && <Refusals refusals={answer.refusals} />}
      {answer.otherErrors.length > 0 && (
        <div className="other-errors">
          <h3>{text('otherErrors')}</h3>
          <ul>
            {answer.otherErrors.map(({ code, message }) => (
              <li key={`${code} ${message}`}>
                {code !== '' && <code>{code}</code>} {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
