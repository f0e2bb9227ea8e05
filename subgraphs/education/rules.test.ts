import { describe, expect, test } from '@jest/globals';
import { departmentSdl } from '@lienthong/kit';
import { type ConstDirectiveNode, Kind, type ObjectTypeDefinitionNode, parse, valueFromASTUntyped } from 'graphql';
import { education } from './index.ts';

const PUBLIC = { name: 'public' };
const BASIC = { scopes: [['citizens:basic:read']] };
const ENROLMENT = { scopes: [['education:enrolment:read']] };
const BULK = { scopes: [['education:enrolment:read', 'education:enrolment:read:bulk']] };
const RECORD = { scopes: [['education:record:read']] };
const ENROL = { scopes: [['education:enrolment:write']] };

/** What a lawyer reads: for each field or type, the sets of scopes of which one opens it. */
const RULES: Readonly<Record<string, object>> = {
  'Query.school': PUBLIC,
  'Mutation.enrol': ENROL,
  EnrolPayload: ENROL,
  'Citizen.id': BASIC,
  'Citizen.enrolments': ENROLMENT,
  'Citizen.marks': RECORD,
  'School.code': PUBLIC,
  'School.name': PUBLIC,
  'School.commune': PUBLIC,
  'School.level': PUBLIC,
  'School.pupils': BULK,
  PupilConnection: BULK,
  PupilEdge: BULK,
  Pupil: ENROLMENT,
  Enrolment: ENROLMENT,
  Mark: RECORD,
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

const types = parse(departmentSdl(education.folder)).definitions.filter(
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
