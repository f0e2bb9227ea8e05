import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';

import { TYPENAME } from '../../operation/runtime-type.ts';
import { type Binary, binaryJson } from './binary.ts';
import { type Cell, Items, type Layout, type Row, typeOf } from './layout.ts';
import { Unsupported } from './unsupported.ts';

/** One member of a representation: `,"name":` and where its value stands. */
interface Part {
  readonly key: Binary;
  /** Of `__typename`: what is told. */
  readonly constant?: Binary;
  readonly at: number;
  readonly inner?: Writer;
}

/** What is written of an object of one type; undefined: nothing, it is none of those asked for. */
type ByType = (type: string) => readonly Part[] | undefined;

interface Writer {
  readonly parts: ByType;
}

/** How the entities of one fetch are told to its department. */
export interface Representations {
  /**
   * The JSON of a representation as a string of bytes; undefined where the object is of another type, or something that
   * has to be told is not known.
   */
  of(row: Row, bytes: Buffer): Binary | undefined;
  /** The types that a representation may be of. */
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
  const compile = compiler(schema);
  const writer = compile(requires, rewrites.map(unpacked), layout);
  const types = new Set(requires.flatMap((selection) => typesOf(selection, schema)));
  for (const type of types) writer.parts(type);
  return {
    types,
    of(row, bytes) {
      const parts = writer.parts(typeOf(row));
      return parts?.some(({ constant }) => constant !== undefined) ? write(row, parts, bytes) : undefined;
    },
  };
};

const write = (row: Row, parts: readonly Part[], bytes: Buffer): Binary | undefined => {
  let json = '';
  for (const { key, constant, at, inner } of parts) {
    if (constant !== undefined) {
      json += key + constant;
      continue;
    }
    const cell = row[at];
    // Not known: nothing can be told of this object (executeSelectionSet of the reference engine does the same).
    if (cell === undefined) return undefined;
    json += key + jsonOf(cell, row[at + 1], inner, bytes);
  }
  return `{${json.slice(1)}}`;
};

const jsonOf = (cell: Cell, end: Cell, inner: Writer | undefined, bytes: Buffer): Binary => {
  if (cell === null || cell === undefined) return 'null';
  if (typeof cell === 'number') return bytes.toString('latin1', cell, end as number);
  if (cell instanceof Items) return `[${cell.items.map((item) => jsonOf(item, 0, inner, bytes)).join(',')}]`;
  if (!Array.isArray(cell) || !inner) return 'null';
  return write(cell, inner.parts(typeOf(cell)) ?? [], bytes) ?? 'null';
};

interface Rewrite {
  readonly path: readonly string[];
  readonly rewrite: FetchDataRewrite;
}

const unpacked = (rewrite: FetchDataRewrite): Rewrite => ({ path: rewrite.path, rewrite });

const FRAGMENT = '... on ';

const compiler = (schema: GraphQLSchema) => {
  const isOf = (type: string, condition: string): boolean => {
    if (type === condition) return true;
    const [member, abstract] = [schema.getType(type), schema.getType(condition)];
    return isAbstractType(abstract) && isObjectType(member) && schema.isSubType(abstract, member);
  };

  const partsOf = (
    selections: readonly QueryPlanSelectionNode[],
    rewrites: readonly Rewrite[],
    layout: Layout,
    type: string,
    parts: Map<string, Part>,
  ): void => {
    for (const selection of selections) {
      if (selection.kind === 'InlineFragment') {
        // Without a condition the reference engine passes it over.
        const condition = selection.typeCondition;
        if (condition !== undefined && isOf(type, condition)) {
          partsOf(selection.selections, rewrites, layout, type, parts);
        }
        continue;
      }
      const name = selection.alias ?? selection.name;
      const here = rewrites.flatMap(({ path: [first = '', ...rest], rewrite }) => {
        if (first.startsWith(FRAGMENT)) {
          if (!isOf(type, first.slice(FRAGMENT.length))) return [];
          return rest[0] === name ? [{ path: rest.slice(1), rewrite }] : [];
        }
        return first === name ? [{ path: rest, rewrite }] : [];
      });
      const own = here.filter(({ path }) => path.length === 0).map(({ rewrite }) => rewrite);
      const part = partOf(selection, name, own, here, layout, type);
      const known = parts.get(part.key);
      // Said twice, by two fragments that both apply.
      if (known && (known.inner || part.inner)) throw new Unsupported('an object required twice');
      parts.set(part.key, part);
    }
  };

  const partOf = (
    { selections }: Extract<QueryPlanSelectionNode, { kind: 'Field' }>,
    name: string,
    own: readonly FetchDataRewrite[],
    inner: readonly Rewrite[],
    layout: Layout,
    type: string,
  ): Part => {
    if (own.length > 1) throw new Unsupported('a member rewritten twice');
    const [rewrite] = own;
    const told = rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : name;
    const key = `,${binaryJson(told)}:`;
    if (name === TYPENAME) {
      const value: unknown = rewrite?.kind === 'ValueSetter' ? rewrite.setValueTo : type;
      return { key, constant: binaryJson(value), at: 0 };
    }
    if (rewrite?.kind === 'ValueSetter') return { key, constant: binaryJson(rewrite.setValueTo), at: 0 };
    const slot = layout.slot(name);
    if (!selections) return { key, at: slot.at };
    const deeper = inner.filter(({ path }) => path.length > 0);
    return { key, at: slot.at, inner: compile(selections, deeper, slot.inner()) };
  };

  const compile = (
    selections: readonly QueryPlanSelectionNode[],
    rewrites: readonly Rewrite[],
    layout: Layout,
  ): Writer => {
    const known = new Map<string, readonly Part[] | undefined>();
    return {
      parts(type) {
        if (!known.has(type)) {
          const parts = new Map<string, Part>();
          partsOf(selections, rewrites, layout, type, parts);
          known.set(type, parts.size === 0 ? undefined : [...parts.values()]);
        }
        return known.get(type);
      },
    };
  };
  return compile;
};

const typesOf = (selection: QueryPlanSelectionNode, schema: GraphQLSchema): string[] => {
  if (selection.kind !== 'InlineFragment' || selection.typeCondition === undefined) {
    throw new Unsupported('a representation without a type');
  }
  const type = schema.getType(selection.typeCondition);
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map(({ name }) => name);
  if (!isObjectType(type)) throw new Unsupported(`a representation of «${selection.typeCondition}»`);
  return [type.name];
};
