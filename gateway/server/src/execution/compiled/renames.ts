import type { FetchDataRewrite } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';

import { isOfType } from './of-type.ts';
import { Unsupported } from './unsupported.ts';

const FRAGMENT = '... on ';

/**
 * One member of an answer that a plan has another name for than its department: planners give an alias to what would be of
 * two types under one name. A step of its path is a member, or the type that the object has to be of; lists are no step.
 */
export class Rename {
  readonly #path: readonly string[];
  readonly to: string;
  /** What is left of it one member further, each the same object every time it is asked for. */
  readonly #rests = new Map<string, Rename>();

  private constructor(path: readonly string[], to: string) {
    this.#path = path;
    this.to = to;
  }

  /** @throws Unsupported */
  static of(rewrite: FetchDataRewrite): Rename {
    if (rewrite.kind !== 'KeyRenamer') throw new Unsupported('a value set in an answer');
    return new Rename(rewrite.path, rewrite.renameKeyTo);
  }

  /** Whether the member by which it was reached is the one that is renamed. */
  get isHere(): boolean {
    return this.#path.length === 0;
  }

  /** What it means inside a member of an object of a type; empty where it means something else. */
  into(member: string, type: string, schema: GraphQLSchema): readonly Rename[] {
    let depth = 0;
    for (; this.#path[depth]?.startsWith(FRAGMENT); depth += 1) {
      if (!isOfType(schema, type, this.#path[depth]?.slice(FRAGMENT.length) ?? '')) return [];
    }
    if (this.#path[depth] !== member) return [];
    const rest = this.#path.slice(depth + 1);
    const key = rest.join(' ');
    const known = this.#rests.get(key) ?? new Rename(rest, this.to);
    this.#rests.set(key, known);
    return [known];
  }
}
