import { useCallback, useEffect, useRef, useState } from 'react';
import { useLanguage } from '../app/language.tsx';
import { type Disclosure, type Filter, fetchPage, type Problem, type Term } from './disclosures.ts';
import type { Login, Settings } from './login.ts';

export interface Listing {
  readonly filter: Filter;
  readonly entries: readonly Disclosure[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  /** How many the last press of «more» brought; 0 for a list that has just begun. */
  readonly added: number;
  /** All that have been seen so far, to choose from. */
  readonly agencies: readonly Term[];
  readonly purposes: readonly Term[];
  show(filter: Filter): void;
  more(): void;
  again(): void;
}

interface State {
  readonly filter: Filter;
  readonly entries: readonly Disclosure[];
  readonly total: number;
  readonly next: string | undefined;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly added: number;
  /** Where the page begins that was asked for last: what «again» asks for. */
  readonly after: string | undefined;
}

const FIRST: State = {
  filter: { withOwn: false },
  entries: [],
  total: 0,
  next: undefined,
  loading: true,
  problem: undefined,
  added: 0,
  after: undefined,
};

const together = (known: ReadonlyMap<string, Term>, terms: readonly (Term | null)[]): ReadonlyMap<string, Term> => {
  const fresh = terms.filter((term) => term !== null && !known.has(term.code));
  return fresh.length === 0
    ? known
    : new Map([...known, ...fresh.flatMap((term) => (term ? [[term.code, term] as const] : []))]);
};

/** The list of somebody who is logged in, page by page. */
export function useDisclosures(settings: Settings, login: Login, onExpired: () => void): Listing {
  const { language } = useLanguage();
  const [state, setState] = useState<State>(FIRST);
  const [agencies, setAgencies] = useState<ReadonlyMap<string, Term>>(new Map());
  const [purposes, setPurposes] = useState<ReadonlyMap<string, Term>>(new Map());
  // Only the latest question may answer.
  const turn = useRef(0);

  const load = useCallback(
    async (filter: Filter, after?: string) => {
      turn.current += 1;
      const mine = turn.current;
      setState((before) => ({ ...before, filter, after, loading: true, problem: undefined }));
      const page = await fetchPage({ settings, login, language }, filter, after);
      if (mine !== turn.current) return;
      if ('problem' in page) {
        if (page.problem === 'expired') return onExpired();
        return setState((before) => ({ ...before, loading: false, problem: page.problem }));
      }
      setAgencies((known) =>
        together(
          known,
          page.entries.map(({ agency }) => agency),
        ),
      );
      setPurposes((known) =>
        together(
          known,
          page.entries.map(({ purpose }) => purpose),
        ),
      );
      setState((before) => ({
        filter,
        entries: after === undefined ? page.entries : [...before.entries, ...page.entries],
        total: page.total,
        next: page.next,
        loading: false,
        problem: undefined,
        added: after === undefined ? 0 : page.entries.length,
        after,
      }));
    },
    [settings, login, language, onExpired],
  );

  // What is listed holds both languages: another one asks for nothing.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void load(FIRST.filter);
  }, [load]);

  const { filter, entries, total, next, loading, problem, added, after } = state;
  return {
    filter,
    entries,
    total,
    loading,
    problem,
    added,
    hasMore: next !== undefined,
    agencies: [...agencies.values()],
    purposes: [...purposes.values()],
    show: (wanted) => void load(wanted),
    more: () => void load(filter, next),
    again: () => void load(filter, after),
  };
}
