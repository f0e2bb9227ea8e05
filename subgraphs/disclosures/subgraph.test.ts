import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subgraphContract } from '@lienthong/kit/testing';
import { ledgerDatabase } from '@lienthong/ledger/testing';
import {
  departmentOfTests,
  inspector,
  person,
  type RunningDisclosures,
  self,
  startDisclosures,
  writeTo,
} from './testing.ts';

const HUNDRED = Array.from({ length: 100 }, (_, n) => person(`one of a hundred, ${n}`));

subgraphContract(departmentOfTests(), {
  database: async () => {
    const ledger = await ledgerDatabase();
    await writeTo(
      ledger,
      HUNDRED.map((citizen) => ({ purpose: 'TTHC', of: { [citizen]: ['Citizen.fullName'] } })),
    );
    return { url: ledger.reader, drop: ledger.drop };
  },
  references: [
    {
      type: 'Citizen',
      // Whoever can be somebody has a list: the ledger knows nobody.
      unknown: { id: 'nobody' },
      selection: '{ disclosures(first: 3) { totalCount edges { node { id data { items { vi } } } } } }',
      principal: inspector,
      hundred: () => HUNDRED.map((id) => ({ id })),
    },
  ],
});

let department: RunningDisclosures;
const ME = person('me');
const TTHC = { agency: 'H48.53', purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', partner: 'mot-cua' } as const;
let ids: string[] = [];

beforeAll(async () => {
  department = await startDisclosures();
  ids = await department.write(
    { ...TTHC, time: '2026-11-20T16:59:59.999Z', of: { [ME]: ['Citizen.fullName', 'Citizen.birthDate'] } },
    { ...TTHC, agency: '000.00.53.H48', time: '2026-11-20T17:00:00.000Z', of: { [ME]: ['Citizen.insurance'] } },
    {
      agency: 'viettel',
      purpose: 'KYC',
      legalBasis: 'CONSENT',
      partner: 'viettel',
      time: '2026-11-21T16:59:59.999Z',
      of: { [ME]: ['Query.matchCitizen'] },
    },
    {
      agency: 'H48.14',
      purpose: 'EMERGENCY',
      legalBasis: 'NO_CONSENT',
      partner: 'so-y-te',
      time: '2026-11-21T17:00:00.000Z',
      of: { [ME]: ['Allergy.substance', 'Citizen.allergies', 'Citizen.fullName'] },
      passed: [
        ['Citizen.birthDate', 'education'],
        ['Citizen.ethnicity', 'education'],
      ],
    },
    {
      agency: 'H48',
      purpose: 'AUDIT',
      legalBasis: 'SELF',
      partner: 'ai-da-xem',
      time: '2026-11-23T04:00:00.000Z',
      of: { [ME]: ['Citizen.disclosures', 'Disclosure.id', 'Query.me'] },
    },
  );
}, 60_000);
afterAll(() => department.close());

const LIST = `query ($of: [_Any!]!, $first: Int, $after: String, $from: Date, $to: Date, $agency: String, $purpose: String, $own: Boolean) {
  _entities(representations: $of) { ... on Citizen {
    disclosures(first: $first, after: $after, from: $from, to: $to, agency: $agency, purpose: $purpose, own: $own) {
      totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } }
    }
  } }
}`;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
}

const me = [{ __typename: 'Citizen', id: ME }];
const page = async (args: Readonly<Record<string, unknown>> = {}, caller = self(ME)): Promise<Page> => {
  const { data, errors } = await department.ask(LIST, { of: me, ...args }, caller);
  expect(errors).toBeUndefined();
  const [{ disclosures }] = (data as unknown as { _entities: [{ disclosures: Page }] })._entities;
  return disclosures;
};
const numbersOf = ({ edges }: Page) => edges.map(({ node }) => ids.indexOf(node.id));

describe('a list', () => {
  test('is the latest first, and counts itself', async () => {
    const whole = await page();
    expect(numbersOf(whole)).toEqual([4, 3, 2, 1, 0]);
    expect([whole.totalCount, whole.pageInfo.hasNextPage]).toEqual([5, false]);
  });

  test('of nobody known is empty', async () => {
    const stranger = person('stranger');
    const { data } = await department.ask(LIST, { of: [{ __typename: 'Citizen', id: stranger }] }, self(stranger));
    expect(data).toEqual({
      _entities: [{ disclosures: { totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null }, edges: [] } }],
    });
  });

  test.each([
    ['a day of the province', { from: '2026-11-21', to: '2026-11-21' }, [2, 1]],
    ['from a day on', { from: '2026-11-22' }, [4, 3]],
    ['up to a day', { to: '2026-11-20' }, [0]],
    ['an agency, however it is written', { agency: 'H48.53' }, [1, 0]],
    ['the same, asked for in the long form', { agency: '000.00.53.H48' }, [1, 0]],
    ['an agency that never asked', { agency: 'H48.99' }, []],
    ['half a character for an agency', { agency: '\ud800' }, []],
    ['from the first day to the last', { from: '0001-01-01', to: '9999-12-31' }, [4, 3, 2, 1, 0]],
    ['up to the first day', { to: '0001-01-01' }, []],
    ['a purpose', { purpose: 'EMERGENCY' }, [3]],
    ['what the person looked at', { own: true }, [4]],
    ['what others looked at', { own: false }, [3, 2, 1, 0]],
    ['all of it at once', { own: false, agency: 'H48.53', purpose: 'TTHC', from: '2026-11-21' }, [1]],
  ])('can be narrowed: %s', async (_what, args, expected) => {
    const found = await page(args);
    expect(numbersOf(found)).toEqual(expected);
    expect(found.totalCount).toBe(expected.length);
  });
});

