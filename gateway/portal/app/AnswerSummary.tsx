import type { Answer, Refusal } from './answer.ts';
import { Dotted } from './Dotted.tsx';
import { Required } from './Required.tsx';
import { useText } from './useText.ts';

interface RefusalsProps {
  readonly refusals: readonly Refusal[];
  readonly onExplain: (() => void) | undefined;
}

function Refusals({ refusals, onExplain }: RefusalsProps) {
  const text = useText();
  return (
    <table className="refusals">
      <caption>
        {text('refused')} <span className="count">{refusals.length}</span>
        {onExplain !== undefined && (
          <button type="button" className="link" onClick={onExplain}>
            {text('explainWhy')}
          </button>
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">{text('path')}</th>
          <th scope="col">{text('coordinate')}</th>
          <th scope="col">{text('required')}</th>
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
              {refusal.required === undefined ? (
                <span className="hint">{text('undisclosed')}</span>
              ) : (
                <Required {...refusal.required} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Props {
  readonly answer: Answer;
  /** Opens the explanation; absent where the gateway gives none. */
  readonly onExplain: (() => void) | undefined;
}

/** Below the result: status and request id, the fields that were refused, and other errors by their codes. */
export function AnswerSummary({ answer, onExplain }: Props) {
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
      {answer.refusals.length > 0 && <Refusals refusals={answer.refusals} onExplain={onExplain} />}
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
