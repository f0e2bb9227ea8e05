/** Ids of the data subjects of one object: `Citizen.id`s. The same list is handed on to objects inside, never changed. */
export type Ids = readonly string[];

/** No person's. */
export const NOBODY: Ids = [];

/** Somebody's, and the gateway was not told whose: known by being this very list. */
export const UNKNOWN: Ids = Object.freeze(['unknown']);

/** Both together; what is unknown of one is unknown of both. */
export const joined = (some: Ids, others: Ids): Ids => {
  if (some === UNKNOWN || others === UNKNOWN) return UNKNOWN;
  if (some.length === 0 || some === others) return others;
  return others.length === 0 ? some : [...some, ...others];
};

/** All of a list's. */
export const together = <T>(items: readonly T[], idsOfItem: (item: T) => Ids): Ids => {
  const all: string[] = [];
  for (const item of items) {
    const ids = idsOfItem(item);
    if (ids === UNKNOWN) return UNKNOWN;
    for (const id of ids) all.push(id);
  }
  return all;
};

/** The ids in a value at the end of a path: one, or lists of them. A null there is somebody's of whom nothing is told. */
export const idsOf = (value: unknown): Ids => {
  if (Array.isArray(value)) return together(value, idsOf);
  return value === null || value === undefined || typeof value === 'object' ? UNKNOWN : [String(value)];
};
