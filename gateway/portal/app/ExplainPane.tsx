import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Asker } from './ask.ts';
import { ExplainFields } from './ExplainFields.tsx';
import { Facts, Outcome } from './ExplainOutcome.tsx';
import type { Explanation } from './explanation.ts';
import { type Explained, useExplanation } from './useExplanation.ts';
import { useText } from './useText.ts';

function Plan({ plan, names }: Pick<Explanation, 'plan' | 'names'>) {
  const text = useText();
  if (plan === undefined) return null;
  return (
    <details className="plan">
      <summary>{text('plan')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1) */}
      <pre tabIndex={0}>{plan}</pre>
      {names.length > 0 && (
        <>
          <h3>{text('planNames')}</h3>
          <dl>
            {names.map(([own, theirs]) => (
              <div key={own}>
                <dt>
                  <code>{own}</code>
                </dt>
                <dd>
                  <code>{theirs}</code>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </details>
  );
}

function NotExplained({ status, requestId, errors }: Exclude<Explained, { explanation: Explanation }>) {
  const text = useText();
  return (
    <div className="other-errors">
      <h3>
        {text('notExplained')}
        {status > 0 && ` · HTTP ${status}`}
      </h3>
      <ul>
        {errors.map(({ code, message }) => (
          <li key={`${code} ${message}`}>
            {code !== '' && <code>{code}</code>} {message}
          </li>
        ))}
      </ul>
      {requestId !== undefined && (
        <p className="hint">
          {text('requestId')} <code>{requestId}</code>
        </p>
      )}
    </div>
  );
}

interface Props extends Asker {
  /** While the token of another caller is on its way. */
  readonly waiting: boolean;
  onClose(): void;
}

/** In place of the answer: what the gateway would do with the operation in the editors, and why. Escape goes back. */
export function ExplainPane({ waiting, onClose, ...asker }: Props) {
  const text = useText();
  const { explained, asking, edited, explain } = useExplanation(asker, waiting);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
  };
  const explanation = explained !== undefined && 'explanation' in explained ? explained.explanation : undefined;
  return (
    <section
      id="explanation"
      className="explain-pane"
      aria-labelledby="explanation-title"
      aria-busy={asking}
      data-state={asking ? 'asking' : explanation === undefined ? 'failed' : 'explained'}
      onKeyDown={onKeyDown}
    >
      <div className="explain-head">
        <h2 id="explanation-title" tabIndex={-1} ref={heading}>
          {text('explain')}
        </h2>
        {edited && <span className="edited">{text('edited')}</span>}
        <button type="button" className={edited ? 'primary' : ''} disabled={asking} onClick={() => void explain()}>
          {text(asking ? 'explaining' : 'explainAgain')}
        </button>
      </div>
      <div role="status">
        {explanation !== undefined && <Outcome explanation={explanation} />}
        {explained !== undefined && !('explanation' in explained) && <NotExplained {...explained} />}
      </div>
      {explanation !== undefined && (
        <>
          <Facts explanation={explanation} />
          <ExplainFields fields={explanation.fields} />
          <Plan {...explanation} />
        </>
      )}
    </section>
  );
}
