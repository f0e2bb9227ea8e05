import type { FetchNode } from '@apollo/query-planner';
import { type GraphQLSchema, isObjectType } from 'graphql';

import type { Binary } from './binary.ts';
import { binaryJson } from './binary.ts';
import { type Cell, Items, type Layout, type Row, type Slot, typeOf } from './layout.ts';
import { isOfType } from './of-type.ts';
import type { Path } from './paths.ts';
import { Unsupported } from './unsupported.ts';

/** An object on the way to one that a fetch extends, and the one around it. */
export interface Around<S> {
  readonly row: Row;
  readonly around: S | undefined;
}
export interface Standing extends Around<Standing> {}

/** What a variable is told of one object; `undefined`: nothing, because nothing of the kind stands above it. */
type Told = Binary | undefined;

/** A variable of a fetch that is told what stands above each object (`@fromContext`). */
export interface ContextVariable {
  readonly name: string;
  /** Where its value may stand. Of several the nearest one whose type is right counts. */
  readonly sources: readonly ContextSource[];
}

/** Where a value stands, from the objects that a fetch extends. */
export interface ContextSource {
  /** How many objects further out. */
  readonly up: number;
  /** The type that the object there has to be of; undefined: any. */
  readonly type: string | undefined;
  /** From that object inward; the last one holds the value. */
  readonly slots: readonly Slot[];
  /** The names of those members. */
  readonly names: readonly string[];
}

/** A value that should be known and is not: its department failed, or did not say of what type an object is. */
export const NOT_KNOWN = Symbol('not known');

const FRAGMENT = '... on ';
const UP = '..';

/**
 * Compiles what a fetch's variables are told of what stands above.
 *
 * @throws Unsupported
 */
export const contextVariables = (
  { contextRewrites = [], variableUsages = [] }: FetchNode,
  path: Path,
): readonly ContextVariable[] => {
  const variables = new Map<string, ContextSource[]>();
  for (const { path: way, renameKeyTo } of contextRewrites) {
    if (!variableUsages.includes(renameKeyTo)) continue;
    const sources = variables.get(renameKeyTo) ?? [];
    variables.set(renameKeyTo, sources);
    sources.push(...sourceOf(way, path));
  }
  return [...variables].map(([name, sources]) => ({ name, sources: sources.sort((a, b) => a.up - b.up) }));
};

const sourceOf = (way: readonly string[], path: Path): ContextSource[] => {
  const up = way.filter((step) => step === UP).length;
  const [first = '', ...rest] = way.slice(up);
  const type = first.startsWith(FRAGMENT) ? first.slice(FRAGMENT.length) : undefined;
  const names = type === undefined ? [first, ...rest] : rest;
  if (names.some((name) => name === UP || name.startsWith(FRAGMENT)))
    throw new Unsupported('a context of another form');
  // Without a member the object itself would be meant, with everything in it.
  if (names.length === 0 || names[0] === '') return [];
  let layout: Layout | undefined = path.above(up);
  const slots: Slot[] = [];
  for (const name of names) {
    if (!layout) throw new Unsupported('a context further out than the root');
    const slot: Slot = layout.slot(name);
    slots.push(slot);
    layout = slot.inner();
  }
  return [{ up, type, slots, names }];
};

/** The source that counts for one object, and where it begins; undefined: none does. */
export const sourceFor = <S extends Around<S>>(
  { sources }: ContextVariable,
  standing: S,
  schema: GraphQLSchema,
): { readonly source: ContextSource; readonly at: S } | typeof NOT_KNOWN | undefined => {
  for (const source of sources) {
    let here: S | undefined = standing;
    for (let level = 0; level < source.up; level += 1) here = here?.around;
    if (!here) return NOT_KNOWN;
    const { row } = here;
    if (source.type === undefined || isOfType(schema, typeOf(row), source.type)) return { source, at: here };
    if (!isObjectType(schema.getType(typeOf(row)))) return NOT_KNOWN;
  }
  return undefined;
};

/**
 * What a variable is told of one object, as JSON.
 *
 * @param bytes of the request's arena
 */
export const contextOf = (
  variable: ContextVariable,
  standing: Standing,
  schema: GraphQLSchema,
  bytes: Buffer,
): Told | typeof NOT_KNOWN => {
  const found = sourceFor(variable, standing, schema);
  return found === undefined || found === NOT_KNOWN ? found : valueIn(found.at.row, found.source.slots, 0, bytes);
};

const valueIn = (row: Row, slots: readonly Slot[], depth: number, bytes: Buffer): Binary | typeof NOT_KNOWN => {
  const slot = slots[depth] as Slot;
  return jsonOf(row[slot.at], row[slot.at + 1], slots, depth, bytes);
};

const jsonOf = (
  cell: Cell,
  end: Cell,
  slots: readonly Slot[],
  depth: number,
  bytes: Buffer,
): Binary | typeof NOT_KNOWN => {
  if (cell === undefined) return NOT_KNOWN;
  if (cell === null) return 'null';
  if (typeof cell === 'number') return bytes.toString('latin1', cell, end as number);
  if (cell instanceof Items) {
    const items: Binary[] = [];
    for (const item of cell.items) {
      const value = jsonOf(item, 0, slots, depth, bytes);
      if (value === NOT_KNOWN) return NOT_KNOWN;
      items.push(value);
    }
    return `[${items.join(',')}]`;
  }
  return Array.isArray(cell) && depth + 1 < slots.length ? valueIn(cell, slots, depth + 1, bytes) : NOT_KNOWN;
};

/** `"name":value` for each variable that is told something. */
export const toldVariables = (variables: readonly ContextVariable[], told: readonly Told[], suffix: string): Binary[] =>
  variables.flatMap(({ name }, index) => {
    const value = told[index];
    return value === undefined ? [] : [`${binaryJson(name + suffix)}:${value}`];
  });
