import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { apiSchemaOf, readRules } from '@lienthong/schema/rules';
import {
  buildSchema,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  printSchema,
  validateSchema,
} from 'graphql';

import type { FieldSelection } from '../operation/model.ts';
import { readRules as rulesOf } from '../testing/miniature.ts';
import { authorize } from './authorize.ts';
import { Guards } from './guards.ts';
import type { Authenticated } from './principal.ts';
import { viewOf } from './view.ts';

/*
 * The view against the filter itself: a coordinate is in the view exactly when `authorize` permits that field with every
 * policy granted, something can be selected below it, and permitted fields lead to it. The oracle asks `authorize` field by
 * field and walks paths; it shares nothing with how the view is made.
 */

const supergraph = readFileSync(new URL('../../../../schema/supergraph.graphql', import.meta.url), 'utf8');

const ABSTRACT = buildSchema(`
  type Query { files: [File] find: [Thing] me: Person loop: Loop level: Level phone: Phone must: Person! node: Node }
  type Mutation { rename(to: Name!): Person }
  input Name { text: String }  scalar Phone  enum Level { LOW }
  union Thing = Person | Secret | Loop
  interface Node { id: ID }
  interface File implements Node { id: ID title: String owner: Person level: Level from: Node }
  type OpenFile implements File & Node { id: ID title: String owner: Person level: Level from: Person }
  type SealedFile implements File & Node { id: ID title: String owner: Person level: Level body: Secret from: SealedFile }
  type Person implements Node { id: ID phone: Phone friend: Person! files: [File!]! }
  type Secret { code: String loop: Loop }
  type Loop { again: Loop secret: Secret }
`);
const ABSTRACT_RULES = rulesOf({
  rules: {
    SealedFile: ['a', 'b'],
    'OpenFile.title': ['c'],
    'SealedFile.owner': ['d'],
    'OpenFile.id': ['e f'],
    'Person.id': ['e'],
    Phone: ['f', 'policy:purpose:KYC'],
    Level: ['a'],
    'Person.friend': ['b'],
    'Person.files': ['c d'],
    'Secret.code': ['e'],
    'Secret.loop': ['f'],
    'Loop.secret': ['a c'],
    'Loop.again': ['d'],
    'Query.find': ['authenticated'],
    'Query.node': ['c', 'e'],
    'Mutation.rename': ['b f'],
  },
  open: ['Query.files', 'Query.me', 'OpenFile.owner', 'File.owner', 'OpenFile.from', 'File.from'],
});

/**
 * A field that every citizen of this test may read on the own object, and nobody anywhere else; of the province's schema one
 * that takes its only self scope, without which there is nothing to find out.
 */
const SELF_PROBES = ['probe', 'disclosures'];
const OWN = buildSchema(`
  type Query { me: Citizen  parcel: Parcel  any: Node  people: People }
  interface Node { mark: String  next: Node }
  union Holder = Citizen | Firm
  type Citizen implements Node { mark: String  next: Node  name: String  card: Card  parcels: [Parcel]  holder: Holder  people: People  probe: Int }
  type Card implements Node { mark: String  next: Card  number: String  deep: Deep }
  type Deep { secret: String  card: Card }
  type Parcel { rights: String  owner: Citizen  card: Card  firm: Firm }
  type Firm { mark: String  head: Citizen  parcel: Parcel }
  type People { total: Int  edges: [Edge] }
  type Edge { cursor: String  node: Citizen }
`);
const OWN_RULES = rulesOf({
  rules: {
    'Citizen.probe': ['probe:self:r'],
    'Query.me': ['a:self:r', 'a:r'],
    'Citizen.name': ['a:self:r'],
    'Citizen.card': ['b:self:r', 'b:r'],
    'Citizen.parcels': ['a:self:r b:self:r'],
    'Card.number': ['c:self:r'],
    'Card.deep': ['b:self:r'],
    'Deep.secret': ['c:self:r', 'b:r'],
    'Parcel.rights': ['c:self:r'],
    'Parcel.card': ['a:r', 'c:self:r'],
    'Parcel.firm': ['b:self:r'],
    'Firm.mark': ['a:self:r'],
    'Query.people': ['b:r', 'b:self:r'],
    'People.total': ['a:self:r'],
    'Edge.cursor': ['a:self:r', 'a:r'],
    'Citizen.holder': ['a:self:r', 'authenticated'],
  },
});

const provinceSchema = apiSchemaOf(supergraph);
const provinceRules = readRules(supergraph);

const holder = (scopes: ReadonlySet<string>, citizen = false): Authenticated => ({
  kind: 'authenticated',
  issuer: 'https://issuer.example',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 0,
  scopes,
  ...(citizen ? { citizen: 'k1' } : {}),
  claims: {},
});

describe.each([
  ['the province', provinceSchema, new Guards(provinceRules, provinceSchema, 'refuse'), 60],
  ['interfaces, unions and cycles', ABSTRACT, new Guards(ABSTRACT_RULES, ABSTRACT, 'allow'), 64],
  ['the same, forgotten guards closed', ABSTRACT, new Guards(ABSTRACT_RULES, ABSTRACT, 'refuse'), 64],
  ['self scopes', OWN, new Guards(OWN_RULES, OWN, 'allow'), 120],
] as const)('%s', (_, schema, guards, runs) => {
  const { scopes, policies } = namesOf(schema, guards);
  const seed = 20_261_122;
  test.each(subsets(scopes, runs, seed))(`seed ${seed}, subset %#`, (...held) => {
    for (const citizen of [false, true]) {
      const principal = holder(new Set([...held, 'probe:self:r']), citizen);
      const view = viewOf(schema, guards, principal);
      expect(coordinatesOf(view)).toEqual(expected(schema, guards, principal, policies));
      if (coordinatesOf(view).length === 0) continue;
      expect(validateSchema(view)).toEqual([]);
      expect(printSchema(buildSchema(printSchema(view)))).toBe(printSchema(view));
    }
  });
});

