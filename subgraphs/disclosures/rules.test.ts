import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestPrincipal } from '@lienthong/kit/testing';
import {
  inspector,
  nextId,
  person,
  type RunningDisclosures,
  self,
  startDisclosures,
  type TestHold,
  type TestRecord,
} from './testing.ts';

let department: RunningDisclosures;
beforeAll(async () => {
  department = await startDisclosures();
}, 60_000);
afterAll(() => department.close());

const LIST = `query ($of: [_Any!]!, $first: Int, $after: String) {
  _entities(representations: $of) { ... on Citizen {
    disclosures(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } }
  } }
}`;
const ONE = `query ($of: [_Any!]!, $id: ID!) {
  _entities(representations: $of) { ... on Citizen { disclosure(id: $id) { id proof } } }
}`;

interface Listed {
  _entities: [
    {
      disclosures: {
        totalCount: number;
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
        edges: { node: { id: string } }[];
      };
    },
  ];
}

const of = (citizen: string) => [{ __typename: 'Citizen', id: citizen }];

/** Ids of all that the caller sees of a person, page by page; lists, counts and single entries must agree. */
const seenOf = async (citizen: string, caller: TestPrincipal): Promise<string[]> => {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const body = await department.ask(LIST, { of: of(citizen), first: 1, after }, caller);
    expect(body.errors).toBeUndefined();
    const [{ disclosures }] = (body.data as unknown as Listed)._entities;
    ids.push(...disclosures.edges.map(({ node }) => node.id));
    after = disclosures.pageInfo.hasNextPage ? disclosures.pageInfo.endCursor : null;
    if (after === null) expect(disclosures.totalCount).toBe(ids.length);
  } while (after !== null);
  return ids;
};

const sees = async (citizen: string, id: string, caller: TestPrincipal): Promise<boolean> => {
  const listed = (await seenOf(citizen, caller)).includes(id);
  const { data } = await department.ask(ONE, { of: of(citizen), id }, caller);
  const [{ disclosure }] = (data as { _entities: [{ disclosure: object | null }] })._entities;
  expect(disclosure !== null).toBe(listed);
  return listed;
};

const KYC = { agency: 'viettel', purpose: 'KYC', legalBasis: 'CONSENT', partner: 'viettel' } as const;
const INSPECTION = { agency: 'H48', purpose: 'AUDIT', legalBasis: 'MANDATORY_SHARE', partner: 'thanh-tra' } as const;
const OWN = { agency: 'H48', purpose: 'AUDIT', legalBasis: 'SELF', partner: 'ai-da-xem' } as const;
const NAME = ['Citizen.fullName'];

type Row = readonly [
  what: string,
  record: Omit<TestRecord, 'of'>,
  hold: (record: { id: string; person: string; other: string }) => TestHold | undefined,
  person: boolean,
  inspector: boolean,
];

const none = () => undefined;

/** What a lawyer reads: a record about a person, whether it is held, and who sees it on 23 November 2026, 12:00. */
const RULES: readonly Row[] = [
  ['an ordinary record', KYC, none, true, true],
  ['an emergency, a moment ago', { ...KYC, purpose: 'EMERGENCY', time: '2026-11-23T04:59:59.999Z' }, none, true, true],
  ['an inspection of last week', { ...INSPECTION, time: '2026-11-16T05:00:00.000Z' }, none, false, true],
  ['an inspection 30 days ago', { ...INSPECTION, time: '2026-10-24T05:00:00.000Z' }, none, true, true],
  [
    'an inspection a moment less than 30 days ago',
    { ...INSPECTION, time: '2026-10-24T05:00:00.001Z' },
    none,
    false,
    true,
  ],
  ['the person’s own look, a moment ago', { ...OWN, time: '2026-11-23T04:59:59.999Z' }, none, true, true],
  [
    'a purpose that the catalogue lacks, last week',
    { ...KYC, purpose: 'DIEU-TRA', time: '2026-11-16T05:00:00.000Z' },
    none,
    false,
    true,
  ],
  [
    'a purpose that the catalogue lacks, long ago',
    { ...KYC, purpose: 'DIEU-TRA', time: '2026-09-16T05:00:00.000Z' },
    none,
    true,
    true,
  ],
  ['no purpose at all, last week', { time: '2026-11-16T05:00:00.000Z' }, none, false, true],
  ['held by its id', KYC, ({ id }) => ({ records: [id] }), false, false],
  ['held by its case', { ...KYC, case: 'VKS-7' }, () => ({ case_id: 'VKS-7' }), false, false],
  ['of another case', { ...KYC, case: 'VKS-8' }, () => ({ case_id: 'VKS-7' }), true, true],
  ['held by its partner', { ...KYC, partner: 'dieu-tra' }, () => ({ partner: 'dieu-tra' }), false, false],
  ['held by the person', KYC, (about) => ({ subject: about.person }), false, false],
  ['held by somebody else whom it is about too', KYC, ({ other }) => ({ subject: other }), false, false],
  ['held by somebody whom it is not about', KYC, () => ({ subject: person('stranger') }), true, true],
  ['of a hold that was lifted', KYC, ({ id }) => ({ records: [id], lifted: true }), true, true],
  ['of a hold that ended', KYC, ({ id }) => ({ records: [id], ends_at: '2026-11-23T04:59:59Z' }), true, true],
  ['of a hold that ends tomorrow', KYC, ({ id }) => ({ records: [id], ends_at: '2026-11-24T05:00:00Z' }), false, false],
  // That one's own look is missing would tell that there is a hold.
  ['the person’s own look, while the person is held', OWN, (about) => ({ subject: about.person }), true, true],
];

