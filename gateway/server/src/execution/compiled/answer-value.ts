import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
} from 'graphql';

import type { Ids } from '../../ledger/ids.ts';
import type { Arena } from './arena.ts';
import { type Cell, Items, type Row } from './layout.ts';
import type { Output } from './output.ts';
import { type Arrival, type Collecting, noteArrival } from './site-facts.ts';

/** What one answer is written from. */
export interface Written {
  readonly arena: Arena;
  /** JSON of `__schema` and `__type`, by response key. */
  readonly introspection: ReadonlyMap<string, Buffer>;
  /** Set where a permitted value was null, or none that may be shown, at a place that allows none. */
  isFaulty: boolean;
  /** Where it is gathered what the answer discloses. */
  readonly collecting?: Collecting | undefined;
  /** While faults are looked for: where, in private names, and what was found. */
  tracking?: { readonly path: (string | number)[]; readonly found: Path[] };
}

export type Path = readonly (string | number)[];

/** What it takes to write the values of a field. */
export interface ValueMember {
  /** Writes those that are objects; false where one must be null instead. */
  readonly site: { object(row: Row, written: Written, out: Output, around: Ids): boolean } | undefined;
  /** Of an enum, some values of which callers do not see: those that they do. */
  readonly visible: ReadonlySet<string> | undefined;
  /** Where the field states that it is whose the objects are to which it leads. */
  readonly arrival: Arrival | undefined;
}

/** The values of an enum that callers see, where departments may answer others besides. */
export const visibleValues = (type: GraphQLNamedType, supergraph: GraphQLSchema): ReadonlySet<string> | undefined => {
  const whole = isEnumType(type) ? supergraph.getType(type.name) : undefined;
  if (!isEnumType(type) || !isEnumType(whole)) return undefined;
  const seen = new Set(type.getValues().map(({ name }) => name));
  return whole.getValues().every(({ name }) => seen.has(name)) ? undefined : seen;
};

/** Faults that are told of one answer. */
const MAX_FAULTS = 100;

/** @returns false: nothing was written */
export const fault = (written: Written): false => {
  written.isFaulty = true;
  const { tracking } = written;
  if (tracking && tracking.found.length < MAX_FAULTS) tracking.found.push([...tracking.path]);
  return false;
};

/** Writes a value; false where it is null in a place that cannot be null. */
export const value = (
  cell: Cell,
  end: Cell,
  type: Nesting,
  member: ValueMember,
  written: Written,
  out: Output,
  ids: Ids,
): boolean => {
  if (!type.nullable) {
    if (cell === null || cell === undefined) return fault(written);
    return some(cell, end, type, member, written, out, ids);
  }
  const begin = out.length;
  // Of leaves nothing is noted.
  const notes = member.site && written.collecting?.notes;
  const noted = notes ? notes.length : 0;
  if (some(cell, end, type, member, written, out, ids)) return true;
  out.length = begin;
  notes?.takeBack(noted);
  out.all(NULL);
  return true;
};

/** Writes a value that is not null; false where it is, or becomes so by one of its own. */
const some = (
  cell: Cell,
  end: Cell,
  type: Nesting,
  member: ValueMember,
  written: Written,
  out: Output,
  ids: Ids,
): boolean => {
  if (cell === null || cell === undefined) return false;
  if (typeof cell === 'number') {
    if (member.visible) return visibleOnly(cell, end as number, type, member.visible, written, out);
    out.copy(written.arena.bytes, cell, end as number);
    return true;
  }
  const { site } = member;
  if (!site) return false;
  if (Array.isArray(cell)) {
    if (type.item || !site.object(cell, written, out, ids)) return false;
    const { collecting } = written;
    if (member.arrival && collecting) noteArrival(member.arrival, cell, collecting);
    return true;
  }
  if (!(cell instanceof Items) || !type.item) return false;
  return list(cell, type.item, member, written, out, ids);
};

const list = (
  { items }: Items,
  type: Nesting,
  member: ValueMember,
  written: Written,
  out: Output,
  ids: Ids,
): boolean => {
  const { tracking } = written;
  let whole = true;
  out.byte(OPEN_LIST);
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) out.byte(COMMA);
    tracking?.path.push(index);
    whole = value(items[index], 0, type, member, written, out, ids) && whole;
    tracking?.path.pop();
    if (!whole && !tracking) return false;
  }
  out.byte(CLOSE_LIST);
  return whole;
};

/** Writes an enum's value, or lists of them: what callers do not see is null. */
const visibleOnly = (
  begin: number,
  end: number,
  type: Nesting,
  visible: ReadonlySet<string>,
  written: Written,
  out: Output,
): boolean => {
  const shown = (json: unknown, { item }: Nesting): unknown => {
    if (!item) return json === null || visible.has(String(json)) ? json : fault(written) || null;
    if (!Array.isArray(json)) return null;
    const items = json.map((each: unknown) => shown(each, item));
    return !item.nullable && items.includes(null) ? null : items;
  };
  const result = shown(JSON.parse(written.arena.bytes.toString('utf8', begin, end)), type);
  if (result === null) return false;
  out.all(Buffer.from(JSON.stringify(result)));
  return true;
};

/** How a type is nested, told for each value without asking graphql-js, whose every question is a call. */
export interface Nesting {
  readonly nullable: boolean;
  /** Of a list. */
  readonly item: Nesting | undefined;
}

const nestings = new WeakMap<GraphQLOutputType, Nesting>();

export const nestingOf = (type: GraphQLOutputType): Nesting => {
  let nesting = nestings.get(type);
  if (!nesting) {
    const nullable = isNonNullType(type) ? (type.ofType as GraphQLOutputType) : type;
    nesting = { nullable: type === nullable, item: isListType(nullable) ? nestingOf(nullable.ofType) : undefined };
    nestings.set(type, nesting);
  }
  return nesting;
};

export const NULL = Buffer.from('null');
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