/** Every field that an honest caller could come to ask for and be answered. */
function expected(schema: GraphQLSchema, guards: Guards, principal: Authenticated, policies: ReadonlySet<string>) {
  const select = (parentType: GraphQLCompositeType, name: string, ...selections: FieldSelection[]) => {
    const type =
      isObjectType(parentType) || isInterfaceType(parentType) ? parentType.getFields()[name]?.type : undefined;
    if (!type) return undefined;
    const common = { kind: 'field', responseKey: 'x', name, parentType, type, arguments: [], conditions: [] } as const;
    return { ...common, leaf: selections.length === 0, selections } satisfies FieldSelection;
  };
  const isPermitted = (field: FieldSelection | undefined, root: FieldSelection | undefined): boolean => {
    if (!field || !root) return false;
    const operation = { operation: 'query', rootType: root.parentType, selections: [root], variables: [] } as never;
    return authorize({ operation, variables: new Map(), principal, policies, guards }).permitted.has(field);
  };

  /** What can be asked inside `me`, by asking it there: types that are come to while self scopes go on counting. */
  const query = schema.getQueryType();
  const inside = new Set<GraphQLNamedType>();
  const permitsInside = (parentType: GraphQLCompositeType, name: string, ...below: FieldSelection[]): boolean => {
    const field = select(parentType, name, ...below);
    return isPermitted(below[0] ?? field, query && field ? select(query, 'me', field) : undefined);
  };
  const probe = schema.getType('Citizen');
  const comeTo = (type: GraphQLNamedType | undefined): void => {
    if (!type || inside.has(type)) return;
    inside.add(type);
    if (isAbstractType(type)) for (const object of schema.getPossibleTypes(type)) comeTo(object);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const parent of type.getInterfaces()) comeTo(parent);
    const name = isObjectType(probe)
      ? SELF_PROBES.map((each) => select(probe, each)).find((each) => each !== undefined)
      : undefined;
    for (const field of Object.values(type.getFields())) {
      // Permitted, and a field that takes a self scope would be permitted in it.
      if (name && permitsInside(type, field.name) && permitsInside(type, field.name, name))
        comeTo(getNamedType(field.type));
    }
  };
  const me = query ? select(query, 'me') : undefined;
  if (isPermitted(me, me)) comeTo(getNamedType(me?.type));

  const permits = (parentType: GraphQLCompositeType, name: string): boolean => {
    const field = select(parentType, name);
    return isPermitted(field, field) || (inside.has(parentType) && permitsInside(parentType, name));
  };

  // Longer than any path without a repetition: whoever gets this deep can go on for ever.
  const depth = Object.keys(schema.getTypeMap()).length + 1;
  const memory = new Map<string, boolean>();
  const askable = (type: GraphQLCompositeType, name: string, left: number): boolean => {
    const key = `${type.name}.${name} ${left}`;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const answer = judge(type, name, left);
    memory.set(key, answer);
    return answer;
  };
  const judge = (type: GraphQLCompositeType, name: string, left: number): boolean => {
    if (!permits(type, name)) return false;
    if (left === 0) return true;
    if (!isObjectType(type) && !isInterfaceType(type)) return false;
    const returned = getNamedType(type.getFields()[name]?.type);
    if (isInterfaceType(type)) {
      const objects = schema.getPossibleTypes(type);
      if (!objects.every((object) => askable(object, name, left - 1))) return false;
    }
    return returned !== undefined && selectable(returned, left - 1);
  };
  const selectable = (type: GraphQLNamedType, left: number): boolean => {
    if (isAbstractType(type)) return schema.getPossibleTypes(type).some((object) => selectable(object, left));
    return !isObjectType(type) || Object.keys(type.getFields()).some((name) => askable(type, name, left));
  };

  const found = new Set<string>();
  const entered = new Set<string>();
  const enter = (type: GraphQLNamedType) => {
    if (entered.has(type.name)) return;
    entered.add(type.name);
    if (isAbstractType(type)) for (const object of schema.getPossibleTypes(type)) enter(object);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const parent of type.getInterfaces()) enter(parent);
    for (const [name, field] of Object.entries(type.getFields())) {
      if (!askable(type, name, depth)) continue;
      found.add(`${type.name}.${name}`);
      enter(getNamedType(field.type));
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType()]) if (root) enter(root);
  return [...found].sort();
}

function coordinatesOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && (isObjectType(type) || isInterfaceType(type)))
    .flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []).map((name) => `${type.name}.${name}`))
    .sort();
}

function namesOf(schema: GraphQLSchema, guards: Guards) {
  const scopes = new Set<string>();
  const policies = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const name of Object.keys(type.getFields())) {
      const guard = guards.field(type, name);
      if (guard.closed) continue;
      for (const scope of guard.rule.scopes.flat()) scopes.add(scope);
      for (const policy of guard.rule.policies.flat()) policies.add(policy);
    }
  }
  return { scopes: [...scopes].sort(), policies };
}

/** None, all, and `count` random ones. */
function subsets(names: readonly string[], count: number, seed: number): string[][] {
  const random = mulberry32(seed);
  const drawn = Array.from({ length: count }, () => {
    const share = random();
    return names.filter(() => random() < share);
  });
  return [[], [...names], ...drawn];
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
