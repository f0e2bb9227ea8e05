import { expect, test } from '@jest/globals';
import { departmentSdl } from '@lienthong/kit';
import { type ConstDirectiveNode, Kind, parse, valueFromASTUntyped } from 'graphql';
import { land } from './index.ts';

interface Rule {
  readonly scopes: string[][];
  readonly policies?: string[][];
}

const PARCEL: Rule = { scopes: [['land:parcel:read']] };
const BULK: Rule = { scopes: [['land:parcel:read', 'land:parcel:read:bulk']] };
const OWNER: Rule = { scopes: [['land:owner:read']] };
const WRITE: Rule = { scopes: [['land:parcel:write']] };
const ENCUMBRANCE: Rule = {
  scopes: [['land:encumbrance:read']],
  policies: [['purpose:LANDTX'], ['purpose:TTHC']],
};

/** What a lawyer reads: every rule of the department, on a field or on all fields of a type. */
const RULES: Readonly<Record<string, Rule>> = {
  'Query.parcel': PARCEL,
  'Query.parcels': BULK,
  'Mutation.transferParcel': WRITE,
  'Citizen.id': { scopes: [['citizens:basic:read']] },
  'Citizen.holdings': PARCEL,
  Holding: PARCEL,
  Parcel: PARCEL,
  'Parcel.rights': OWNER,
  'Parcel.encumbrances': ENCUMBRANCE,
  'Parcel.dataSubjects': OWNER,
  'TransferParcelPayload.dataSubjects': OWNER,
  ParcelUse: PARCEL,
  LandRight: OWNER,
  Encumbrance: ENCUMBRANCE,
  LandCertificate: PARCEL,
  ParcelConnection: BULK,
  ParcelEdge: BULK,
  TransferParcelPayload: WRITE,
  'TransferParcelPayload.parcel': PARCEL,
};

const SHARED: ReadonlySet<string> = new Set(['Commune', 'PageInfo']);

function ruleOf(directives: readonly ConstDirectiveNode[] = []): Record<string, unknown> | undefined {
  const guards = directives.filter(({ name }) => ['requiresScopes', 'policy', 'tag'].includes(name.value));
  if (guards.length === 0) return undefined;
  const sets = guards.flatMap(({ arguments: given = [] }) =>
    given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
  return Object.fromEntries(sets);
}

test('every field of the department is opened by exactly these scopes and purposes', () => {
  const found: Record<string, unknown> = {};
  for (const node of parse(departmentSdl(land.folder)).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || SHARED.has(node.name.value)) continue;
    for (const { name, directives } of [node, ...(node.fields ?? [])]) {
      const rule = ruleOf(directives);
      if (rule) found[name === node.name ? name.value : `${node.name.value}.${name.value}`] = rule;
    }
  }
  expect(found).toEqual(RULES);
});
