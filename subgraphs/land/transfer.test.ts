import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ask } from '@lienthong/kit/testing';
import { sql } from 'kysely';
import { type LandFixture, startLand } from './fixture.ts';

/** A parcel of its own for each test, held half by him, half by her, free of encumbrances. */
const parcel = { commune: '21289', sheet: 700, number: 0 };

let land: LandFixture;
let parcelId: string;
beforeAll(async () => {
  land = await startLand(3);
}, 60_000);
afterAll(() => land?.stop());

beforeEach(async () => {
  parcel.number += 1;
  const inserted = await land.db.insertInto('parcels').values(parcel).returning('id').executeTakeFirstOrThrow();
  parcelId = inserted.id;
  await land.db
    .insertInto('holders')
    .values({ id: land.she, personal_number: '051187000003' })
    .onConflict((holder) => holder.doNothing())
    .execute();
  const half = { parcel_id: parcelId, share_numerator: 1, share_denominator: 2, until_version: null };
  await land.db
    .insertInto('rights')
    .values([
      { ...half, holder_id: land.he, origin: 'ALLOCATION', since: '2010-01-02' },
      { ...half, holder_id: land.she, origin: 'INHERITANCE', since: '2011-01-02' },
    ])
    .execute();
});

const mutation = `mutation ($input: TransferParcelInput!) {
  transferParcel(input: $input) { parcel { version rights { share origin since holder { id } } } }
}`;

const transfer = (order: object) =>
  land.ask(mutation, { input: { parcel, version: 1, from: land.he, to: [], ...order } });

const refusalOf = async (order: object): Promise<unknown[]> => {
  const { data, errors } = await transfer(order);
  expect(data).toEqual({ transferParcel: null });
  return [errors?.[0]?.extensions?.code, errors?.[0]?.extensions?.reason, errors?.[0]?.extensions?.argument];
};

/** Every right ever held in the parcel: who, share, first version, version that ended it. */
const history = async () => {
  const rows = await land.db.selectFrom('rights').selectAll().where('parcel_id', '=', parcelId).orderBy('id').execute();
  return rows.map((row) => [
    row.holder_id,
    `${row.share_numerator}/${row.share_denominator}`,
    row.from_version,
    row.until_version,
  ]);
};

const hers = () => ({ share: '1/2', origin: 'INHERITANCE', since: '2011-01-02', holder: { id: land.she } });

describe('a transfer', () => {
  test('of all that he holds makes the receiver a holder from today in the province', async () => {
    expect(await transfer({ to: [{ citizen: land.nobody, share: '1/2' }] })).toEqual({
      data: {
        transferParcel: {
          parcel: {
            version: 2,
            rights: [hers(), { share: '1/2', origin: 'TRANSFER', since: '2026-02-01', holder: { id: land.nobody } }],
          },
        },
      },
    });
  });

  test('keeps what was before', async () => {
    await transfer({ to: [{ citizen: land.nobody, share: '1/2' }] });
    expect(await history()).toEqual([
      [land.he, '1/2', 1, 2],
      [land.she, '1/2', 1, null],
      [land.nobody, '1/2', 2, null],
    ]);
  });

  test('accepts a receiver unknown to the department, whose personal number stays empty', async () => {
    await transfer({ to: [{ citizen: land.nobody, share: '1/2' }] });
    const holder = await land.db.selectFrom('holders').selectAll().where('id', '=', land.nobody).execute();
    expect(holder).toEqual([{ id: land.nobody, personal_number: null }]);
  });

  test('of a part leaves him the rest and adds to what the receiver holds', async () => {
    const { data } = await transfer({ share: '1/6', to: [{ citizen: land.she, share: '1/6' }] });
    expect(data).toEqual({
      transferParcel: {
        parcel: {
          version: 2,
          rights: [
            { share: '1/3', origin: 'ALLOCATION', since: '2010-01-02', holder: { id: land.he } },
            { ...hers(), share: '2/3' },
          ],
        },
      },
    });
    expect(await history()).toEqual([
      [land.he, '1/2', 1, 2],
      [land.she, '1/2', 1, 2],
      [land.he, '1/3', 2, null],
      [land.she, '2/3', 2, null],
    ]);
  });

  test('keeps the total at exactly one through thirds', async () => {
    const thirds = [
      land.nobody,
      land.subgraph.pseudonyms.idOf('051099999998'),
      land.subgraph.pseudonyms.idOf('051099999997'),
    ];
    const { errors } = await transfer({ to: thirds.map((citizen) => ({ citizen, share: '1/6' })) });
    expect(errors).toBeUndefined();
    const standing = (await history()).filter(([, , , until]) => until === null);
    expect(standing.map(([, share]) => share)).toEqual(['1/2', '1/6', '1/6', '1/6']);
  });

  test('shows in what both people hold, within the same request', async () => {
    const query = `mutation ($input: TransferParcelInput!, $again: TransferParcelInput!) {
      there: transferParcel(input: $input) { parcel { version rights { share holder { holdings { share parcel { number version } } } } } }
      back: transferParcel(input: $again) { parcel { version rights { share holder { id } } } }
    }`;
    const input = { parcel, version: 1, from: land.he, to: [{ citizen: land.she, share: '1/2' }] };
    const again = { parcel, version: 2, from: land.she, share: '1/4', to: [{ citizen: land.he, share: '1/4' }] };
    const { data, errors } = await land.ask(query, { input, again });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      there: { parcel: { version: 2, rights: [{ share: '1/1' }] } },
      back: { parcel: { version: 3, rights: [{ share: '3/4' }, { share: '1/4' }] } },
    });
  });
});