describe('who sees a record', () => {
  test.each(RULES)('%s', async (what, record, hold, byPerson, byInspector) => {
    const [citizen, other] = [person(what), person(`${what}, another`)];
    const [before = '', id = ''] = await department.write(
      { ...KYC, of: { [citizen]: NAME } },
      { ...record, of: { [citizen]: NAME, [other]: NAME } },
    );
    const placed = hold({ id, person: citizen, other });
    const lift = placed === undefined ? undefined : await department.hold(placed);
    try {
      expect([await sees(citizen, id, self(citizen)), await sees(citizen, id, inspector)]).toEqual([
        byPerson,
        byInspector,
      ]);
      // What is hidden leaves no trace: what stands beside it is listed and counted as if it were alone.
      const rest = await seenOf(citizen, self(citizen));
      const alsoHeld = placed?.subject === citizen || placed?.partner === KYC.partner;
      expect(rest.includes(before)).toBe(!alsoHeld);
    } finally {
      await lift?.();
    }
  });
});

describe('a mutation', () => {
  const citizen = person('a mutation');
  const about = { ...KYC, of: { [citizen]: ['Mutation.changeResidence'] } };

  test('is shown by its outcome, and by its intent only while nobody has said how it ended', async () => {
    const [intent = ''] = await department.write({ ...about, kind: 'INTENT' });
    expect(await seenOf(citizen, self(citizen))).toEqual([intent]);
    const [outcome = ''] = await department.write({ ...about, kind: 'OUTCOME', intent });
    expect(await seenOf(citizen, self(citizen))).toEqual([outcome]);
  });

  test('whose outcome bears the id of its intent is shown once', async () => {
    const other = person('one id');
    const id = nextId();
    await department.write({ ...KYC, id, kind: 'INTENT', of: { [other]: NAME } });
    await department.write({ ...KYC, id, kind: 'OUTCOME', intent: id, of: { [other]: NAME } });
    expect(await seenOf(other, self(other))).toEqual([id]);
  });

  test('that is held before it ends is held when it has ended', async () => {
    const other = person('held while it runs');
    const of = { [other]: ['Mutation.changeResidence'] };
    const [intent = ''] = await department.write({ ...KYC, kind: 'INTENT', of });
    const lift = await department.hold({ records: [intent] });
    await department.write({ ...KYC, kind: 'OUTCOME', intent, of });
    expect(await seenOf(other, self(other))).toEqual([]);
    await lift();
    expect(await seenOf(other, self(other))).toHaveLength(1);
  });

  test('that disclosed nothing of the person leaves nothing with that person', async () => {
    const other = person('refused');
    const [intent = ''] = await department.write({ ...KYC, kind: 'INTENT', of: { [other]: NAME } });
    await department.write({ ...KYC, kind: 'OUTCOME', intent, of: {} });
    expect(await seenOf(other, self(other))).toEqual([]);
  });
});

