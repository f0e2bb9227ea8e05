import { CITIZEN, isSelfScope, leadsToCitizen } from '@lienthong/schema/rules';
import {
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isObjectType,
  isUnionType,
} from 'graphql';

import type { Principal } from './principal.ts';

/** The root field that returns the caller's own. */
const OWN = { type: 'Query', field: 'me' } as const;

/** All of a principal that a rule looks at. */
export interface Holder extends Pick<Principal, 'kind' | 'scopes'> {
  /** A person's own key: this caller is a citizen who asks for himself. Officers and partners have none. */
  readonly citizen?: string;
}

/** The legal basis on which people read their own data. */
const OWN_BASIS = 'SELF';

/**
 * The scopes that a token has on its legal basis. Who says that the data are his own reads nobody else's: the person whom
 * they are about is told that it was himself, at once and whatever is held back (docs/disclosures.md).
 */
export const scopesOnBasis = (scopes: readonly string[], legalBasis: string | undefined): readonly string[] =>
  legalBasis === OWN_BASIS ? scopes.filter(isSelfScope) : scopes;

/**
 * Whether a scope counts that a token carries (AUTHORIZATION §1.10). A citizen's self scopes count on the citizen's own
 * object, anybody else's nowhere. A citizen's other scopes count nowhere either: no issuer of ours grants any, and one that
 * does by mistake would let a person into everybody's data.
 *
 * @param own whether the position stands on the caller's own object
 */
const counts = (scope: string, { citizen }: Holder, own: boolean): boolean =>
  isSelfScope(scope) ? own && citizen !== undefined : citizen === undefined;

/** Whether the caller holds a scope that counts here; by default, off the caller's own object. */
export const holds = (holder: Holder, scope: string, own = false): boolean =>
  holder.scopes.has(scope) && counts(scope, holder, own);

/** Whether the caller holds a scope that counts anywhere: what others may be told that this caller has. */
export const holdsSomewhere = (holder: Holder, scope: string): boolean => holds(holder, scope, isSelfScope(scope));

/** What a field does to the position: it enters the caller's own object, leaves it, or stays where it was. */
export type Step = 'enters' | 'leaves' | 'stays';

/** Whether a field, and what is selected in it, stands on the caller's own object. */
export const ownAfter = (step: Step, own: boolean): boolean => (step === 'stays' ? own : step === 'enters');

/**
 * How each field of a schema moves a selection with regard to the caller's own object. Static, so that a decision depends
 * on the operation alone and never on data.
 *
 * `Query.me` enters, where it returns one Citizen: also its own guard and the type's are then asked of the caller's own
 * object. Every other field that may lead to a Citizen leaves, itself included: who the others are is theirs to guard.
 * So do fields that return an abstract type to which Citizen belongs, and connections and edges over citizens, whose
 * counts and cursors tell of others as well.
 */
export class SelfSteps {
  readonly #schema: GraphQLSchema;
  /** By type object, then name, like guards: each is found once. */
  readonly #steps = new Map<GraphQLCompositeType, Map<string, Step>>();
  readonly #leading = new Map<GraphQLNamedType, boolean>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  of(parentType: GraphQLCompositeType, name: string): Step {
    let steps = this.#steps.get(parentType);
    if (!steps) {
      steps = new Map();
      this.#steps.set(parentType, steps);
    }
    let step = steps.get(name);
    if (!step) {
      step = this.#stepOf(parentType, name);
      steps.set(name, step);
    }
    return step;
  }

  #stepOf(parentType: GraphQLCompositeType, name: string): Step {
    const fields = isUnionType(parentType) ? {} : parentType.getFields();
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return 'stays';
    const type = getNullableType(field.type);
    if (parentType.name === OWN.type && name === OWN.field && isObjectType(type) && type.name === CITIZEN) {
      return 'enters';
    }
    return this.#leads(getNamedType(field.type)) ? 'leaves' : 'stays';
  }

  #leads(type: GraphQLNamedType): boolean {
    const known = this.#leading.get(type);
    if (known !== undefined) return known;
    const leads = leadsToCitizen(type, this.#schema);
    this.#leading.set(type, leads);
    return leads;
  }
}
