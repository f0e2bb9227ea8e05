import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
} from 'graphql';

import { type FieldSelection, isIncluded, type Selection } from '../../operation/model.ts';
import { applies } from '../../operation/prepare.ts';
import { dependsOnRuntimeType, TYPENAME } from '../../operation/runtime-type.ts';
import type { Decision } from '../../policy/authorize.ts';
import type { PrivateNames } from '../private-names.ts';
import type { Arena } from './arena.ts';
import { type Cell, Items, type Layout, type Row, typeOf } from './layout.ts';
import type { Output } from './output.ts';

export interface AnswerParts {
  readonly schema: GraphQLSchema;
  readonly selections: readonly Selection[];
  readonly rootType: string;
  readonly decision: Decision;
  /** Of the conditions alone: which selections are included. */
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
  readonly layout: Layout;
  /** See complete.ts. */
  readonly isKnown: (typeName: string) => boolean;
}

/** What one answer is written from. */
export interface Written {
  readonly arena: Arena;
  /** JSON of `__schema` and `__type`, by response key. */
  readonly introspection: ReadonlyMap<string, Buffer>;
}

/**
 * Writes the answer after the operation as the caller wrote it, straight from where the departments' values lie: what
 * complete.ts says in objects is said here in bytes, compiled once for a permitted shape. A null that must not be takes
 * back what was written of its parents, up to one that may be null.
 */
export class AnswerWriter {
  readonly #root: Site;

  constructor(parts: AnswerParts) {
    this.#root = new Site(parts, [parts.selections], parts.layout, undefined);
  }

  /** Writes the value of `data`. */
  write(root: Row, written: Written, out: Output): void {
    const begin = out.length;
    if (this.#root.object(root, written, out)) return;
    out.length = begin;
    out.all(NULL);
  }
}

interface AnsweredMember {
  /** `"key":`, with a comma before it for all but the first. */
  readonly key: Buffer;
  readonly kind: 'constant' | 'introspection' | 'denied' | 'value';
  /** Of `__typename`. */
  readonly constant: Buffer | undefined;
  readonly responseKey: string;
  readonly at: number;
  readonly type: GraphQLOutputType;
  /** Of an object. */
  readonly site: Site | undefined;
}

/** One position of the answer: what is selected there, by the type of the object that stands there. */
class Site {
  readonly #parts: AnswerParts;
  readonly #groups: readonly (readonly Selection[])[];
  readonly #layout: Layout;
  /** The static type of the position; undefined for the root. */
  readonly #position: GraphQLCompositeType | undefined;
  readonly #dependsOnType: boolean;
  /** By type; undefined where nothing can be answered of such an object. */
  readonly #members = new Map<string, readonly AnsweredMember[] | undefined>();

  constructor(
    parts: AnswerParts,
    groups: readonly (readonly Selection[])[],
    layout: Layout,
    position: GraphQLCompositeType | undefined,
  ) {
    this.#parts = parts;
    this.#groups = groups;
    this.#layout = layout;
    this.#position = position;
    this.#dependsOnType =
      position !== undefined &&
      isAbstractType(position) &&
      groups.some((selections) => dependsOnRuntimeType(selections, position, parts.variables));
  }

  /** Writes an object; false where it must be null instead. */
  object(row: Row, written: Written, out: Output): boolean {
    const type = this.#runtimeType(row);
    if (type === undefined) return false;
    let members = this.#members.get(type);
    if (members === undefined) {
      members = this.#collect(type);
      this.#members.set(type, members);
    }
    out.byte(OPEN_OBJECT);
    for (const member of members) {
      out.all(member.key);
      if (!this.#member(row, member, written, out)) return false;
    }
    out.byte(CLOSE_OBJECT);
    return true;
  }

  #member(row: Row, member: AnsweredMember, written: Written, out: Output): boolean {
    switch (member.kind) {
      case 'constant':
        if (member.constant === undefined) return false;
        out.all(member.constant);
        return true;
      case 'introspection':
        out.all(written.introspection.get(member.responseKey) ?? NULL);
        return true;
      case 'denied':
        return value(undefined, undefined, member.type, member.site, written, out);
      case 'value':
        return value(row[member.at], row[member.at + 1], member.type, member.site, written, out);
    }
  }

