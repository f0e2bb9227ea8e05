import type { Person } from './people.ts';

/** The data subjects of one object. The same list is handed on to objects inside, never changed. */
export type Ids = readonly Person[];

/** No person's. */
export const NOBODY: Ids = [];

/** Somebody's, and the gateway was not told whose: known by being this very list. */
export const UNKNOWN: Ids = Object.freeze([]);

/** Both together; what is unknown of one is unknown of both. */
export const joined = (some: Ids, others: Ids): Ids => {
  if (some === UNKNOWN || others === UNKNOWN) return UNKNOWN;
  if (some.length === 0 || some === others) return others;
  return others.length === 0 ? some : [...some, ...others];
};

/** All of a list's. */
export const together = <T>(items: readonly T[], idsOfItem: (item: T) => Ids): Ids => {
  const all: Person[] = [];
  for (const item of items) {
    const ids = idsOfItem(item);
    if (ids === UNKNOWN) return UNKNOWN;
    for (const id of ids) all.push(id);
  }
  return all;
};
