import { CopyButton } from './CopyButton.tsx';
import { type Explanation, isDenied, neededFor } from './explanation.ts';
import { useLanguage } from './language.tsx';
import { Purpose } from './Required.tsx';
import { Scopes } from './Scopes.tsx';
import { departmentNames, type texts } from './texts.ts';
import { useText } from './useText.ts';

const TITLES = { whole: 'answeredWhole', filtered: 'answeredInPart', refused: 'answeredNot' } as const;

/** Why it ends as it does, in the order in which the gateway would say so. */
function reasonsFor({ answer, codes, operation }: Explanation): readonly (keyof typeof texts)[] {
  return codes.flatMap((code): (keyof typeof texts)[] => {
    if (code === 'LIMIT_COST') return ['reasonCost'];
    if (code === 'INTROSPECTION_FORBIDDEN') return ['reasonIntrospection'];
    if (code !== 'UNAUTHORIZED_FIELD_OR_TYPE' || answer === 'whole') return [];
    if (answer === 'filtered') return ['nulls'];
    return codes.length > 1 ? [] : [operation === 'mutation' ? 'reasonWrite' : 'reasonReject'];
  });
}

/** How it would end, in one sentence: the part that a screen reader announces. */
export function Outcome({ explanation }: { readonly explanation: Explanation }) {
  const text = useText();
  const { answer, fields } = explanation;
  const denied = fields.filter(isDenied).length;
  return (
    <p className="outcome" data-answer={answer}>
      <strong>{text(answer === 'filtered' && denied === fields.length ? 'answeredNothing' : TITLES[answer])}</strong>
      {denied > 0 && (
        <span>
          {denied} {text('outOf')} {fields.length} {text('fieldsDenied')}
        </span>
      )}
      {reasonsFor(explanation).map((reason) => (
        <span key={reason}>{text(reason)}</span>
      ))}
    </p>
  );
}

function Cost({ cost, budget }: Pick<Explanation, 'cost' | 'budget'>) {
  const text = useText();
  const { language } = useLanguage();
  return (
    <>
      <meter
        aria-label={text('cost')}
        min={0}
        max={budget}
        high={budget * 0.8}
        optimum={0}
        value={Math.min(cost, budget)}
        data-over={cost > budget}
      />
      <span data-over={cost > budget}>
        <strong>{cost.toLocaleString(language)}</strong> {text('ofBudget')} {budget.toLocaleString(language)}
      </span>
    </>
  );
}

function Departments({ names }: { readonly names: readonly string[] }) {
  const text = useText();
  if (names.length === 0) return text('nobody');
  return (
    <ol className="departments">
      {names.map((name) => (
        <li key={name} data-department={name}>
          {text(departmentNames[name] ?? { vi: name, en: name })}
        </li>
      ))}
    </ol>
  );
}

/** What to register for, so that nothing of the operation is denied any more. */
function NeededBesides({ fields }: Pick<Explanation, 'fields'>) {
  const text = useText();
  const { scopes, purposes, closed } = neededFor(fields);
  if (scopes.length === 0 && purposes.length === 0 && closed === 0) return null;
  return (
    <div className="needed">
      <dt>{text('needed')}</dt>
      <dd>
        {scopes.length > 0 && (
          <>
            <Scopes scopes={scopes} />
            <CopyButton label="copyScopes" value={scopes.join(' ')} />
          </>
        )}
        {purposes.length > 0 && (
          <span>
            {text('withPurpose')}{' '}
            {purposes.map((code, index) => (
              <span key={code}>
                {index > 0 && <span className="hint"> {text('or')} </span>}
                <Purpose code={code} />
              </span>
            ))}
          </span>
        )}
        {closed > 0 && (
          <span>
            {closed} {text('closedFields')}
          </span>
        )}
      </dd>
    </div>
  );
}

/** Cost, departments, and what opens the rest. */
export function Facts({ explanation }: { readonly explanation: Explanation }) {
  const text = useText();
  return (
    <dl className="facts">
      <div>
        <dt>{text('cost')}</dt>
        <dd>
          <Cost {...explanation} />
        </dd>
      </div>
      <div>
        <dt>{text('departmentsAsked')}</dt>
        <dd>
          <Departments names={explanation.departments} />
        </dd>
      </div>
      <NeededBesides fields={explanation.fields} />
    </dl>
  );
}
