import type { GraphQLSchema } from 'graphql';

import type { Binary } from './binary.ts';
import type { CompiledFetch } from './compile.ts';
import { contextOf, NOT_KNOWN, type Standing } from './contexts.ts';
import type { Row } from './layout.ts';

/** Objects of a fetch that stand below the same values, so that one question serves them all. */
export interface ContextGroup {
  readonly rows: Row[];
  /** Which of those at the end of the fetch's path they are. */
  readonly orders: number[];
  /** What its context variables are told, in their order. */
  readonly contexts: readonly (Binary | undefined)[];
}

/**
 * The objects that a fetch extends, by what stands above them.
 *
 * @param bytes of the request's arena
 * @param unknown told of an object above which something is not known: nobody is asked about it
 */
export const byContext = (
  { path, entities }: CompiledFetch,
  root: Row,
  schema: GraphQLSchema,
  bytes: Buffer,
  unknown: () => void,
): Iterable<ContextGroup> => {
  const variables = entities?.contexts ?? [];
  const groups = new Map<string, ContextGroup>();
  const standing = (row: Row, _: unknown, around: Standing | undefined): Standing => ({ row, around });
  for (const [order, [row, here]] of path.accumulate<Standing | undefined>(root, undefined, standing).entries()) {
    if (!here) continue;
    const contexts = variables.map((variable) => contextOf(variable, here, schema, bytes));
    if (!contexts.every((each) => each !== NOT_KNOWN)) {
      unknown();
      continue;
    }
    // JSON holds no NUL; an argument that is left out is not one that is null.
    const key = contexts.map((each) => each ?? '').join('\0');
    const group = groups.get(key) ?? { rows: [], orders: [], contexts };
    groups.set(key, group);
    group.rows.push(row);
    group.orders.push(order);
  }
  return groups.values();
};
