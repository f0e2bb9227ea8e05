import { describe, expect, test } from '@jest/globals';
import { departmentSdl } from '@lienthong/kit';
import { type ConstDirectiveNode, Kind, type ObjectTypeDefinitionNode, parse, valueFromASTUntyped } from 'graphql';
import { citizens } from './index.ts';

const READ_SCOPES = [
  'citizens:basic:read',
  'citizens:family:read',
  'citizens:identity:read',
  'citizens:sensitive:read',
  'health:insurance:read',
  'health:immunization:read',
  'health:clinical:read',
  'education:enrolment:read',
  'education:record:read',
  'land:parcel:read',
  'land:owner:read',
  'land:encumbrance:read',
];
const BASIC = [['citizens:basic:read']];
const FAMILY = [['citizens:family:read']];
const BULK = [['citizens:basic:read', 'citizens:basic:read:bulk']];

/** What a lawyer reads: field, and the sets of scopes of which one opens it. */
const RULES: Readonly<Record<string, string[][] | 'public'>> = {
  'Query.citizen': READ_SCOPES.map((scope) => [scope]),
  'Query.me': [['audit:self:read']],
  'Query.searchCitizens': BULK,
  'Query.matchCitizen': [['citizens:match:verify']],
  'Query.commune': 'public',
  'Mutation.changeResidence': [['citizens:residence:write']],
  'Citizen.id': BASIC,
  'Citizen.personalNumber': [['citizens:identity:read']],
  'Citizen.fullName': BASIC,
  'Citizen.birthDate': BASIC,
  'Citizen.sex': BASIC,
  'Citizen.alive': BASIC,
  'Citizen.deathDate': BASIC,
  'Citizen.maritalStatus': BASIC,
  'Citizen.ethnicity': [['citizens:sensitive:read']],
  'Citizen.residence': BASIC,
  'Citizen.family': FAMILY,
  'Citizen.household': FAMILY,
  Residence: BASIC,
  FamilyMember: FAMILY,
  Household: FAMILY,
  CitizenConnection: BULK,
  CitizenEdge: BULK,
  ChangeResidencePayload: [['citizens:residence:write']],
};

const SHARED = new Set(['Commune', 'PageInfo']);

const argument = (directive: ConstDirectiveNode, name: string): unknown => {
  const found = directive.arguments?.find((each) => each.name.value === name);
  return found && valueFromASTUntyped(found.value);
};

const ruleOf = (directives: readonly ConstDirectiveNode[] = []): unknown => {
  for (const directive of directives) {
    if (directive.name.value === 'requiresScopes') return argument(directive, 'scopes');
    if (directive.name.value === 'tag' && argument(directive, 'name') === 'public') return 'public';
  }
  return undefined;
};

const types = parse(departmentSdl(citizens.folder)).definitions.filter(
  (node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION && !SHARED.has(node.name.value),
);

describe('the rules of the schema', () => {
  const found = Object.fromEntries(
    types.flatMap((type) => [
      [type.name.value, ruleOf(type.directives)],
      ...(type.fields ?? []).map((field) => [`${type.name.value}.${field.name.value}`, ruleOf(field.directives)]),
    ]),
  );

  test('are these, and no others', () => {
    expect(Object.fromEntries(Object.entries(found).filter(([, rule]) => rule !== undefined))).toEqual(RULES);
  });

  test('leave no field without a rule on itself or its type', () => {
    const open = Object.keys(found).filter((coordinate) => {
      const [type = '', field] = coordinate.split('.');
      return field !== undefined && found[coordinate] === undefined && found[type] === undefined;
    });
    expect(open).toEqual([]);
  });

  test('keep guarded fields of Citizen nullable: a denial must not take the person away', () => {
    const citizen = types.find(({ name }) => name.value === 'Citizen');
    const required = citizen?.fields?.filter(({ type }) => type.kind === Kind.NON_NULL_TYPE);
    expect(required?.map(({ name }) => name.value)).toEqual([]);
  });
});
