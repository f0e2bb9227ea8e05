import { describe, expect, test } from '@jest/globals';
import { departmentSdl } from '@lienthong/kit';
import { type ConstDirectiveNode, Kind, type ObjectTypeDefinitionNode, parse, valueFromASTUntyped } from 'graphql';
import { health } from './index.ts';

const PUBLIC = { name: 'public' };
const BASIC = { scopes: [['citizens:basic:read']] };
const INSURANCE = { scopes: [['health:insurance:read']] };
const RENEW = { scopes: [['health:insurance:write']] };
const IMMUNIZATION = { scopes: [['health:immunization:read']] };
const CLINICAL = {
  scopes: [['health:clinical:read']],
  policies: [['purpose:EMERGENCY'], ['purpose:TREATMENT']],
};

/** What a lawyer reads: for each field or type, the sets of scopes, and of purposes, of which one opens it. */
const RULES: Readonly<Record<string, object>> = {
  'Query.facilities': PUBLIC,
  'Mutation.renewInsurance': RENEW,
  RenewInsurancePayload: RENEW,
  'Citizen.id': BASIC,
  'Citizen.insurance': INSURANCE,
  'Citizen.immunizations': IMMUNIZATION,
  'Citizen.allergies': CLINICAL,
  'Citizen.diagnoses': CLINICAL,
  Insurance: INSURANCE,
  Immunization: IMMUNIZATION,
  Dose: IMMUNIZATION,
  Allergy: CLINICAL,
  Diagnosis: CLINICAL,
  'Facility.code': PUBLIC,
  'Facility.name': PUBLIC,
  'Facility.commune': PUBLIC,
};

const SHARED = new Set(['Commune', 'PageInfo']);
const ARGUMENT: Readonly<Record<string, string>> = { requiresScopes: 'scopes', policy: 'policies', tag: 'name' };

const ruleOf = (directives: readonly ConstDirectiveNode[] = []): object =>
  Object.fromEntries(
    directives.flatMap((directive) => {
      const name = ARGUMENT[directive.name.value];
      const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
      return name === undefined || value === undefined ? [] : [[name, valueFromASTUntyped(value)]];
    }),
  );

const types = parse(departmentSdl(health.folder)).definitions.filter(
  (node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION && !SHARED.has(node.name.value),
);

describe('the rules of the schema', () => {
  test('are these, and no others', () => {
    const found = types.flatMap((type) => [
      [type.name.value, ruleOf(type.directives)] as const,
      ...(type.fields ?? []).map(
        (field) => [`${type.name.value}.${field.name.value}`, ruleOf(field.directives)] as const,
      ),
    ]);
    expect(Object.fromEntries(found.filter(([, rule]) => Object.keys(rule).length > 0))).toEqual(RULES);
  });

  test('stand on fields that may be null: a denial must not take the parent away', () => {
    const required = types.flatMap((type) =>
      (type.fields ?? [])
        .filter((field) => 'scopes' in ruleOf(field.directives) && field.type.kind === Kind.NON_NULL_TYPE)
        .map((field) => `${type.name.value}.${field.name.value}`),
    );
    expect(required).toEqual([]);
  });
});
