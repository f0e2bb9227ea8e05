import { type FormEvent, useId, useState } from 'react';
import { useLanguage } from '../app/language.tsx';
import { today } from './days.ts';
import type { Filter, Term } from './disclosures.ts';
import type { Listing } from './useDisclosures.ts';
import { useText } from './useText.ts';

const FIELDS = ['from', 'to', 'agency', 'purpose'] as const;

/** Reads the form; what is empty is left out. */
const filterIn = (form: HTMLFormElement): Filter => {
  const data = new FormData(form);
  const chosen = FIELDS.flatMap((name) => {
    const value = data.get(name);
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(chosen), withOwn: data.get('own') !== null };
};

interface ChoiceProps {
  readonly name: 'agency' | 'purpose';
  readonly label: string;
  readonly any: string;
  readonly terms: readonly Term[];
}

function Choice({ name, label, any, terms }: ChoiceProps) {
  const { language } = useLanguage();
  const sorted = [...terms].sort((one, other) => one[language].localeCompare(other[language], language));
  return (
    <label>
      <span>{label}</span>
      <select name={name} defaultValue="">
        <option value="">{any}</option>
        {sorted.map((term) => (
          <option key={term.code} value={term.code}>
            {term[language]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Narrows the list; nothing changes before «Apply» is pressed. */
export function Filters({ listing: { agencies, purposes, loading, show } }: { readonly listing: Listing }) {
  const text = useText();
  const title = useId();
  // On a phone the list comes first.
  const [roomy] = useState(() => matchMedia('(width >= 36rem)').matches);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    show(filterIn(event.currentTarget));
  };
  return (
    <details className="filters" open={roomy}>
      <summary id={title}>{text('filters')}</summary>
      <form aria-labelledby={title} onSubmit={onSubmit} onReset={() => show({ withOwn: false })}>
        <label>
          <span>{text('from')}</span>
          <input type="date" name="from" max={today()} />
        </label>
        <label>
          <span>{text('to')}</span>
          <input type="date" name="to" max={today()} />
        </label>
        <Choice name="agency" label={text('agency')} any={text('anyAgency')} terms={agencies} />
        <Choice name="purpose" label={text('purpose')} any={text('anyPurpose')} terms={purposes} />
        <label className="check">
          <input type="checkbox" name="own" />
          <span>{text('withOwn')}</span>
        </label>
        <div className="buttons">
          <button type="submit" className="primary" disabled={loading}>
            {text('apply')}
          </button>
          <button type="reset" disabled={loading}>
            {text('clear')}
          </button>
        </div>
      </form>
    </details>
  );
}