  #runtimeType(row: Row): string | undefined {
    const { rootType, schema, isKnown } = this.#parts;
    const position = this.#position;
    if (position === undefined) return rootType;
    if (!isAbstractType(position)) return position.name;
    // Not told because it was not asked for: any object at this position is answered alike.
    if (!this.#dependsOnType) return position.name;
    const told = typeOf(row);
    if (!applies(schema, position, told)) return undefined;
    return isKnown(told) ? told : position.name;
  }

  #collect(type: string): readonly AnsweredMember[] {
    const fields = new Map<string, FieldSelection[]>();
    for (const selections of this.#groups) this.#gather(selections, type, fields);
    return [...fields].map(([key, group], order) => this.#compile(key, group, type, order));
  }

  #gather(selections: readonly Selection[], type: string, fields: Map<string, FieldSelection[]>): void {
    const { schema, variables, decision } = this.#parts;
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      if (selection.kind === 'field') {
        const group = fields.get(selection.responseKey);
        if (group) group.push(selection);
        else fields.set(selection.responseKey, [selection]);
        // A fragment whose type is denied contributes nothing (AUTHORIZATION §1.6).
      } else if (applies(schema, selection.type, type) && !decision.deniedFragments.has(selection)) {
        this.#gather(selection.selections, type, fields);
      }
    }
  }

  #compile(responseKey: string, fields: readonly FieldSelection[], type: string, order: number): AnsweredMember {
    const { decision, names } = this.#parts;
    const [first] = fields;
    if (!first) throw new TypeError('a response key without a field');
    const key = Buffer.from(`${order === 0 ? '' : ','}${JSON.stringify(responseKey)}:`);
    const permitted = fields.filter((field) => decision.permitted.has(field));
    const base = { key, responseKey, constant: undefined, at: 0, type: first.type, site: undefined };
    if (first.name === TYPENAME) {
      // `__typename` is never null, so where it is denied (a guarded Query) nothing is left of its object.
      return {
        ...base,
        kind: 'constant',
        ...(permitted.length > 0 ? { constant: Buffer.from(JSON.stringify(type)) } : {}),
      };
    }
    if (this.#position === undefined && first.name.startsWith('__')) return { ...base, kind: 'introspection' };
    const asked = permitted.find((field) => decision.asked.has(field));
    const slot = asked && this.#layout.find(names.of(asked));
    const used = permitted.length > 0 ? permitted : fields;
    const of = (asked ?? first).type;
    const named = getNamedType(of);
    const site =
      slot && !used[0]?.leaf
        ? new Site(
            this.#parts,
            used.map(({ selections }) => selections),
            slot.inner(),
            named as GraphQLCompositeType,
          )
        : undefined;
    return slot ? { ...base, kind: 'value', at: slot.at, type: of, site } : { ...base, kind: 'denied', type: of };
  }
}

/** Writes a value; false where it is null in a place that cannot be null. */
const value = (
  cell: Cell,
  end: Cell,
  type: GraphQLOutputType,
  site: Site | undefined,
  written: Written,
  out: Output,
): boolean => {
  if (isNonNullType(type)) return some(cell, end, type.ofType, site, written, out);
  const begin = out.length;
  if (some(cell, end, type, site, written, out)) return true;
  out.length = begin;
  out.all(NULL);
  return true;
};

/** Writes a value that is not null; false where it is, or becomes so by one of its own. */
const some = (
  cell: Cell,
  end: Cell,
  type: Exclude<GraphQLOutputType, { readonly ofType: never }>,
  site: Site | undefined,
  written: Written,
  out: Output,
): boolean => {
  if (cell === null || cell === undefined) return false;
  if (typeof cell === 'number') {
    out.value(written.arena, cell, end as number);
    return true;
  }
  if (!site) return false;
  if (Array.isArray(cell)) return !isListType(type) && site.object(cell, written, out);
  if (!(cell instanceof Items) || !isListType(type)) return false;
  out.byte(OPEN_LIST);
  let first = true;
  for (const item of cell.items) {
    if (!first) out.byte(COMMA);
    first = false;
    if (!value(item, 0, type.ofType, site, written, out)) return false;
  }
  out.byte(CLOSE_LIST);
  return true;
};

const NULL = Buffer.from('null');
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
