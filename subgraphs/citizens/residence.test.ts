import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AS_OF, households, type Person } from '@lienthong/population';
import { sql } from 'kysely';
import { type RunningCitizens, SEEDED, startCitizens } from './testing.ts';

const CHANGE = `mutation ($input: ChangeResidenceInput!) {
  changeResidence(input: $input) {
    citizen { id residence { commune { code } address since } household { code } }
  }
}`;

let department: RunningCitizens;
beforeAll(async () => {
  department = await startCitizens();
}, 60_000);
afterAll(() => department.close());

const heads = [...households(SEEDED)].map(({ members: [head], ...household }) => ({ ...household, head }));

/** A living person whom no other test moves. */
const nextPerson = () => {
  const household = heads.pop();
  if (household?.head === undefined) throw new Error('too few households for the tests');
  return { ...household, id: department.idOf(household.head.number) };
};

const move = (citizen: string, change: object = {}) =>
  department.ask(CHANGE, {
    input: { citizen, commune: '21292', address: 'Tổ 1, thôn Hà Bắc', since: AS_OF, ...change },
  });

const historyOf = async (id: string) =>
  department
    .db()
    .selectFrom('residences')
    .innerJoin('citizens', 'citizens.serial', 'residences.citizen')
    .select(['since', 'moved_on', 'commune', 'address', 'request_id'])
    .where('id', '=', id)
    .orderBy('since')
    .execute();

/** Holds the citizen's row until so many others wait for a lock, so that they really are at work at once. */
const whileLocked = async <Result>(id: string, waiting: number, start: () => Promise<Result>[]): Promise<Result[]> => {
  const started = await department
    .db()
    .transaction()
    .execute(async (transaction) => {
      await transaction.selectFrom('citizens').select('serial').where('id', '=', id).forUpdate().execute();
      const running = start();
      for (let blocked = 0; blocked < waiting; ) {
        await wait(5);
        // Not in the transaction: there PostgreSQL shows the activity as it was at the first look.
        const { rows } = await sql<{ count: number }>`
          select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        `.execute(department.db());
        blocked = rows[0]?.count ?? 0;
      }
      return { running };
    });
  return Promise.all(started.running);
};

describe('a move', () => {
  test('answers with the new residence, keeps the former and leaves the household', async () => {
    const { id, commune, address, since } = nextPerson();
    expect(await move(id)).toEqual({
      data: {
        changeResidence: {
          citizen: {
            id,
            residence: { commune: { code: '21292' }, address: 'Tổ 1, thôn Hà Bắc', since: AS_OF },
            household: null,
          },
        },
      },
    });
    expect(await historyOf(id)).toEqual([
      { since, moved_on: AS_OF, commune, address, request_id: null },
      { since: AS_OF, moved_on: null, commune: '21292', address: 'Tổ 1, thôn Hà Bắc', request_id: expect.any(String) },
    ]);
  });

  test('stores the address in NFC with single spaces', async () => {
    const { id } = nextPerson();
    await move(id, { address: '  Tổ 3,  thôn Hà Bắc '.normalize('NFD') });
    expect((await historyOf(id)).at(-1)?.address).toBe('Tổ 3, thôn Hà Bắc');
  });

  test('may follow another in the same request', async () => {
    const { id } = nextPerson();
    const TWO = `mutation ($one: ChangeResidenceInput!, $two: ChangeResidenceInput!) {
      one: changeResidence(input: $one) { citizen { residence { since } } }
      two: changeResidence(input: $two) { citizen { residence { since } } }
    }`;
    const input = { citizen: id, commune: '21289', address: 'Thôn Hàng Gòn' };
    const one = { ...input, since: '2026-01-14' };
    const two = { ...input, since: '2026-01-15', commune: '21292' };
    expect(await department.data(TWO, { one, two })).toEqual({
      one: { citizen: { residence: { since: '2026-01-14' } } },
      two: { citizen: { residence: { since: '2026-01-15' } } },
    });
  });

  test('of five at once, one wins and the others are told', async () => {
    const { id } = nextPerson();
    const answers = await whileLocked(id, 5, () =>
      ['một', 'hai', 'ba', 'bốn', 'năm'].map((hamlet) => move(id, { address: `Thôn số ${hamlet}` })),
    );
    const reasons = answers.map(({ errors }) => errors?.[0]?.extensions?.reason);
    expect(reasons.toSorted()).toEqual([...Array(4).fill('residence_since'), undefined]);
    const history = await historyOf(id);
    expect(history).toHaveLength(2);
    expect(history.filter(({ moved_on }) => moved_on === null)).toHaveLength(1);
  });
});

describe('a refused move changes nothing:', () => {
  const refusal = (code: string, reason: string) => [{ path: ['changeResidence'], extensions: { code, reason } }];

  test.each([
    ['a day after today', { since: '2999-01-01' }, 'BAD_USER_INPUT', 'residence_since_future'],
    ['too short an address', { address: 'Tổ 1' }, 'BAD_USER_INPUT', 'address'],
    ['too long an address', { address: 'ổ'.repeat(201) }, 'BAD_USER_INPUT', 'address'],
    ['an address of spaces', { address: '        ' }, 'BAD_USER_INPUT', 'address'],
    ['an address without letters', { address: '12345/678' }, 'BAD_USER_INPUT', 'address'],
    ['an address with a control character', { address: 'Thôn Hà\u0000 Bắc' }, 'BAD_USER_INPUT', 'address'],
    ['an address with half a character', { address: 'Thôn Hà\ud800 Bắc' }, 'BAD_USER_INPUT', 'address'],
    ['a day before the present residence', { since: '1900-01-01' }, 'CONFLICT', 'residence_since'],
  ])('%s', async (_what, change, code, reason) => {
    const { id } = nextPerson();
    const { data, errors } = await move(id, change);
    expect(data).toEqual({ changeResidence: null });
    expect(errors).toMatchObject(refusal(code, reason));
    expect(await historyOf(id)).toHaveLength(1);
  });

  test('the first day of the present residence itself', async () => {
    const { id, since } = nextPerson();
    expect((await move(id, { since })).errors).toMatchObject(refusal('CONFLICT', 'residence_since'));
  });

  test('the present address', async () => {
    const { id, commune, address } = nextPerson();
    expect((await move(id, { commune, address })).errors).toMatchObject(refusal('CONFLICT', 'residence_unchanged'));
  });

  test('one who has died', async () => {
    const everyone: Person[] = [...households(SEEDED)].flatMap(({ members }) => members);
    const number = everyone.find(({ deathDate }) => deathDate !== null)?.number ?? '';
    expect((await move(department.idOf(number))).errors).toMatchObject(refusal('CONFLICT', 'citizen_deceased'));
  });

  test.each([`k1.${'A'.repeat(43)}`, '051085000001', '', 'k1.\u0000'])('the unknown citizen %j', async (id) => {
    expect((await move(id)).errors).toMatchObject(refusal('NOT_FOUND', 'citizen_unknown'));
  });

  test.each([
    ['commune', '99999'],
    ['commune', '2128'],
    ['since', '2026-02-30'],
    ['since', '15/01/2026'],
  ])('%s %s', async (field, value) => {
    const { id } = nextPerson();
    const { errors } = await move(id, { [field]: value });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await historyOf(id)).toHaveLength(1);
  });
});
