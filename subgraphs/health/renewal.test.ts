import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type HealthFixture, NOBODY, startHealth } from './fixture.ts';
import { FIXED_MAN } from './seed/people.ts';

let health: HealthFixture;
beforeAll(async () => {
  health = await startHealth();
});
afterAll(() => health?.stop());

const setPresent = (from: string, to: string) =>
  health.sql(`update insurance set valid_from = '${from}', valid_to = '${to}', facility = '51125'
              where person = '${FIXED_MAN}'`);
beforeEach(() => setPresent('2026-01-01', '2026-12-31'));

const MUTATION = `mutation ($input: RenewInsuranceInput!) {
  renewInsurance(input: $input) {
    citizen { id insurance { validTo } }
    insurance { number validFrom validTo facility { code } }
  }
}`;
const renew = (input: { citizen?: string; validTo: string; facility?: string }) =>
  health.ask(MUTATION, { input: { citizen: health.man, ...input } });
const present = async () =>
  (await health.sql(`select valid_from, valid_to, facility from insurance where person = '${FIXED_MAN}'`))[0];

test('extends the present insurance, keeps card, first day and facility, and answers with the new state', async () => {
  expect(await renew({ validTo: '2027-12-31' })).toEqual({
    data: {
      renewInsurance: {
        citizen: { id: health.man, insurance: { validTo: '2027-12-31' } },
        insurance: {
          number: 'GD4512101234567',
          validFrom: '2026-01-01',
          validTo: '2027-12-31',
          facility: { code: '51125' },
        },
      },
    },
  });
  expect(await present()).toEqual({ valid_from: '2026-01-01', valid_to: '2027-12-31', facility: '51125' });
});

test('moves the person to another facility', async () => {
  await renew({ validTo: '2027-06-30', facility: '51001' });
  expect(await present()).toEqual({ valid_from: '2026-01-01', valid_to: '2027-06-30', facility: '51001' });
});

test('a lapsed insurance begins again today; the days without cover stay without', async () => {
  await setPresent('2024-01-01', '2024-12-31');
  await renew({ validTo: '2027-01-15' });
  expect(await present()).toEqual({ valid_from: '2026-01-15', valid_to: '2027-01-15', facility: '51125' });
});

test.each([
  ['the very day it ends already', { validTo: '2026-12-31' }, 'CONFLICT', 'insurance_not_extended', 'input.validTo'],
  ['an earlier day', { validTo: '2026-06-30' }, 'CONFLICT', 'insurance_not_extended', 'input.validTo'],
  ['a day more than 12 months', { validTo: '2028-01-01' }, 'BAD_USER_INPUT', 'insurance_period', 'input.validTo'],
  [
    'an unknown facility',
    { validTo: '2027-12-31', facility: '99999' },
    'BAD_USER_INPUT',
    'facility_unknown',
    'input.facility',
  ],
  ['an unknown person', { validTo: '2027-12-31', citizen: NOBODY }, 'NOT_FOUND', 'citizen_unknown', 'input.citizen'],
])('%s is refused and changes nothing', async (_case, input, code, reason, argument) => {
  const { data, errors } = await renew(input);
  expect(data).toEqual({ renewInsurance: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions).toMatchObject({ code, reason, argument });
  expect(await present()).toEqual({ valid_from: '2026-01-01', valid_to: '2026-12-31', facility: '51125' });
});

test('a lapsed insurance cannot be extended into the past', async () => {
  await setPresent('2024-01-01', '2024-12-31');
  const { errors } = await renew({ validTo: '2025-06-30' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'insurance_period' });
});

test('the insurance of a person who has died is not renewed', async () => {
  const [dead] = await health.sql(`select citizen_id from person join insurance on person = number
                                   where died_on is not null order by number limit 1`);
  const { errors } = await renew({ citizen: String(dead?.citizen_id), validTo: '2026-06-30' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'citizen_dead' });
});

test('a person who was never insured has nothing to renew', async () => {
  const [uninsured] = await health.sql(`select citizen_id from person where died_on is null
                                        and not exists (select from insurance where person = number) limit 1`);
  const { errors } = await renew({ citizen: String(uninsured?.citizen_id), validTo: '2026-06-30' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'insurance_none' });
});

test('a renewal waits for one that is under way, and then judges by its outcome', async () => {
  const another = `update insurance set valid_to = '2027-12-31' where person = '${FIXED_MAN}'`;
  const { errors } = await health.whileAnother([another], () => renew({ validTo: '2027-06-30' }));
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'insurance_not_extended' });
  expect(await present()).toMatchObject({ valid_to: '2027-12-31' });
});

test('a renewal waits for a death that is being registered', async () => {
  const another = `update person set died_on = '2026-01-14' where number = '${FIXED_MAN}'`;
  const { errors } = await health.whileAnother([another], () => renew({ validTo: '2027-06-30' }));
  await health.sql(`update person set died_on = null where number = '${FIXED_MAN}'`);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', reason: 'citizen_dead' });
});

test('a day that is none is refused before anything runs', async () => {
  const { errors } = await renew({ validTo: '2027-02-30' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});
