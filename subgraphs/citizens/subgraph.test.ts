import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { communes } from '@lienthong/kit';
import { subgraphContract } from '@lienthong/kit/testing';
import { households, type Person } from '@lienthong/population';
import { citizens } from './index.ts';
import { type RunningCitizens, SEEDED, startCitizens } from './testing.ts';

const FATHER = '051085000001';
const MOTHER = '051187000003';
const DAUGHTER = '051319000002';
/** Serials below 001000 are never invented. */
const NOBODY = '051085000999';

const everyone = [...households(SEEDED)].flatMap(({ members }) => members);
/** No two of them in one family, so that nobody is loaded already as somebody's relative. */
const heads = everyone.filter(({ role }) => role === 'HEAD');
const find = (wanted: (person: Person) => boolean): Person => {
  const person = everyone.find(wanted);
  if (person === undefined) throw new Error('the invented province has no such person');
  return person;
};

/** Every field that needs records of its own, two people deep. */
const EVERYTHING = `{
  id fullName ethnicity residence { commune { code } address }
  family { role citizen { fullName residence { since } } }
  household { members { fullName } }
}`;

subgraphContract(citizens, {
  citizens: SEEDED,
  references: [
    {
      type: 'Citizen',
      unknown: { id: `k1.${'A'.repeat(43)}` },
      selection: EVERYTHING,
      hundred: ({ pseudonyms }) => heads.slice(0, 100).map(({ number }) => ({ id: pseudonyms.idOf(number) })),
    },
  ],
});

let department: RunningCitizens;
beforeAll(async () => {
  department = await startCitizens();
}, 60_000);
afterAll(() => department.close());

describe('one citizen', () => {
  const PERSON = `query ($number: PersonalNumber!) {
    citizen(personalNumber: $number) {
      id personalNumber fullName birthDate sex alive deathDate maritalStatus ethnicity
      residence { commune { code name } address since }
      family { role citizen { fullName } }
      household { code members { fullName } }
    }
  }`;

  test('the fixed man, in full', async () => {
    expect(await department.data(PERSON, { number: FATHER })).toEqual({
      citizen: {
        id: department.idOf(FATHER),
        personalNumber: FATHER,
        fullName: 'Phạm Văn Hiếu',
        birthDate: '1985-03-12',
        sex: 'MALE',
        alive: true,
        deathDate: null,
        maritalStatus: 'MARRIED',
        ethnicity: 'Kinh',
        residence: {
          commune: { code: '21289', name: 'Xã Sơn Hà' },
          address: 'Tổ 2, thôn Hàng Gòn',
          since: '2012-05-20',
        },
        family: [
          { role: 'SPOUSE', citizen: { fullName: 'Đinh Thị Hoa' } },
          { role: 'CHILD', citizen: { fullName: 'Phạm Thị Mai' } },
        ],
        household: {
          code: '21289-0000000',
          members: [{ fullName: 'Phạm Văn Hiếu' }, { fullName: 'Đinh Thị Hoa' }, { fullName: 'Phạm Thị Mai' }],
        },
      },
    });
  });

  test('a child lives with the household from birth on', async () => {
    expect(await department.data(PERSON, { number: DAUGHTER })).toMatchObject({
      citizen: { birthDate: '2019-04-05', residence: { since: '2019-04-05' } },
    });
  });

  test('a year of birth alone stays a year', async () => {
    const { number, birthDate } = find((person) => person.birthDate.length === 4);
    expect(await department.data(PERSON, { number })).toMatchObject({ citizen: { birthDate } });
  });

  test('the dead are on record, with their last residence and no household', async () => {
    const { number, deathDate } = find((person) => person.deathDate !== null);
    expect(await department.data(PERSON, { number })).toMatchObject({
      citizen: { alive: false, deathDate, household: null, residence: { since: expect.any(String) } },
    });
  });

  test.each([
    ['HRE', 'Hrê'],
    ['COR', 'Cor'],
    ['BANA', 'Ba Na'],
    ['XODANG', 'Xơ Đăng'],
  ])('of the people %s is %s', async (ethnicity, name) => {
    const { number } = find((person) => person.ethnicity === ethnicity);
    expect(await department.data(PERSON, { number })).toMatchObject({ citizen: { ethnicity: name } });
  });

  test('nobody on record is null', async () => {
    expect(await department.data(PERSON, { number: NOBODY })).toEqual({ citizen: null });
  });

  test('a number of 11 digits is refused and not repeated', async () => {
    const body = await department.ask(PERSON, { number: '05108500001' });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(body)).not.toContain('05108500001');
  });

  test('a malformed reference is null and never reaches the database', async () => {
    const ENTITIES = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Citizen { fullName } } }';
    const of = ['k1.\u0000', '', FATHER].map((id) => ({ __typename: 'Citizen', id }));
    expect(await department.data(ENTITIES, { of })).toEqual({ _entities: [null, null, null] });
    expect(await department.statementsOf(ENTITIES, { of })).toEqual([]);
  });
});

