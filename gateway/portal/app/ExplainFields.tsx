import { useState } from 'react';
import { Dotted } from './Dotted.tsx';
import { deniedFirst, type ExplainedField, isDenied } from './explanation.ts';
import { Purpose, Required } from './Required.tsx';
import type { Requirements } from './requirements.ts';
import { useText } from './useText.ts';

const FILTERS = {
  all: () => true,
  denied: isDenied,
  permitted: ({ permitted }: ExplainedField) => permitted,
} as const;
type Filter = keyof typeof FILTERS;
const NAMES = Object.keys(FILTERS) as Filter[];

const isOpen = ({ authenticated, scopes, policies }: Requirements): boolean =>
  !authenticated && scopes.length === 0 && policies.length === 0;

function Takes({ required }: Pick<ExplainedField, 'required'>) {
  const text = useText();
  if (required === undefined) return <span className="hint">{text('closed')}</span>;
  return isOpen(required) ? <span className="hint">{text('open')}</span> : <Required {...required} />;
}

/** The purposes have a column of their own, unless none of them alone would do. */
function Lacks({ permitted, missing, notHere, purposes }: ExplainedField) {
  const text = useText();
  if (permitted) return <span className="hint">–</span>;
  if (missing === undefined) return <span className="hint">{text('above')}</span>;
  return (
    <>
      <Required {...missing} policies={purposes.length > 0 ? [] : missing.policies} />
      {notHere.length > 0 && (
        <p className="hint">
          <code>{notHere.join(' ')}</code> {text('notHere')}
        </p>
      )}
    </>
  );
}

function Row({ field }: { readonly field: ExplainedField }) {
  const text = useText();
  const { path, coordinate, permitted, purposes } = field;
  return (
    <tr data-permitted={permitted}>
      <th scope="row">
        <span className="verdict">
          <span aria-hidden="true">{permitted ? '✓' : '✕'}</span>
          <span className="unseen">{text(permitted ? 'permitted' : 'denied')}: </span>
        </span>
        <Dotted name={path} />
        <span className="coordinate">
          <Dotted name={coordinate} />
        </span>
      </th>
      <td>
        <Takes {...field} />
      </td>
      <td>
        <Lacks {...field} />
      </td>
      <td>
        {purposes.map((code) => (
          <div key={code}>
            <Purpose code={code} />
          </div>
        ))}
      </td>
    </tr>
  );
}

/** Every field of the operation, denied ones first, each with what it takes and what this caller lacks. */
export function ExplainFields({ fields }: { readonly fields: readonly ExplainedField[] }) {
  const text = useText();
  const [filter, setFilter] = useState<Filter>('all');
  const shown = deniedFirst(fields).filter(FILTERS[filter]);
  return (
    <>
      <fieldset className="filters" aria-label={text('show')}>
        {NAMES.map((name) => (
          <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
            {text(name)} {fields.filter(FILTERS[name]).length}
          </button>
        ))}
      </fieldset>
      <table className="explained-fields">
        <caption className="unseen">{text('fields')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('coordinate')}</th>
            <th scope="col">{text('required')}</th>
            <th scope="col">{text('lacking')}</th>
            <th scope="col">{text('opens')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field) => (
            <Row key={`${field.path} ${field.coordinate}`} field={field} />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p className="hint">{text('noSuchFields')}</p>}
    </>
  );
}