describe('whether data were changed', () => {
  const KIND = `query ($of: [_Any!]!) {
    _entities(representations: $of) { ... on Citizen { disclosures { edges { node { kind } } } } }
  }`;
  const kindsOf = async (citizen: string): Promise<unknown> => {
    const { data } = await department.ask(KIND, { of: of(citizen) }, self(citizen));
    const [{ disclosures }] = (
      data as unknown as { _entities: [{ disclosures: { edges: { node: { kind: string } }[] } }] }
    )._entities;
    return disclosures.edges.map(({ node }) => node.kind);
  };

  test.each([
    ['was read', 'ANSWER', ['Citizen.residence', 'Query.citizen'], 'ANSWER'],
    ['was written', 'OUTCOME', ['ChangeResidencePayload.citizen', 'Mutation.changeResidence'], 'CHANGE'],
    ['a department refused to write', 'OUTCOME', ['Mutation.changeResidence'], 'ATTEMPT'],
    ['nobody has said how it ended', 'INTENT', ['Mutation.changeResidence'], 'ATTEMPT'],
    ['a write about somebody else showed something', 'OUTCOME', ['Citizen.fullName', 'FamilyMember.role'], 'ANSWER'],
  ] as const)('is told as it is where it %s', async (name, kind, coordinates, told) => {
    const citizen = person(name);
    const [intent = ''] = await department.write({ ...KYC, kind: 'INTENT', of: {} });
    await department.write({ ...KYC, kind, of: { [citizen]: coordinates }, ...(kind === 'OUTCOME' ? { intent } : {}) });
    expect(await kindsOf(citizen)).toEqual([told]);
  });
});

describe('third parties', () => {
  const EVERYTHING = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Citizen { disclosures {
    totalCount edges { node {
      id time kind own application law agency { code } purpose { code } legalBasis { code }
      data { department { code } items { en coordinates } } passed { to { code } data { items { en } } }
    } }
  } } } }`;
  const [testator, heir, notaryOnly] = [person('testator'), person('heir'), person('looked up by the notary')];

  test('a notary’s query about a will shows nothing to relatives, and to whom it is about nothing of others', async () => {
    await department.write({
      agency: 'cc-01',
      partner: 'cong-chung',
      purpose: 'TTHC',
      legalBasis: 'CONSENT',
      officer: 'cong-chung-vien-7',
      case: 'DI-CHUC-12',
      of: {
        [testator]: ['Citizen.fullName', 'Citizen.holdings', 'FamilyMember.role'],
        [notaryOnly]: ['Citizen.fullName'],
      },
    });
    const answer = async (citizen: string) =>
      JSON.stringify(await department.ask(EVERYTHING, { of: of(citizen) }, self(citizen)));
    // A relative who is not in the record has nothing, not even a count.
    expect(JSON.parse(await answer(heir))).toEqual({
      data: { _entities: [{ disclosures: { totalCount: 0, edges: [] } }] },
    });
    const own = await answer(testator);
    expect(own).toContain('family relations');
    for (const secret of [notaryOnly, heir, 'cong-chung-vien-7', 'DI-CHUC-12', 's1.'])
      expect(own).not.toContain(secret);
    // Nothing tells that there was anybody else: to the other one it looks like a record of that one alone.
    expect(await answer(notaryOnly)).not.toContain('holdings');
  });

  test('officer and case are the inspectors’, whatever a citizen’s token holds', async () => {
    const query = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Citizen { disclosures { edges { node { officer case } } } } }
    }`;
    const asked = (caller: TestPrincipal) => department.ask(query, { of: of(testator) }, caller);
    const seen = async (caller: TestPrincipal) => {
      const { data } = await asked(caller);
      const [{ disclosures }] = (data as unknown as { _entities: [{ disclosures: { edges: object[] } }] })._entities;
      return disclosures.edges;
    };
    const shown = [{ node: { officer: 'cong-chung-vien-7', case: 'DI-CHUC-12' } }];
    const hidden = [{ node: { officer: null, case: null } }];
    expect(await seen(inspector)).toEqual(shown);
    expect(await seen(self(testator))).toEqual(hidden);
    expect(await seen({ citizen: testator, scopes: ['audit:self:read', 'audit:disclosure:read'] })).toEqual(hidden);
  });

  test.each([
    ['another citizen', self(person('a stranger'))],
    ['an officer without the scope', { scopes: ['citizens:basic:read', 'audit:self:read'] }],
    ['another citizen with an inspector’s scope', { citizen: heir, scopes: ['audit:disclosure:read'] }],
  ])('%s sees nothing of a person, and costs no statement', async (_who, caller) => {
    department.subgraph.statements.length = 0;
    const { data } = await department.ask(LIST, { of: of(testator) }, caller);
    expect(data).toEqual({ _entities: [{ disclosures: null }] });
    const one = await department.ask(ONE, { of: of(testator), id: nextId() }, caller);
    expect(one.data).toEqual({ _entities: [{ disclosure: null }] });
    expect(department.subgraph.statements).toEqual([]);
  });
});
