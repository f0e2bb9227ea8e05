import { describe, expect, test } from '@jest/globals';
import { composed, department } from '../fixtures.ts';
import { readRules } from '../rules/read.ts';
import { AdmissionError } from './refusal.ts';

/** Composition refuses these itself, so a sound supergraph is composed and then spoilt by hand. */
function missing(supergraph: string): readonly (string | undefined)[] {
  try {
    readRules(supergraph);
    return [];
  } catch (error) {
    if (!(error instanceof AdmissionError)) throw error;
    return error.refusals.map(({ code, coordinate }) => `${code} ${coordinate}`);
  }
}

const without = (sdl: string, field: string): string => {
  const spoilt = sdl.replace(new RegExp(`^(\\s+${field}[(:].*?) @requiresScopes\\(.*\\)$`, 'm'), '$1');
  expect(spoilt).not.toBe(sdl);
  return spoilt;
};

describe('@requires', () => {
  const chain = composed(
    department('type Query { t: T } type T @key(fields: "id") { id: ID! a: Int @requiresScopes(scopes: [["s"]]) }'),
    department(`type T @key(fields: "id") { id: ID! a: Int @external
      b: Int @requires(fields: "a") @requiresScopes(scopes: [["s"]]) }`),
    department(`type T @key(fields: "id") { id: ID! b: Int @external
      c: Int @requires(fields: "b") @requiresScopes(scopes: [["s", "more"]]) }`),
  );

  test('a field that asks for as much or more is admitted', () => {
    expect(missing(chain)).toEqual([]);
  });

  test('a field that asks for less is refused', () => {
    expect(missing(without(chain, 'c'))).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS T.c']);
  });

  test('in a chain, the link that breaks is the one refused', () => {
    expect(missing(without(chain, 'b'))).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS T.b']);
    expect(missing(without(without(chain, 'b'), 'c'))).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS T.b']);
  });

  test('nested selections and fragments count with their types', () => {
    const sdl = composed(
      department(`type Query { t: T } type T @key(fields: "id") { id: ID! one: Thing }
        interface Thing { n: Int }
        type Open implements Thing @shareable { n: Int }
        type Sealed implements Thing @shareable @requiresScopes(scopes: [["sealed"]]) { n: Int code: Int }`),
      department(`type T @key(fields: "id") { id: ID! one: Thing @external
          sum: Int @requires(fields: "one { ... on Sealed { code } }") @requiresScopes(scopes: [["sealed"]]) }
        interface Thing { n: Int }
        type Open implements Thing @shareable { n: Int }
        type Sealed implements Thing { n: Int @shareable code: Int @external }`),
    );
    expect(missing(sdl)).toEqual([]);
    expect(missing(without(sdl, 'sum'))).toEqual([
      'MISSING_TRANSITIVE_AUTH_REQUIREMENTS T.sum',
      'MISSING_TRANSITIVE_AUTH_REQUIREMENTS T.sum',
    ]);
  });

  test('a rule on the parent type carries for its fields', () => {
    const sdl = composed(
      department(`type Query { t: T } type T @key(fields: "id") @requiresScopes(scopes: [["s"]]) { id: ID! a: Int }`),
      department('type T @key(fields: "id") { id: ID! a: Int @external b: Int @requires(fields: "a") }'),
    );
    expect(missing(sdl)).toEqual([]);
  });
});

describe('@fromContext', () => {
  const sdl = composed(
    department(`type Query { n: Parent }
      type Parent @key(fields: "id") @context(name: "c") { id: ID! secret: Int @requiresScopes(scopes: [["s"]]) child: Child }
      type Child @key(fields: "id") { id: ID! copy(x: Int @fromContext(field: "$c { secret }")): Int @requiresScopes(scopes: [["s"]]) }`),
  );

  test('a field that asks for what the context asks for is admitted, one that does not is refused', () => {
    expect(missing(sdl)).toEqual([]);
    expect(missing(without(sdl, 'copy'))).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS Child.copy']);
  });

  test('the context directive is known by its specification, not by its name', () => {
    const renamed = without(sdl, 'copy')
      .replace('context/v0.1"', 'context/v0.1", import: [{name: "@context", as: "@boiCanh"}]')
      .replaceAll('@context(', '@boiCanh(');
    expect(missing(renamed)).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS Child.copy']);
  });

  test('a context that no type sets cannot be judged and is refused', () => {
    expect(missing(sdl.replace('@context(name: "department1__c")', ''))).toEqual(['INVALID_SDL undefined']);
  });
});

/** Composition does not know what self scopes are, so it admits these. */
describe('self scopes', () => {
  const person = (own: string, mother: string) =>
    department(`type Query { me: Citizen }
      type Citizen @key(fields: "id") @context(name: "c") { id: ID! tax: Int ${own} mother: Citizen claims: [Claim] }
      type Claim @key(fields: "id") { id: ID!
        mine(x: Int @fromContext(field: "$c { tax }")): Int ${own}
        hers(x: Int @fromContext(field: "$c { mother { tax } }")): Int ${mother} }`);
  const SELF = '@requiresScopes(scopes: [["tax:self:read"]])';
  const EITHER = '@requiresScopes(scopes: [["tax:self:read"], ["tax:read"]])';
  const OTHERS = '@requiresScopes(scopes: [["tax:read"]])';
  const refusal = (rules: string, field: string) => {
    try {
      readRules(rules);
      return undefined;
    } catch (error) {
      expect(error).toBeInstanceOf(AdmissionError);
      expect(String(error)).toContain(field);
      return (error as AdmissionError).refusals.map(({ code, coordinate }) => `${code} ${coordinate}`);
    }
  };

  test('open what is the caller’s own, and nobody else’s by way of it', () => {
    const refused = ['MISSING_TRANSITIVE_AUTH_REQUIREMENTS Claim.hers'];
    expect(refusal(composed(person(SELF, SELF)), 'Citizen.tax')).toEqual(refused);
    expect(refusal(composed(person(EITHER, EITHER)), 'Citizen.tax')).toEqual(refused);
    expect(refusal(composed(person(EITHER, OTHERS)), '')).toBeUndefined();
  });

  test('nor what stands at the root', () => {
    const sdl = (rule: string) =>
      composed(
        department(`type Query @context(name: "q") { key: Int ${SELF} me: Citizen }
          type Citizen @key(fields: "id") { id: ID! copy(x: Int @fromContext(field: "$q { key }")): Int ${rule} }`),
      );
    expect(refusal(sdl(SELF), 'Query.key')).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS Citizen.copy']);
  });

  test('by @requires as little', () => {
    const sdl = composed(
      department(`type Query { me: Citizen }
        type Citizen @key(fields: "id") { id: ID! tax: Int ${SELF} mother: Citizen }`),
      department(`type Citizen @key(fields: "id") { id: ID! tax: Int @external mother: Citizen @external
        mine: Int @requires(fields: "tax") ${SELF} hers: Int @requires(fields: "mother { tax }") ${SELF} }`),
    );
    expect(refusal(sdl, 'Citizen.tax')).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS Citizen.hers']);
  });
});
