import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

import { TYPENAME } from '../../operation/runtime-type.ts';
import { type Binary, binaryJson, bytesOf } from './binary.ts';
import { type Cell, Items, type Layout, type Row, typeOf } from './layout.ts';
import { isOfType } from './of-type.ts';
import type { Output } from './output.ts';
import { Unsupported } from './unsupported.ts';

/** One member of a representation: `,"name":` and where its value stands. */
interface Part {
  readonly key: Binary;
  /** Of `__typename`, and of what a plan sets: what is told. */
  readonly constant?: Binary;
  /** The same, as it is. */
  readonly type?: string;
  readonly at: number;
  readonly inner?: Writer;
}

interface Writer {
  /** What is written of an object of one type; undefined: nothing, it is none of those asked for. */
  of(type: string): Written | undefined;
}

interface Written {
  readonly pieces: readonly Piece[];
  /** What stands behind the last of them. */
  readonly end: Buffer;
  /** The type that is told; undefined where none is. */
  readonly type: string | undefined;
}

/** One value that is taken from a row, and all that is the same for every object and stands before it. */
interface Piece {
  readonly before: Buffer;
  readonly at: number;
  readonly inner: Writer | undefined;
}

/** How the entities of one fetch are told to its department. */
export interface Representations {
  /**
   * Writes the JSON of a representation; false where the object is of another type, or something that has to be told is not
   * known: what was written of it by then is for the caller to take back.
   *
   * @param bytes of the request's arena
   */
  write(row: Row, bytes: Buffer, out: Output): boolean;
  /** The type that an object is told to be of. */
  typeTold(row: Row): string;
  /** The types that a representation may be told to be of. */
  readonly types: ReadonlySet<string>;
}

/**
 * Compiles a fetch's `requires`.
 *
 * @param rewrites what is told to the department otherwise than it was told to us
 */
export const representations = (
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[],
  schema: GraphQLSchema,
  layout: Layout,
): Representations => {
  const writer = compiler(schema)(requires, rewrites.map(unpacked), layout);
  const own = new Set(requires.flatMap((selection) => typesOf(selection, schema)));
  const types = new Set([...own].flatMap((type) => writer.of(type)?.type ?? []));
  return {
    types,
    write(row, bytes, out) {
      const written = writer.of(typeOf(row));
      return written?.type !== undefined && write(row, written, bytes, out);
    },
    typeTold: (row) => writer.of(typeOf(row))?.type ?? typeOf(row),
  };
};

const write = (row: Row, { pieces, end }: Written, bytes: Buffer, out: Output): boolean => {
  for (const { before, at, inner } of pieces) {
    const cell = row[at];
    // Not known: nothing can be told of this object (executeSelectionSet of the reference engine does the same).
    if (cell === undefined) return false;
    out.all(before);
    writeValue(cell, row[at + 1], inner, bytes, out);
  }
  out.all(end);
  return true;
};

const writeValue = (cell: Cell, end: Cell, inner: Writer | undefined, bytes: Buffer, out: Output): void => {
  if (typeof cell === 'number') out.copy(bytes, cell, end as number);
  else if (cell instanceof Items) {
    out.byte(OPEN_LIST);
    for (const [index, item] of cell.items.entries()) {
      if (index > 0) out.byte(COMMA);
      writeValue(item, 0, inner, bytes, out);
    }
    out.byte(CLOSE_LIST);
  } else {
    const begin = out.length;
    if (Array.isArray(cell) && inner && write(cell, inner.of(typeOf(cell)) ?? EMPTY, bytes, out)) return;
    out.length = begin;
    out.all(NULL);
  }
};

const NULL = Buffer.from('null');
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const EMPTY: Written = { pieces: [], end: Buffer.from('{}'), type: undefined };

/** Parts with all that is constant between their values put together. */
const writtenOf = (parts: readonly Part[]): Written | undefined => {
  if (parts.length === 0) return undefined;
  const pieces: Piece[] = [];
  let constant: Binary = '{';
  for (const [index, { key, constant: value, at, inner }] of parts.entries()) {
    constant += index === 0 ? key.slice(1) : key;
    if (value !== undefined) constant += value;
    else {
      pieces.push({ before: bytesOf(constant), at, inner });
      constant = '';
    }
  }
  const type = parts.find(({ type: named }) => named !== undefined)?.type;
  return { pieces, end: bytesOf(`${constant}}`), type };
};

type Field = Extract<QueryPlanSelectionNode, { kind: 'Field' }>;

interface Rewrite {
  readonly path: readonly string[];
  readonly rewrite: FetchDataRewrite;
}

const unpacked = (rewrite: FetchDataRewrite): Rewrite => ({ path: rewrite.path, rewrite });

const FRAGMENT = '... on ';

type Compile = (selections: readonly QueryPlanSelectionNode[], rewrites: readonly Rewrite[], layout: Layout) => Writer;