describe('a transfer is refused', () => {
  const toNobody = (share: string) => ({ to: [{ citizen: land.nobody, share }] });
  const refused = async (order: object, refusal: string[]) => {
    expect(await refusalOf(order)).toEqual(refusal);
    expect((await history()).map(([, , from, until]) => [from, until])).toEqual([
      [1, null],
      [1, null],
    ]);
  };

  test('of a parcel that does not exist', () =>
    refused({ ...toNobody('1/2'), parcel: { ...parcel, number: 9999 } }, [
      'NOT_FOUND',
      'parcel_unknown',
      'input.parcel',
    ]));

  test('of a version that is not the current one', () =>
    refused({ ...toNobody('1/2'), version: 2 }, ['CONFLICT', 'parcel_changed', 'input.version']));

  test('by somebody who holds nothing', () =>
    refused({ from: land.nobody, to: [{ citizen: land.he, share: '1/2' }] }, [
      'CONFLICT',
      'not_a_holder',
      'input.from',
    ]));

  test('of more than the giver holds', () =>
    refused({ share: '2/3', ...toNobody('2/3') }, ['CONFLICT', 'share_exceeds_held', 'input.share']));

  test.each(['1/3', '499999999/999999999', '1/1'])('when the receivers get %s of 1/2', (share) =>
    refused(toNobody(share), ['BAD_USER_INPUT', 'shares_sum', 'input.to']),
  );

  test('when a share would need a denominator of ten digits', () =>
    refused({ share: '1/999999999', to: [{ citizen: land.she, share: '1/999999999' }] }, [
      'BAD_USER_INPUT',
      'share_too_fine',
      'input.to',
    ]));

  test('to an id that is no citizen’s', () =>
    refused({ to: [{ citizen: '051187000003', share: '1/2' }] }, [
      'BAD_USER_INPUT',
      'citizen_id',
      'input.to.0.citizen',
    ]));

  test.each(['MORTGAGE', 'SEIZURE'] as const)('while a %s stands, and no longer once it is released', async (kind) => {
    const burden = { parcel_id: parcelId, kind, creditor: 'Ngân hàng A', since: '2020-01-02', released: null };
    await land.db.insertInto('encumbrances').values(burden).execute();
    await refused(toNobody('1/2'), ['CONFLICT', 'parcel_encumbered', 'input.parcel']);
    await land.db
      .updateTable('encumbrances')
      .set({ released: '2026-01-30' })
      .where('parcel_id', '=', parcelId)
      .execute();
    expect((await transfer(toNobody('1/2'))).errors).toBeUndefined();
  });

  test('by somebody who holds nothing, who is not told of a mortgage on other people’s land', async () => {
    const burden = { parcel_id: parcelId, kind: 'MORTGAGE', creditor: 'Ngân hàng A', since: '2020-01-02' } as const;
    await land.db
      .insertInto('encumbrances')
      .values({ ...burden, released: null })
      .execute();
    const order = { from: land.nobody, to: [{ citizen: land.he, share: '1/2' }] };
    await refused(order, ['CONFLICT', 'not_a_holder', 'input.from']);
    await refused({ share: '2/3', ...toNobody('2/3') }, ['CONFLICT', 'share_exceeds_held', 'input.share']);
  });

  test.each([0, 2, 7])(
    'by somebody who holds nothing, who is not told whether version %d is the current one',
    (version) =>
      refused({ version, from: land.nobody, to: [{ citizen: land.he, share: '1/2' }] }, [
        'CONFLICT',
        'not_a_holder',
        'input.from',
      ]),
  );

  test('by somebody who has given all away: that his own share has changed, and nothing of what came after', async () => {
    expect((await transfer(toNobody('1/2'))).errors).toBeUndefined();
    expect(await refusalOf(toNobody('1/2'))).toEqual(['CONFLICT', 'parcel_changed', 'input.version']);
    for (const version of [2, 3]) {
      const order = { version, to: [{ citizen: land.she, share: '1/2' }] };
      expect(await refusalOf(order)).toEqual(['CONFLICT', 'not_a_holder', 'input.from']);
    }
  });

  test('when another one of the same version came first, however close', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => transfer(toNobody('1/2'))));
    const reasons = answers.map(({ errors }) => errors?.[0]?.extensions?.reason ?? 'recorded').sort();
    expect(reasons).toEqual(['parcel_changed', 'parcel_changed', 'parcel_changed', 'recorded']);
    expect(await history()).toHaveLength(3);
  });

  test('by a mortgage that is being registered at this moment', async () => {
    let waiting: Promise<unknown[]> | undefined;
    await land.db.transaction().execute(async (registration) => {
      const mortgage = { parcel_id: parcelId, kind: 'MORTGAGE', creditor: 'Ngân hàng A', since: '2026-01-31' } as const;
      await registration
        .insertInto('encumbrances')
        .values({ ...mortgage, released: null })
        .execute();
      waiting = refusalOf(toNobody('1/2'));
      await untilBlocked();
    });
    expect(await waiting).toEqual(['CONFLICT', 'parcel_encumbered', 'input.parcel']);
  });

  test('as the fixed parcel is, by its mortgage', () =>
    refused({ ...toNobody('1/1'), parcel: { commune: '21289', sheet: 12, number: 345 } }, [
      'CONFLICT',
      'parcel_encumbered',
      'input.parcel',
    ]));
});

