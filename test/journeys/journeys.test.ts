import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { journeys } from '@lienthong/portal/journeys';

import { type DepartmentName, type Federation, startFederation } from '../kit/federation.ts';
import { send } from '../kit/http.ts';
import type { Running } from '../kit/process.ts';

jest.setTimeout(120_000);

/** What a journey answers to the client it is made for, and what happens to a caller without one of its scopes. */
interface Expected {
  readonly data: unknown;
  readonly without: {
    /** The scope left out of an otherwise equal token. */
    readonly scope: string;
    readonly data: unknown;
    /** Affected paths, in order. */
    readonly denied: readonly string[];
    /** Who resolves what is denied, and the words that must not stand in anything it receives. */
    readonly department: DepartmentName;
    readonly unheard: readonly string[];
  };
}

const sonHa = { code: '21289', name: 'Xã Sơn Hà' };
const cursor = expect.stringMatching(/^[\w-]{40,}$/);

const expected: Record<string, Expected> = {
  'grade-one-enrolment': {
    data: {
      citizen: {
        fullName: 'Phạm Thị Mai',
        birthDate: '2019-04-05',
        residence: { commune: sonHa },
        immunizations: [{ series: 'EPI', complete: true }],
        family: [
          { role: 'GUARDIAN', citizen: { fullName: 'Phạm Văn Hiếu' } },
          { role: 'GUARDIAN', citizen: { fullName: 'Đinh Thị Hoa' } },
        ],
      },
    },
    without: {
      scope: 'health:immunization:read',
      data: {
        citizen: {
          fullName: 'Phạm Thị Mai',
          birthDate: '2019-04-05',
          residence: { commune: sonHa },
          immunizations: null,
          family: [
            { role: 'GUARDIAN', citizen: { fullName: 'Phạm Văn Hiếu' } },
            { role: 'GUARDIAN', citizen: { fullName: 'Đinh Thị Hoa' } },
          ],
        },
      },
      denied: ['citizen.immunizations'],
      department: 'health',
      unheard: ['immunizations', '_entities'],
    },
  },
  'insurance-eligibility': {
    data: {
      citizen: {
        fullName: 'Phạm Văn Hiếu',
        insurance: {
          number: 'GD4512101234567',
          level: 4,
          validFrom: '2026-01-01',
          validTo: '2026-12-31',
          facility: { code: '51125', name: 'Trạm Y tế xã Sơn Hà' },
        },
      },
    },
    without: {
      scope: 'health:insurance:read',
      data: { citizen: { fullName: 'Phạm Văn Hiếu', insurance: null } },
      denied: ['citizen.insurance'],
      department: 'health',
      unheard: ['insurance', '_entities'],
    },
  },
  'land-transfer': {
    data: {
      parcel: {
        commune: sonHa,
        sheet: 12,
        number: 345,
        area: 1050.5,
        uses: [
          { code: 'ONT', area: 200 },
          { code: 'CLN', area: 850.5 },
        ],
        rights: [{ share: '1/1', holder: { fullName: 'Phạm Văn Hiếu', maritalStatus: 'MARRIED', alive: true } }],
        encumbrances: [
          {
            kind: 'MORTGAGE',
            active: true,
            since: '2024-03-18',
            creditor: 'Ngân hàng Nông Lâm Trà Khúc – chi nhánh Sơn Hà',
          },
        ],
      },
    },
    without: {
      scope: 'land:encumbrance:read',
      data: {
        parcel: {
          commune: sonHa,
          sheet: 12,
          number: 345,
          area: 1050.5,
          uses: [
            { code: 'ONT', area: 200 },
            { code: 'CLN', area: 850.5 },
          ],
          rights: [{ share: '1/1', holder: { fullName: 'Phạm Văn Hiếu', maritalStatus: 'MARRIED', alive: true } }],
          encumbrances: null,
        },
      },
      denied: ['parcel.encumbrances'],
      department: 'land',
      unheard: ['encumbrances', 'creditor'],
    },
  },
  'death-of-a-citizen': {
    data: {
      citizen: {
        fullName: 'Phạm Văn Hiếu',
        alive: true,
        holdings: [{ share: '1/1', parcel: { commune: sonHa, sheet: 12, number: 345 } }],
        insurance: { number: 'GD4512101234567', validTo: '2026-12-31' },
      },
    },
    without: {
      scope: 'land:parcel:read',
      data: {
        citizen: {
          fullName: 'Phạm Văn Hiếu',
          alive: true,
          holdings: null,
          insurance: { number: 'GD4512101234567', validTo: '2026-12-31' },
        },
      },
      denied: ['citizen.holdings'],
      department: 'land',
      unheard: ['holdings', '_entities'],
    },
  },
  'school-transfer': {
    data: {
      citizen: {
        fullName: 'Phạm Thị Mai',
        enrolments: [
          { school: { code: '21289-TH', name: 'Trường Tiểu học Sơn Hà' }, grade: 1, from: '2025-09-05', to: null },
        ],
      },
    },
    without: {
      scope: 'education:enrolment:read',
      data: { citizen: { fullName: 'Phạm Thị Mai', enrolments: null } },
      denied: ['citizen.enrolments'],
      department: 'education',
      unheard: ['enrolments', '_entities'],
    },
  },
  'hospital-emergency': {
    data: {
      citizen: {
        fullName: 'Phạm Văn Hiếu',
        allergies: [{ substance: 'Penicillin', severity: 'SEVERE' }],
        insurance: {
          number: 'GD4512101234567',
          level: 4,
          validTo: '2026-12-31',
          facility: { code: '51125', name: 'Trạm Y tế xã Sơn Hà' },
        },
      },
    },
    without: {
      scope: 'health:clinical:read',
      data: {
        citizen: {
          fullName: 'Phạm Văn Hiếu',
          allergies: null,
          insurance: {
            number: 'GD4512101234567',
            level: 4,
            validTo: '2026-12-31',
            facility: { code: '51125', name: 'Trạm Y tế xã Sơn Hà' },
          },
        },
      },
      denied: ['citizen.allergies'],
      department: 'health',
      unheard: ['allergies', 'substance'],
    },
  },
  'pupils-insurance': {
    data: {
      school: {
        code: '21289-TH',
        name: 'Trường Tiểu học Sơn Hà',
        pupils: {
          edges: [{ node: { citizen: { fullName: 'Phạm Thị Mai', insurance: { validTo: '2026-12-31' } } } }],
          pageInfo: { hasNextPage: false, endCursor: cursor },
        },
      },
    },
    without: {
      scope: 'education:enrolment:read:bulk',
      data: { school: { code: '21289-TH', name: 'Trường Tiểu học Sơn Hà', pupils: null } },
      denied: ['school.pupils'],
      department: 'education',
      unheard: ['pupils', 'citizen'],
    },
  },
  resettlement: {
    data: {
      parcels: {
        edges: [
          {
            node: {
              sheet: 12,
              number: 345,
              uses: [
                { code: 'ONT', area: 200 },
                { code: 'CLN', area: 850.5 },
              ],
              rights: [{ share: '1/1', holder: { residence: { commune: sonHa, address: 'Tổ 2, thôn Hàng Gòn' } } }],
            },
          },
        ],
        pageInfo: { hasNextPage: false, endCursor: cursor },
      },
    },
    without: {
      scope: 'land:parcel:read:bulk',
      data: { parcels: null },
      denied: ['parcels'],
      department: 'land',
      unheard: ['parcels'],
    },
  },
  'partner-kyc': {
    data: { matchCitizen: true },
    without: {
      scope: 'citizens:match:verify',
      data: { matchCitizen: null },
      denied: ['matchCitizen'],
      department: 'citizens',
      unheard: ['matchCitizen'],
    },
  },
};

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

