import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { askEntities } from '@lienthong/kit/testing';
import { households } from '@lienthong/population';
import { type LandFixture, startLand } from './fixture.ts';

let land: LandFixture;
beforeAll(async () => {
  land = await startLand();
}, 60_000);
afterAll(() => land?.stop());

const citizens = async (ids: readonly string[], selection: string) =>
  (
    await askEntities(
      land.subgraph,
      'Citizen',
      ids.map((id) => ({ id })),
      selection,
    )
  ).body;

describe('a parcel', () => {
  test('is found by commune, sheet and number, with all that is registered about it', async () => {
    const query = `{ parcel(commune: "21289", sheet: 12, number: 345) {
      commune { code name } sheet number version area uses { code area }
      rights { share origin since holder { id } }
      encumbrances(active: true) { kind active since until creditor }
      certificate { serial issuedOn }
    } }`;
    expect(await land.ask(query)).toEqual({
      data: {
        parcel: {
          commune: { code: '21289', name: 'Xã Sơn Hà' },
          sheet: 12,
          number: 345,
          version: 1,
          area: 1050.5,
          uses: [
            { code: 'ONT', area: 200 },
            { code: 'CLN', area: 850.5 },
          ],
          rights: [{ share: '1/1', origin: 'INHERITANCE', since: '2012-05-20', holder: { id: land.he } }],
          encumbrances: [
            {
              kind: 'MORTGAGE',
              active: true,
              since: '2024-03-18',
              until: null,
              creditor: 'Ngân hàng Nông Lâm Trà Khúc – chi nhánh Sơn Hà',
            },
          ],
          certificate: { serial: 'QN 212890012345', issuedOn: '2012-08-15' },
        },
      },
    });
  });

  test('that does not exist is null', async () => {
    expect(await land.ask('{ parcel(commune: "21289", sheet: 12, number: 346) { area } }')).toEqual({
      data: { parcel: null },
    });
  });

  test.each([
    ['a commune of four digits', 'commune: "2128", sheet: 12, number: 345', 'commune_code_format', 'commune'],
    ['a commune of another province', 'commune: "00001", sheet: 12, number: 345', 'commune_unknown', 'commune'],
    ['sheet 0', 'commune: "21289", sheet: 0, number: 345', 'number_below_one', 'sheet'],
    ['a negative number', 'commune: "21289", sheet: 12, number: -345', 'number_below_one', 'number'],
  ])('cannot be asked for by %s', async (_, parcelArguments, reason, argument) => {
    land.subgraph.statements.length = 0;
    const { data, errors } = await land.ask(`{ parcel(${parcelArguments}) { area } }`);
    expect(data).toEqual({ parcel: null });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', reason, argument, messages: { vi: expect.any(String), en: expect.any(String) } },
    ]);
    expect(land.subgraph.statements).toEqual([]);
  });

  test('under several aliases costs one statement', async () => {
    land.subgraph.statements.length = 0;
    const aliases = [1, 2, 3, 345].map((n) => `p${n}: parcel(commune: "21289", sheet: 12, number: ${n}) { number }`);
    const { data } = await land.ask(`{ ${aliases.join(' ')} }`);
    expect(data).toEqual({ p1: null, p2: null, p3: null, p345: { number: 345 } });
    expect(land.subgraph.statements).toHaveLength(1);
  });

  test('sums its area without the noise of floating point', async () => {
    const { id } = await land.db
      .insertInto('parcels')
      .values({ commune: '23284', sheet: 900, number: 1 })
      .returning('id')
      .executeTakeFirstOrThrow();
    const uses = [
      { parcel_id: id, code: 'HNK' as const, area: 0.1 },
      { parcel_id: id, code: 'CLN' as const, area: 0.2 },
    ];
    await land.db.insertInto('parcel_uses').values(uses).execute();
    expect(await land.ask('{ parcel(commune: "23284", sheet: 900, number: 1) { area } }')).toEqual({
      data: { parcel: { area: 0.3 } },
    });
  });

  test('shows standing encumbrances, released ones, or all', async () => {
    const { id } = await land.db
      .insertInto('parcels')
      .values({ commune: '23284', sheet: 900, number: 2 })
      .returning('id')
      .executeTakeFirstOrThrow();
    const mortgage = { parcel_id: id, kind: 'MORTGAGE' as const, creditor: 'Ngân hàng A' };
    await land.db
      .insertInto('encumbrances')
      .values([
        { ...mortgage, since: '2020-01-02', released: '2021-01-02' },
        { ...mortgage, since: '2022-01-02', released: null },
      ])
      .execute();
    const fields = '{ since until active }';
    const query = `{ parcel(commune: "23284", sheet: 900, number: 2) {
      standing: encumbrances(active: true) ${fields} released: encumbrances(active: false) ${fields} all: encumbrances ${fields}
    } }`;
    const standing = { since: '2022-01-02', until: null, active: true };
    const released = { since: '2020-01-02', until: '2021-01-02', active: false };
    expect(await land.ask(query)).toEqual({
      data: { parcel: { standing: [standing], released: [released], all: [released, standing] } },
    });
  });

  test('is null for an id that is none', async () => {
    const { body } = await askEntities(land.subgraph, 'Parcel', [{ id: "1' or true --" }], '{ number }');
    expect(body).toEqual({ data: { _entities: [null] } });
  });
});

describe('what a citizen holds', () => {
  test('is the fixed parcel for him, nothing for his wife and for people unknown', async () => {
    const holding = { share: '1/1', parcel: { commune: { code: '21289' }, sheet: 12, number: 345 } };
    const selection = '{ id holdings { share parcel { commune { code } sheet number } } }';
    expect(await citizens([land.he, land.she, land.nobody, 'not an id \u0000'], selection)).toEqual({
      data: {
        _entities: [
          { id: land.he, holdings: [holding] },
          { id: land.she, holdings: [] },
          { id: land.nobody, holdings: [] },
          { id: 'not an id \u0000', holdings: [] },
        ],
      },
    });
  });

  test('costs as many statements for 100 citizens as for 10', async () => {
    const numbers = [...households(400)].flatMap(({ members }) => members.map(({ number }) => number));
    const ids = numbers.slice(0, 100).map(land.subgraph.pseudonyms.idOf);
    const selection = `{ holdings { share parcel { area uses { code } certificate { serial }
      rights { share holder { id } } encumbrances { kind } } } }`;
    const count = async (people: readonly string[]) => {
      land.subgraph.statements.length = 0;
      const { errors } = await citizens(people, selection);
      expect(errors).toBeUndefined();
      return land.subgraph.statements.length;
    };
    expect([await count(ids.slice(0, 10)), await count(ids)]).toEqual([5, 5]);
  });
});
