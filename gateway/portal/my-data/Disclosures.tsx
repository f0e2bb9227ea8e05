import { useEffect, useRef } from 'react';
import { type Language, useLanguage } from '../app/language.tsx';
import { byDay, dateShown, dayName, momentOf } from './days.ts';
import type { Problem, Term } from './disclosures.ts';
import { Entry } from './Entry.tsx';
import { Filters } from './Filters.tsx';
import type { Login, Settings } from './login.ts';
import { type Listing, useDisclosures } from './useDisclosures.ts';
import { useText } from './useText.ts';

interface Shown {
  readonly settings: Settings;
  readonly login: Login;
  readonly onExpired: () => void;
}

/** The list of whoever is logged in: narrowed, by day, page by page. */
export function Disclosures({ settings, login, onExpired }: Shown) {
  const text = useText();
  const { language } = useLanguage();
  const listing = useDisclosures(settings, login, onExpired);
  const { entries, total, hasMore, loading, problem, added, filter } = listing;
  const { from, to, agency, purpose } = filter;
  const narrowed = [from, to, agency, purpose].some((one) => one !== undefined);

  // The first of what «more» brought: reading goes on from there.
  const fresh = useRef<HTMLElement>(null);
  useEffect(() => {
    if (added > 0) fresh.current?.focus();
  }, [added]);
  usePrintedInFull();
  // What was asked for may be gone with the button that asked: the list itself takes the focus after a login.
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  const many = `${total} ${text(total === 1 ? 'oneTime' : 'times')}`;
  const status = loading
    ? text('loading')
    : problem !== undefined
      ? ''
      : entries.length === 0
        ? text(narrowed ? 'nothingFound' : 'nothing')
        : `${added > 0 ? `${text('loadedMore')} ${added}. ` : ''}${many}${entries.length < total ? `, ${text('shown')} ${entries.length}` : ''}.`;
  const firstFresh = entries[entries.length - added];

  return (
    <section className="disclosures" aria-labelledby="list-title" aria-busy={loading}>
      <div className="list-head">
        <h2 id="list-title" ref={title} tabIndex={-1}>
          {text('list')}
        </h2>
        <button type="button" className="print" disabled={entries.length === 0} onClick={() => window.print()}>
          {text('print')}
        </button>
      </div>
      <p className="printed">
        {text('printed')} {momentOf(new Date().toISOString())}
        {narrowed && (
          <>
            <br />
            {text('narrowedTo')}: {narrowings(listing, language, text)}
          </>
        )}
      </p>
      <Filters listing={listing} />
      <p className="status" role="status">
        {status}
      </p>
      {problem !== undefined && (
        <div className="notice" data-kind="warning" role="alert">
          <p>{sayProblem(problem, text)}</p>
          <button type="button" onClick={listing.again}>
            {text('again')}
          </button>
        </div>
      )}
      {byDay(entries).map(({ day, entries: ofDay }) => (
        <section key={day} className="day" aria-labelledby={`day-${day}`}>
          <h3 id={`day-${day}`}>{dayName(ofDay[0]?.time ?? day, language)}</h3>
          <ol>
            {ofDay.map((entry) => (
              <Entry
                key={`${entry.id} ${entry.kind}`}
                disclosure={entry}
                asker={{ settings, login, language }}
                onExpired={onExpired}
                heading={added > 0 && entry === firstFresh ? fresh : undefined}
              />
            ))}
          </ol>
        </section>
      ))}
      {hasMore && (
        <p className="more">
          <button type="button" disabled={loading} onClick={listing.more}>
            {text('more')}
          </button>
        </p>
      )}
    </section>
  );
}

/** What the list was narrowed to: paper has no form that shows it. */
const narrowings = (
  { filter: { from, to, agency, purpose }, agencies, purposes }: Listing,
  language: Language,
  text: ReturnType<typeof useText>,
): string => {
  const named = (terms: readonly Term[], wanted: string) =>
    terms.find(({ code }) => code === wanted)?.[language] ?? wanted;
  return [
    ...(from === undefined ? [] : [`${text('from')} ${dateShown(from)}`]),
    ...(to === undefined ? [] : [`${text('to')} ${dateShown(to)}`]),
    ...(agency === undefined ? [] : [named(agencies, agency)]),
    ...(purpose === undefined ? [] : [named(purposes, purpose)]),
  ].join('; ');
};

/** On paper nothing can be opened: details are, while it is printed. */
const usePrintedInFull = (): void => {
  useEffect(() => {
    let opened: readonly HTMLDetailsElement[] = [];
    const open = () => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
      for (const details of opened) details.open = true;
    };
    const close = () => {
      for (const details of opened) details.open = false;
    };
    addEventListener('beforeprint', open);
    addEventListener('afterprint', close);
    return () => {
      removeEventListener('beforeprint', open);
      removeEventListener('afterprint', close);
    };
  }, []);
};

const sayProblem = (problem: Problem, text: ReturnType<typeof useText>): string =>
  typeof problem === 'object' ? problem.said : text(problem);