/** One for all fetches of a supergraph: what closes over the schema closes over nothing else. */
const compilers = new WeakMap<GraphQLSchema, Compile>();

const compiler = (schema: GraphQLSchema): Compile => {
  const known = compilers.get(schema) ?? newCompiler(schema);
  compilers.set(schema, known);
  return known;
};

const newCompiler = (schema: GraphQLSchema): Compile => {
  /** The members of an object of one type; what several fragments require of one is required together. */
  const fieldsOf = (selections: readonly QueryPlanSelectionNode[], type: string, fields: Map<string, Field>): void => {
    for (const selection of selections) {
      if (selection.kind === 'InlineFragment') {
        // Without a condition the reference engine passes it over.
        const condition = selection.typeCondition;
        if (condition !== undefined && isOfType(schema, type, condition)) fieldsOf(selection.selections, type, fields);
        continue;
      }
      const name = selection.alias ?? selection.name;
      const inner = [...(fields.get(name)?.selections ?? []), ...(selection.selections ?? [])];
      fields.set(name, { ...selection, selections: inner });
    }
  };

  const partsOf = (
    selections: readonly QueryPlanSelectionNode[],
    rewrites: readonly Rewrite[],
    layout: Layout,
    type: string,
  ): Part[] => {
    const fields = new Map<string, Field>();
    fieldsOf(selections, type, fields);
    return [...fields].map(([name, field]) => {
      const here = rewrites.flatMap((rewrite) => inside(rewrite, name, type, schema));
      const own = here.filter(({ path }) => path.length === 0).map(({ rewrite }) => rewrite);
      return partOf(field, name, own, here, layout, type);
    });
  };

  const partOf = (
    { selections = [] }: Field,
    name: string,
    own: readonly FetchDataRewrite[],
    inner: readonly Rewrite[],
    layout: Layout,
    type: string,
  ): Part => {
    const [rewrite, ...others] = own;
    // Of an object of several interfaces each may have one: they have to mean the same.
    if (others.some((other) => !isSame(other, rewrite))) throw new Unsupported('a member rewritten in two ways');
    const told = rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : name;
    const key = `,${binaryJson(told)}:`;
    if (name === TYPENAME) {
      const value: unknown = rewrite?.kind === 'ValueSetter' ? rewrite.setValueTo : type;
      return { key, constant: binaryJson(value), at: 0, type: String(value) };
    }
    if (rewrite?.kind === 'ValueSetter') return { key, constant: binaryJson(rewrite.setValueTo), at: 0 };
    const slot = layout.slot(name);
    if (selections.length === 0) return { key, at: slot.at };
    const deeper = inner.filter(({ path }) => path.length > 0);
    return { key, at: slot.at, inner: compile(selections, deeper, slot.inner()) };
  };

  const compile = (
    selections: readonly QueryPlanSelectionNode[],
    rewrites: readonly Rewrite[],
    layout: Layout,
  ): Writer => {
    const known = new Map<string, Written | undefined>();
    return {
      of(type) {
        if (!known.has(type)) known.set(type, writtenOf(partsOf(selections, rewrites, layout, type)));
        return known.get(type);
      },
    };
  };
  return compile;
};

const isSame = (one: FetchDataRewrite, other: FetchDataRewrite | undefined): boolean =>
  one.kind === 'KeyRenamer'
    ? other?.kind === 'KeyRenamer' && one.renameKeyTo === other.renameKeyTo
    : other?.kind === 'ValueSetter' && one.setValueTo === other.setValueTo;

/** What of a rewrite is left inside a member of an object of a type; empty where it means something else. */
const inside = ({ path, rewrite }: Rewrite, member: string, type: string, schema: GraphQLSchema): Rewrite[] => {
  const [first = '', ...rest] = path;
  if (!first.startsWith(FRAGMENT)) return first === member ? [{ path: rest, rewrite }] : [];
  return isOfType(schema, type, first.slice(FRAGMENT.length))
    ? inside({ path: rest, rewrite }, member, type, schema)
    : [];
};

/** The types of objects that a selection can be told of. */
const typesOf = (selection: QueryPlanSelectionNode, schema: GraphQLSchema): string[] => {
  if (selection.kind !== 'InlineFragment' || selection.typeCondition === undefined) {
    throw new Unsupported('a representation without a type');
  }
  const type = schema.getType(selection.typeCondition);
  if (isObjectType(type)) return [type.name];
  if (!isAbstractType(type)) throw new Unsupported(`a representation of «${selection.typeCondition}»`);
  const interfaces = isInterfaceType(type)
    ? [type, ...schema.getImplementations(type).interfaces].map(({ name }) => name)
    : [];
  return [...interfaces, ...schema.getPossibleTypes(type).map(({ name }) => name)];
};