/** Waits until some statement of this database waits for another's lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ blocked: number }>`
      select count(*) as blocked from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(land.db);
    if ((rows[0]?.blocked ?? 0) > 0) return;
    await setTimeout(20);
  }
}

describe('whose data a parcel is', () => {
  const place = () => `parcel(commune: "21289", sheet: 700, number: ${parcel.number})`;
  const asked = async (query: string, ...scopes: string[]) => {
    land.subgraph.statements.length = 0;
    return (await ask({ ...land.subgraph, principal: {} }, { query, scopes })).body;
  };

  test('the gateway is told for a caller who may not know who holds it, and in no statement more than for one who may', async () => {
    const { data, errors } = await asked(`{ ${place()} { lt_s_dataSubjects: dataSubjects } }`, 'land:parcel:read');
    expect({ data, errors }).toEqual({ data: { parcel: { lt_s_dataSubjects: [land.he, land.she] } } });
    const alone = land.subgraph.statements.length;
    await asked(
      `{ ${place()} { lt_s_dataSubjects: dataSubjects rights { share } } }`,
      'land:parcel:read',
      'land:owner:read',
    );
    expect([alone, land.subgraph.statements.length]).toEqual([2, 2]);
  });

  test.each(['dataSubjects', 'lt_0: dataSubjects', 'lt_s_rights: dataSubjects'])('%s is refused him', async (field) => {
    const { data, errors } = await asked(`{ ${place()} { ${field} } }`, 'land:parcel:read');
    expect(Object.values((data?.parcel as object | undefined) ?? {})).toEqual([null]);
    expect(errors?.[0]?.extensions).toMatchObject({ coordinate: 'Parcel.dataSubjects' });
  });

  test('after a transfer it is those who hold it then and the giver, told where the caller may only write', async () => {
    const input = `{ parcel: { commune: "21289", sheet: 700, number: ${parcel.number} } version: 1 from: "${land.he}"
      to: [{ citizen: "${land.nobody}", share: "1/2" }] }`;
    const body = await asked(
      `mutation { transferParcel(input: ${input}) { lt_s_dataSubjects: dataSubjects } }`,
      'land:parcel:write',
    );
    // The giver too, who holds nothing any more: that it was transferred is not told of the others alone.
    expect(body).toEqual({ data: { transferParcel: { lt_s_dataSubjects: [land.he, land.she, land.nobody] } } });
  });
});