describe('pages', () => {
  test('follow one another without gap or repetition', async () => {
    const first = await page({ first: 2 });
    const second = await page({ first: 2, after: first.pageInfo.endCursor });
    const third = await page({ first: 2, after: second.pageInfo.endCursor });
    expect([first, second, third].map(numbersOf)).toEqual([[4, 3], [2, 1], [0]]);
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(second.totalCount).toBe(5);
  });

  test('stay what they were when something new is on top', async () => {
    const other = person('read meanwhile');
    const about = { ...TTHC, of: { [other]: ['Citizen.fullName'] } };
    const written = await department.write(about, about, about);
    const of = [{ __typename: 'Citizen', id: other }];
    const first = await page({ of, first: 1 }, self(other));
    await department.write(about);
    const next = await page({ of, first: 5, after: first.pageInfo.endCursor }, self(other));
    expect(next.edges.map(({ node }) => node.id)).toEqual([written[1], written[0]]);
  });

  test.each([
    ['other filters', { own: false }],
    ['another person', { of: [{ __typename: 'Citizen', id: HUNDRED[0] }] }],
  ])('do not continue a list with %s', async (_what, args) => {
    const first = await page({ first: 1 });
    const of = 'of' in args ? args.of : me;
    const variables = { ...args, of, first: 1, after: first.pageInfo.endCursor };
    const { errors } = await department.ask(LIST, variables, self(String(of[0]?.id)));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'cursor', argument: 'after' });
  });

  test('do not tell an inspector’s place in the list to the person, nor the other way round', async () => {
    const first = await page({ first: 1 }, inspector);
    const { errors } = await department.ask(LIST, { of: me, after: first.pageInfo.endCursor }, self(ME));
    expect(errors?.[0]?.extensions?.reason).toBe('cursor');
  });

  test.each([
    [{ first: 0 }, 'page_size'],
    [{ first: 51 }, 'page_size'],
    [{ after: 'abc' }, 'cursor'],
    [{ from: '2026-11-23', to: '2026-11-22' }, 'date_order'],
    [{ agency: '' }, 'code_length'],
    [{ purpose: 'TT\0HC' }, 'code_length'],
  ])('%j is refused', async (args, reason) => {
    const { errors } = await department.ask(LIST, { of: me, ...args }, self(ME));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason });
  });

  test('show nothing of the order of records to whoever reads a cursor', async () => {
    const { edges } = await page({ first: 2 });
    const [one = '', other = ''] = edges.map(({ cursor }) => cursor);
    // Sealed: neighbours have nothing in common from the first byte on, and none is the text of a position.
    expect(one.slice(0, 6)).not.toBe(other.slice(0, 6));
    for (const cursor of [one, other]) {
      expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/^\[|^\d+$/);
    }
  });
});

const ENTRY = `query ($of: [_Any!]!, $id: ID!) { _entities(representations: $of) { ... on Citizen { disclosure(id: $id) {
  id time kind own application law agency { code vi en } purpose { code vi en } legalBasis { code vi en }
  data { department { code vi } items { vi en sensitive coordinates } }
  passed { to { code vi } data { department { code } items { en } } }
} } } }`;

const entry = async (id: string | undefined) => {
  const { data, errors } = await department.ask(ENTRY, { of: me, id }, self(ME));
  expect(errors).toBeUndefined();
  const [{ disclosure }] = (data as unknown as { _entities: [{ disclosure: object | null }] })._entities;
  return disclosure;
};

describe('one disclosure', () => {
  test('says in plain words who got what, why and on which basis', async () => {
    expect(await entry(ids[3])).toEqual({
      id: ids[3],
      time: '2026-11-21T17:00:00.000Z',
      kind: 'ANSWER',
      own: false,
      application: 'so-y-te',
      law: 'Luật 91/2025/QH15, Điều 19',
      agency: { code: 'H48.14', vi: 'Sở Y tế', en: 'Department of Health' },
      purpose: { code: 'EMERGENCY', vi: 'Cấp cứu', en: 'Medical emergency' },
      legalBasis: {
        code: 'NO_CONSENT',
        vi: 'Trường hợp luật cho phép xử lý không cần đồng ý',
        en: 'A case in which the law allows processing without consent',
      },
      data: [
        {
          department: { code: 'citizens', vi: 'Hộ tịch và dân cư' },
          items: [{ vi: 'họ tên', en: 'name', sensitive: false, coordinates: ['Citizen.fullName'] }],
        },
        {
          department: { code: 'health', vi: 'Y tế' },
          items: [
            {
              vi: 'dị ứng',
              en: 'allergies',
              sensitive: true,
              coordinates: ['Allergy.substance', 'Citizen.allergies'],
            },
          ],
        },
      ],
      passed: [
        {
          to: { code: 'education', vi: 'Giáo dục' },
          data: [{ department: { code: 'citizens' }, items: [{ en: 'date of birth' }, { en: 'ethnic origin' }] }],
        },
      ],
    });
  });

  test('without agency, purpose or basis has none', async () => {
    const [id] = await department.write({ time: '2026-01-01T00:00:00.000Z', of: { [ME]: [] } });
    expect(await entry(id)).toMatchObject({
      agency: null,
      purpose: null,
      legalBasis: null,
      law: null,
      application: null,
      own: false,
      data: [],
      passed: [],
    });
  });

  test.each(['nobody', '', "' or true --", '019ab000-0000-7000-8000-ffffffffffff'])('«%s» is none', async (id) => {
    expect(await entry(id)).toBeNull();
  });

  test('of another person is none', async () => {
    const [id] = await department.write({ ...TTHC, of: { [person('other')]: ['Citizen.fullName'] } });
    expect(await entry(id)).toBeNull();
  });
});
