import { type GraphQLCompositeType, type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';

import { TYPENAME } from '../../operation/runtime-type.ts';
import type { Arena } from './arena.ts';
import { type Cell, Items, type Row, typeOf } from './layout.ts';
import type { Place, Shape } from './places.ts';

/**
 * Makes rows of an answer that was looked at closely: everything in it was asked for and is of the right shape, but
 * members may be missing or null where the strict reader takes none.
 */
export class RowMaker {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** @param type the object's, or the position's where the object tells its own */
  row(object: Readonly<Record<string, unknown>>, place: Place, type: GraphQLCompositeType): Row {
    const told = Object.hasOwn(object, TYPENAME) ? object[TYPENAME] : undefined;
    const known =
      isAbstractType(type) && place.tellsType(type.name) && typeof told === 'string'
        ? place.schema.getType(told)
        : type;
    const name = isObjectType(known) ? known.name : type.name;
    const row: Row = [name];
    for (const { name: key, at, shape } of place.expected(name).members) {
      if (at < 0 || !Object.hasOwn(object, key)) continue;
      while (row.length < at) row.push(undefined);
      const isLeaf = shape.kind === 'leaf' || (shape.kind === 'list' && shape.ofLeaves);
      const value = isLeaf ? withoutNulls(object[key], shape) : object[key];
      if (value === undefined || value === null) {
        row[at] = value;
        row[at + 1] = 0;
      } else if (isLeaf) {
        const json = Buffer.from(JSON.stringify(value));
        const begin = this.#arena.append([json], json.length);
        row[at] = begin;
        row[at + 1] = this.#arena.length;
      } else {
        row[at] = this.#composite(value, shape);
        row[at + 1] = 0;
      }
    }
    return row;
  }

  #composite(value: unknown, shape: Shape): Row | Items | null {
    if (shape.kind === 'list' && Array.isArray(value)) {
      const list = new Items();
      for (const item of value) list.items.push(this.#composite(item, shape.item));
      return list;
    }
    if (shape.kind !== 'object' || typeof value !== 'object' || value === null) return null;
    return this.row(value as Record<string, unknown>, shape.place, shape.type);
  }
}

/** Leaves as they may be passed on: a null where none may be takes its list with it, and that one its own. */
const withoutNulls = (value: unknown, shape: Shape): unknown => {
  if (shape.kind !== 'list' || !Array.isArray(value)) return value;
  const { item } = shape;
  const items: unknown[] = value.map((each) => withoutNulls(each, item));
  return !item.nullable && items.includes(null) ? null : items;
};

/**
 * Adds what another department told of the same object: what both told, the later one's word counts. A type is told once,
 * and an interface is none.
 */
export const mergeRow = (target: Row, source: Row, schema: GraphQLSchema): void => {
  if (target[0] !== source[0] && !isObjectType(schema.getType(typeOf(target)))) target[0] = typeOf(source);
  const { length } = source;
  for (let at = 1; at < length; at += 2) {
    const told = source[at];
    if (told === undefined) continue;
    while (target.length < at) target.push(undefined);
    const known = target[at];
    if (!mergeInner(known, told, schema)) {
      target[at] = told;
      target[at + 1] = source[at + 1];
    }
  }
};

const mergeInner = (known: Cell, told: Cell, schema: GraphQLSchema): boolean => {
  if (Array.isArray(known) && Array.isArray(told)) {
    if (known !== told) mergeRow(known, told, schema);
    return true;
  }
  if (!(known instanceof Items && told instanceof Items) || known.items.length !== told.items.length) return false;
  for (const [index, item] of told.items.entries()) {
    const here = known.items[index];
    if (!mergeInner(here, item, schema)) known.items[index] = item;
  }
  return true;
};

/** The same of a row of its own: what one of the two is told later, the other is not. */
export const copyOf = (row: Row): Row => row.map(copied);

const copied = (cell: Cell): Cell => {
  if (Array.isArray(cell)) return copyOf(cell);
  if (!(cell instanceof Items)) return cell;
  const list = new Items();
  for (const item of cell.items) list.items.push(item === null ? null : (copied(item) as Row | Items));
  return list;
};