/** A token for the same purpose with every scope but one; of a client that has no other, somebody else's. */
const tokenWithout = async (scope: string, client: string, purpose: string): Promise<string> => {
  const [, claims = ''] = (await federation.token(client, { purpose })).split('.');
  const held: string[] = JSON.parse(Buffer.from(claims, 'base64url').toString()).scope.split(' ');
  expect(held).toContain(scope);
  const others = held.filter((other) => other !== scope);
  return others.length > 0
    ? federation.token(client, { purpose, scope: others.join(' ') })
    : federation.token('mot-cua');
};

test('each of the nine journeys is expected here', () => {
  expect(journeys.map(({ id }) => id).sort()).toEqual(Object.keys(expected).sort());
  expect(journeys).toHaveLength(9);
});

describe.each(journeys.map((journey) => [journey.id, journey] as const))('%s', (id, journey) => {
  const { data, without } = expected[id] as Expected;
  const { query, variables, client, purpose } = journey;

  test(`answers ${client} in full`, async () => {
    const token = await federation.token(client, { purpose });
    const answer = await federation.ask({ query, variables, token });
    expect(answer.body).toEqual({ data });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'private, no-store', 'x-request-id': expect.any(String) });
  });

  test(`keeps back what needs ${without.scope}, and never asks for it`, async () => {
    const token = await tokenWithout(without.scope, client, purpose);
    federation.clearCalls();
    const answer = await federation.ask({ query, variables, token });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual(without.data);
    expect(answer.body.errors?.map(({ extensions }) => [extensions.code, extensions.affectedPath])).toEqual(
      without.denied.map((path) => ['UNAUTHORIZED_FIELD_OR_TYPE', path]),
    );
    // The error says so and no more: which scope would open the field is told in sandboxes only.
    expect(JSON.stringify(answer.body.errors)).not.toContain(without.scope);
    const heard = federation.asked(without.department).join('\n');
    for (const word of without.unheard) expect(heard).not.toContain(word);
  });
});

describe('by the reference engine', () => {
  let reference: Running;
  beforeAll(async () => {
    reference = await federation.another({ LIENTHONG_EXECUTION_ENGINE: 'apollo' });
  });

  /** A cursor is sealed anew for each answer. */
  const withoutCursors = (text: string) => text.replaceAll(/"endCursor":"[\w-]{40,}"/g, '"endCursor":"…"');

  test.each(journeys.map((journey) => [journey.id, journey] as const))(
    '%s is answered alike to the byte, in full and without a scope, first seen and repeated',
    async (id, { query, variables, client, purpose }) => {
      const { scope } = (expected[id] as Expected).without;
      for (const token of [await federation.token(client, { purpose }), await tokenWithout(scope, client, purpose)]) {
        const { status, text } = await federation.ask({ query, variables, token });
        for (const _ of ['first seen', 'repeated']) {
          const other = await send(reference.url, JSON.stringify({ query, variables }), {
            'content-type': 'application/json',
            'accept-language': 'en',
            authorization: `Bearer ${token}`,
          });
          expect([other.status, withoutCursors(other.text)]).toEqual([status, withoutCursors(text)]);
        }
      }
    },
  );
});
