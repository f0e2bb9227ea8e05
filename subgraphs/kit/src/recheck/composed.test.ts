import { expect, test } from '@jest/globals';
import { apiSchemaOf, effectiveRule, readRules } from '@lienthong/schema/rules';
import { isObjectType, parse } from 'graphql';
import { departmentSdl } from '../schema.ts';
import { schemaText } from '../schema-package.ts';
import { ownRules } from './rules.ts';

const sdl = schemaText('supergraph.graphql');
const composed = readRules(sdl);
const schema = apiSchemaOf(sdl);
const folder = (name: string) => new URL(`../../../${name}`, import.meta.url).pathname;

/** Every one of these alternatives contains one of those: whoever meets the first meets the second. */
const implies = (stricter: readonly (readonly string[])[], looser: readonly (readonly string[])[]): boolean =>
  stricter.length > 0 && stricter.every((names) => looser.some((some) => some.every((name) => names.includes(name))));

/** What the gateway alone asks for, and no caller can. */
const INACCESSIBLE = new Set(['Parcel.dataSubjects', 'TransferParcelPayload.dataSubjects']);

// Two readers of one directive: what the gateway lets through, a department must not refuse, nor overlook what it guards.
test.each(['citizens', 'health', 'education', 'land', 'disclosures'])(
  '%s finds the rules that composition found',
  (name) => {
    const own = ownRules(parse(departmentSdl(folder(name))));
    expect(own.size).toBeGreaterThan(10);
    for (const [coordinate, rule] of own) {
      const [type = '', field = ''] = coordinate.split('.');
      if (INACCESSIBLE.has(coordinate)) continue;
      const { scopes, policies } = effectiveRule(composed, schema, type, field);
      for (const alternatives of rule.scopes)
        expect([coordinate, implies(scopes, alternatives)]).toEqual([coordinate, true]);
      for (const alternatives of rule.purposes) {
        const named = alternatives.map((names) => names.map((one) => `purpose:${one}`));
        expect([coordinate, implies(policies, named)]).toEqual([coordinate, true]);
      }
      // These write every rule themselves, so nothing of what composition found is another's. (It may have found fewer
      // names: of a type's alternatives, those that a field's own rule rules out.)
      const own = new Set(rule.scopes.flat(2));
      expect([coordinate, scopes.flat().filter((scope) => !own.has(scope))]).toEqual([coordinate, []]);
    }
  },
);

test('callers see no field that is left out here', () => {
  for (const coordinate of INACCESSIBLE) {
    const [name = '', field = ''] = coordinate.split('.');
    const type = schema.getType(name);
    expect(isObjectType(type) && Object.keys(type.getFields())).not.toContain(field);
  }
});

test('between them they guard every field that is guarded, keys apart', () => {
  const found = new Set(
    ['citizens', 'health', 'education', 'land', 'disclosures'].flatMap((name) => [
      ...ownRules(parse(departmentSdl(folder(name)))).keys(),
    ]),
  );
  const guarded = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.keys(type.getFields()).flatMap((field) => {
          const { scopes, policies, authenticated } = effectiveRule(composed, schema, type.name, field);
          return scopes.length > 0 || policies.length > 0 || authenticated ? [`${type.name}.${field}`] : [];
        })
      : [],
  );
  expect(guarded.filter((coordinate) => !found.has(coordinate)).sort()).toEqual(['Citizen.id', 'Parcel.id']);
});