describe('who is logged in', () => {
  const ME = '{ me { __typename fullName residence { address } family { role } } }';
  const self = ['audit:self:read'];

  test('is found by the token alone, and reads no more than the scopes open', async () => {
    const { data, errors = [] } = await department.ask(ME, {}, { scopes: self, citizen: department.idOf(FATHER) });
    expect(data).toEqual({ me: { __typename: 'Citizen', fullName: null, residence: null, family: null } });
    expect(errors.map(({ extensions }) => extensions?.coordinate).sort()).toEqual([
      'Citizen.family',
      'Citizen.fullName',
      'Citizen.residence',
    ]);
  });

  test.each([
    ['somebody not on record', { citizen: `k1.${'A'.repeat(43)}` }, undefined],
    ['an officer, who has no self', {}, 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ['a person whose token holds no self scope', { citizen: 'me', scopes: [] }, 'UNAUTHORIZED_FIELD_OR_TYPE'],
  ])('is nobody: %s', async (_who, { citizen, ...rest }: { citizen?: string; scopes?: string[] }, code) => {
    const own = citizen === 'me' ? department.idOf(FATHER) : citizen;
    const caller = { scopes: self, ...rest, ...(own === undefined ? {} : { citizen: own }) };
    const { data, errors } = await department.ask('{ me { __typename } }', {}, caller);
    expect(data).toEqual({ me: null });
    expect(errors?.[0]?.extensions?.code).toBe(code);
  });
});

describe('family', () => {
  interface Relatives {
    citizen: { family: { citizen: { personalNumber: string; family: object[] } }[] };
  }
  const RELATIVES = `query ($number: PersonalNumber!, $role: FamilyRole) {
    citizen(personalNumber: $number) {
      family(role: $role) { citizen { personalNumber family(role: CHILD) { role citizen { personalNumber } } } }
    }
  }`;

  test.each([
    [DAUGHTER, 'GUARDIAN', [FATHER, MOTHER]],
    [DAUGHTER, 'CHILD', []],
    [DAUGHTER, 'SPOUSE', []],
    [FATHER, 'CHILD', [DAUGHTER]],
    [FATHER, 'SPOUSE', [MOTHER]],
    [FATHER, null, [MOTHER, DAUGHTER]],
  ])('of %s in the role %s', async (number, role, relatives) => {
    const { citizen } = await department.data<Relatives>(RELATIVES, { number, role });
    expect(citizen.family.map((member) => member.citizen.personalNumber)).toEqual(relatives);
  });

  test('a guardian has the child as a child', async () => {
    const { citizen } = await department.data<Relatives>(RELATIVES, { number: DAUGHTER, role: 'GUARDIAN' });
    expect(citizen.family[0]?.citizen.family).toEqual([{ role: 'CHILD', citizen: { personalNumber: DAUGHTER } }]);
  });
});

describe('communes', () => {
  const COMMUNE = 'query ($code: ID!) { commune(code: $code) { code name validFrom validTo } }';

  test('Sơn Hà and Sơn Hạ are two', async () => {
    expect(await department.data(COMMUNE, { code: '21289' })).toEqual({
      commune: { code: '21289', name: 'Xã Sơn Hà', validFrom: '2025-07-01', validTo: null },
    });
    expect(await department.data(COMMUNE, { code: '21292' })).toMatchObject({ commune: { name: 'Xã Sơn Hạ' } });
  });

  test.each(['99999', '00000', '2128', '212890', 'Sơn Hà', ''])('«%s» is refused', async (code) => {
    const { errors } = await department.ask(COMMUNE, { code });
    expect(errors).toMatchObject([{ path: ['commune'], extensions: { code: 'BAD_USER_INPUT', argument: 'code' } }]);
  });

  test('every one of the 96 has residents', async () => {
    const rows = await department.db().selectFrom('residences').select('commune').distinct().execute();
    expect(new Set(rows.map(({ commune }) => commune))).toEqual(new Set(communes.keys()));
  });
});

describe('the match of a partner', () => {
  const MATCH = `query ($number: PersonalNumber!, $name: String!, $birth: PartialDate!) {
    matchCitizen(personalNumber: $number, fullName: $name, birthDate: $birth)
  }`;

  test.each([
    [FATHER, 'Phạm Văn Hiếu', '1985-03-12', true],
    [FATHER, 'PHẠM VĂN HIẾU', '1985-03-12', true],
    [FATHER, 'Phạm Văn Hiếu'.normalize('NFD'), '1985-03-12', true],
    [FATHER, 'Pham Van Hieu', '1985-03-12', false],
    [FATHER, 'Phạm Văn Hiếu', '1985-03-13', false],
    [FATHER, 'Phạm Văn Hiếu', '1985', false],
    [DAUGHTER, 'Phạm Văn Hiếu', '1985-03-12', false],
    [NOBODY, 'Phạm Văn Hiếu', '1985-03-12', false],
  ])('%s, %s, %s: %s', async (number, name, birth, answer) => {
    expect(await department.data(MATCH, { number, name, birth })).toEqual({ matchCitizen: answer });
  });

  test('costs the same statement whether the number is on record or not', async () => {
    const known = await department.statementsOf(MATCH, { number: FATHER, name: 'X', birth: '1985' });
    expect(known).toHaveLength(1);
    expect(await department.statementsOf(MATCH, { number: NOBODY, name: 'X', birth: '1985' })).toEqual(known);
  });

  test.each([
    ['a name without letters', { number: FATHER, name: '---', birth: '1985' }],
    ['a date that does not exist', { number: FATHER, name: 'Phạm Văn Hiếu', birth: '1985-02-30' }],
  ])('%s is refused', async (_what, variables) => {
    const { errors } = await department.ask(MATCH, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
