import { isUtf8 } from 'node:buffer';

import type { Received } from '../department-answer.ts';
import { JsonSlices, NotSliced, type Slice } from './json-slices.ts';
import type { Slots } from './united-call.ts';

/** Errors told of one answer: as many as are taken from one (department-judge.ts). */
const MAX_ERRORS = 100;

/** An answer for each of those who share it. */
export interface Divided {
  readonly parts: readonly Part[];
  /** Whether the department told of any. */
  readonly hasErrors: boolean;
}

/** What of an answer goes to one of them. */
interface Part {
  readonly parts: readonly Uint8Array[];
  /** Bytes. */
  readonly size: number;
}

interface FoundList {
  readonly alias: string;
  readonly entities: readonly Slice[];
}

/** An answer in pieces: its lists in the order in which they were asked for, and its errors. */
interface Pieces {
  readonly lists: readonly FoundList[];
  readonly errors: readonly Slice[];
}

/**
 * Divides the answer of a united call among those who share it. Each part is what the department would have answered to
 * that one alone: his entities in his order, the errors that stand at them, at his positions, and those that stand at
 * nobody's. What of it can be used is judged by whoever reads the part.
 *
 * @param expected how many entities each list has to have
 * @param sharers where each one's representations stand in the lists
 * @returns undefined where it cannot be known what is whose: an entity belongs to a representation by its position alone,
 * so of a list that is longer or shorter none does
 */
export const splitAnswer = (
  { status, parts }: Pick<Received, 'status' | 'parts'>,
  expected: ReadonlyMap<string, number>,
  sharers: readonly Slots[],
): Divided | undefined => {
  if (status !== 200) return undefined;
  const [only] = parts;
  const body = parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts);
  if (!isUtf8(body)) return undefined;
  const pieces = piecesOf(body, expected);
  // Of more of them some would be left out, and perhaps all of one who would have been told alone.
  if (!pieces || pieces.errors.length > MAX_ERRORS * sharers.length) return undefined;
  const errors = pieces.errors.length === 0 ? [] : divideErrors(body, pieces.errors, [...expected.keys()], sharers);
  if (!errors) return undefined;
  const divided = sharers.map((slots, order) => partOf(body, pieces.lists, slots, errors[order] ?? []));
  return { parts: divided, hasErrors: pieces.errors.length > 0 };
};

const piecesOf = (body: Buffer, expected: ReadonlyMap<string, number>): Pieces | undefined => {
  const slices = new JsonSlices(body);
  const found = new Map<string, readonly Slice[]>();
  const seen = new Set<string>();
  let errors: readonly Slice[] = [];
  const list = (alias: string) => {
    const entities = slices.items();
    // Of two under one name nobody can say which one counts.
    if (entities.length !== expected.get(alias) || found.has(alias)) throw new NotSliced('another list');
    found.set(alias, entities);
  };
  try {
    slices.members((key) => {
      if (seen.has(key)) throw new NotSliced('a member twice');
      seen.add(key);
      if (key === 'data') slices.members(list);
      else if (key === 'errors') errors = slices.items();
      // Extensions concern the call: nobody reads them, and they are left out.
      else slices.value();
    });
    slices.end();
  } catch (error) {
    if (error instanceof NotSliced) return undefined;
    throw error;
  }
  const lists = [...expected.keys()].flatMap((alias) => {
    const entities = found.get(alias);
    return entities ? [{ alias, entities }] : [];
  });
  return lists.length === expected.size ? { lists, errors } : undefined;
};

/** The errors of each, as JSON; undefined where one of them cannot be read. */
const divideErrors = (
  body: Buffer,
  slices: readonly Slice[],
  aliases: readonly string[],
  sharers: readonly Slots[],
): string[][] | undefined => {
  const told = sharers.map((): string[] => []);
  const holders = aliases.map((_, list) => holdersOf(sharers, list));
  const tell = (order: number, error: unknown) => {
    const own = told[order];
    if (own && own.length < MAX_ERRORS) own.push(JSON.stringify(error));
  };
  for (const { begin, end } of slices) {
    let error: unknown;
    try {
      error = JSON.parse(body.toString('utf8', begin, end));
    } catch {
      return undefined;
    }
    const path = pathOf(error);
    const list = path ? aliases.indexOf(String(path[0])) : -1;
    const slot = path?.[1];
    if (!path || list === -1 || typeof slot !== 'number') for (const order of told.keys()) tell(order, error);
    else {
      const found = holders[list]?.get(slot);
      for (const { order, index } of found ?? []) {
        tell(order, { ...(error as object), path: [path[0], index, ...path.slice(2)] });
      }
      // At nobody's entity: it concerns the list, and must not be taken for one that has that position in his own.
      if (!found) for (const order of told.keys()) tell(order, { ...(error as object), path: [path[0]] });
    }
  }
  return told;
};

const pathOf = (error: unknown): readonly unknown[] | undefined => {
  const path: unknown = typeof error === 'object' && error !== null && 'path' in error ? error.path : undefined;
  return Array.isArray(path) ? path : undefined;
};

/** By the position of an entity, who asked for it, and at which positions of his own. */
const holdersOf = (
  sharers: readonly Slots[],
  list: number,
): ReadonlyMap<number, { order: number; index: number }[]> => {
  const holders = new Map<number, { order: number; index: number }[]>();
  for (const [order, slots] of sharers.entries()) {
    for (const [index, slot] of (slots[list] ?? []).entries()) {
      const own = { order, index };
      const known = holders.get(slot);
      if (known) known.push(own);
      else holders.set(slot, [own]);
    }
  }
  return holders;
};

const COMMA = Buffer.from(',');
const END_OF_LIST = Buffer.from(']');
const END = Buffer.from('}}');

const partOf = (body: Buffer, lists: readonly FoundList[], slots: Slots, errors: readonly string[]): Part => {
  const parts: Uint8Array[] = [];
  let opening = '{"data":{';
  for (const [order, { alias, entities }] of lists.entries()) {
    parts.push(Buffer.from(`${opening}${JSON.stringify(alias)}:[`));
    pushEntities(parts, body, entities, slots[order] ?? []);
    parts.push(END_OF_LIST);
    opening = ',';
  }
  parts.push(errors.length === 0 ? END : Buffer.from(`},"errors":[${errors.join(',')}]}`));
  return { parts, size: parts.reduce((sum, { length }) => sum + length, 0) };
};

/** Entities that are neighbours there and here leave in one piece. */
const pushEntities = (
  parts: Uint8Array[],
  body: Buffer,
  entities: readonly Slice[],
  slots: readonly number[],
): void => {
  for (let at = 0; at < slots.length; ) {
    let last = at;
    while (slots[last + 1] === (slots[last] as number) + 1) last += 1;
    const from = entities[slots[at] as number];
    const to = entities[slots[last] as number];
    if (at > 0) parts.push(COMMA);
    if (from && to) parts.push(body.subarray(from.begin, to.end));
    at = last + 1;
  }
};
