import { type Connection, connection, type DataTools, pageSize } from '@lienthong/kit';
import type { SubjectOf } from '@lienthong/ledger/format';
import type { Catalogue } from '@lienthong/schema/catalogue';
import DataLoader from 'dataloader';
import { type Disclosure, disclosureOf } from './disclosure.ts';
import { countEntries, readEntries } from './entries.ts';
import { type FilterArguments, filterOf } from './filter.ts';
import type { EntryFilter, EntryPage } from './ledger.ts';
import type { PlainWords } from './plain-words.ts';

import { terms } from './terms.ts';
import { delaysOf, type View, viewOf } from './visibility.ts';

/** What the department is given at its start. */
export interface DisclosureParts {
  readonly catalogue: Catalogue;
  readonly words: PlainWords;
  readonly subjectOf: SubjectOf;
  /** The proof of one's entry in a record (docs/ledger.md §7); null while no head covers the record. */
  readonly proofOf: (subject: string, seq: number) => Promise<object | null>;
}

export interface PageArguments extends FilterArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A list as resolvers hand it on: its page, and what counts the whole of it. */
export interface DisclosurePage extends Connection<Disclosure> {
  readonly totalCount: () => Promise<number>;
}

/** The ledger for one request: whatever is asked for many people with the same arguments is one statement. */
export type DisclosuresData = ReturnType<typeof createDisclosuresData>;

const MAX_PAGE = 50;

export function createDisclosuresData<Tables>(
  { db, cursors, request: { caller }, now }: DataTools<Tables>,
  { catalogue, words, subjectOf, proofOf }: DisclosureParts,
) {
  const disclosure = disclosureOf(terms(catalogue), words);
  // One instant for the request: what it counts and what it lists are delayed and held alike.
  const at = now();

  const entriesBy = batches((question: { filter: EntryFilter; page: EntryPage }, of) =>
    readEntries(db, of, question.filter, question.page, at),
  );
  const countBy = batches((filter: EntryFilter, of) => countEntries(db, of, filter, at));

  const seenBy = (view: View, filter: EntryFilter): EntryFilter => {
    const delays = delaysOf(view, catalogue.purposes, at);
    return delays === undefined ? filter : { ...filter, delays };
  };

  return {
    async list(person: string, args: PageArguments): Promise<DisclosurePage | null> {
      const view = viewOf(caller, person);
      if (view === 'nobody') return null;
      const subject = subjectOf(person);
      const { first, after, ...chosen } = args;
      const limit = pageSize(first, { max: MAX_PAGE });
      const asked = filterOf(chosen);
      const list = JSON.stringify(['disclosures', subject, view, asked]);
      const filter = seenBy(view, asked);
      const page = { limit: limit + 1, ...(after == null ? {} : { before: positionIn(cursors.open(list, after)) }) };
      const rows = await entriesBy({ filter, page }).load(subject);
      return {
        ...connection({
          rows,
          first: limit,
          cursorOf: ({ seq }) => cursors.seal(list, [seq]),
          node: (entry) => disclosure(subject, entry),
        }),
        totalCount: () => countBy(filter).load(subject),
      };
    },

    async one(person: string, id: string): Promise<Disclosure | null> {
      const view = viewOf(caller, person);
      if (view === 'nobody' || !RECORD_ID.test(id)) return null;
      const subject = subjectOf(person);
      const question = { filter: seenBy(view, { id }), page: { limit: 1 } };
      const [entry] = await entriesBy(question).load(subject);
      return entry === undefined ? null : disclosure(subject, entry);
    },

    proof: ({ subject, seq }: Disclosure) => proofOf(subject, seq),
  };
}

/** UUIDv7, as the gateway writes it. Anything else is nobody's and never reaches the database. */
const RECORD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Our own cursors hold one number; they open under nothing that another list sealed. */
const positionIn = ([seq]: readonly unknown[]): number => Number(seq);

/** A loader of subjects for each question, so that the same question of many people is asked once. */
const batches = <Question, Answer>(
  ask: (question: Question, subjects: readonly string[]) => Promise<readonly Answer[]>,
) => {
  const loaders = new Map<string, DataLoader<string, Answer>>();
  return (question: Question): DataLoader<string, Answer> => {
    const key = JSON.stringify(question, (_, value: unknown) => (value instanceof Map ? [...value] : value));
    let loader = loaders.get(key);
    if (loader === undefined) {
      loader = new DataLoader((of: readonly string[]) => ask(question, of), { maxBatchSize: 1000 });
      loaders.set(key, loader);
    }
    return loader;
  };
};
