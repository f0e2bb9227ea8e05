import type { GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../token/caller.ts';

type Path = GraphQLResolveInfo['path'];

/** A scope that holds for the caller's own person alone: `citizens:self:read` (authorization rule 1.10). */
export const isSelfScope = (scope: string): boolean => scope.includes(':self:');

/** A citizen's other scopes count nowhere: no issuer of ours grants any. Nobody else has an object of his own. */
export const counts = (scope: string, { citizen }: Caller, own: boolean): boolean =>
  isSelfScope(scope) ? own && citizen !== undefined : citizen === undefined;

interface Representation {
  readonly __typename?: unknown;
  readonly id?: unknown;
}

/**
 * Where in one answer the caller looks at himself.
 *
 * By position, never by object: resolvers may return one row for a relative and for the kinship, and what is loaded for
 * one place is the same object in another. graphql-js makes one path object per place and hands it down, so that a
 * place can be remembered by it.
 */
export class Standing {
  readonly #citizen: string;
  readonly #own = new WeakSet<Path>();
  readonly #entities = new WeakMap<Path, readonly Representation[]>();

  constructor(citizen: string) {
    this.#citizen = citizen;
  }

  /** Whether the object that a field is read from is the caller's own, or belongs to it. */
  isOwn({ path }: GraphQLResolveInfo): boolean {
    let index: string | number | undefined;
    let place = path.prev;
    while (place && typeof place.key === 'number') {
      index = place.key;
      place = place.prev;
    }
    if (!place) return false;
    if (this.#own.has(place)) return true;
    const entity = typeof index === 'number' ? this.#entities.get(place)?.[index] : undefined;
    return entity?.__typename === 'Citizen' && entity.id === this.#citizen;
  }

  /** What this field returns is the caller's own, too. */
  keep({ path }: GraphQLResolveInfo): void {
    this.#own.add(path);
  }

  /** What the gateway asks for by key. */
  entities({ path }: GraphQLResolveInfo, representations: readonly Representation[]): void {
    this.#entities.set(path, representations);
  }
}

/** Nothing to follow for a caller without a self scope, or who is nobody's login. */
export const standingOf = ({ citizen, scopes }: Caller): Standing | undefined =>
  citizen !== undefined && [...scopes].some(isSelfScope) ? new Standing(citizen) : undefined;
