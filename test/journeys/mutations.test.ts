import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { type Federation, startFederation } from '../kit/federation.ts';

jest.setTimeout(120_000);

const FATHER = '051085000001';
const DAUGHTER = '051319000002';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.close());

const ask = async (client: string, query: string, variables: Record<string, unknown> = {}) =>
  (await federation.ask({ query, variables, token: await federation.token(client) })).body;

const code = (body: { errors?: { extensions: Record<string, unknown> }[] }) =>
  body.errors?.map(({ extensions }) => [extensions.code, extensions.reason]);

describe('a change of residence', () => {
  const query = `mutation ($citizen: ID!) {
    changeResidence(input: {citizen: $citizen, commune: "21292", address: "Thôn Gò Da, xóm 3", since: "2026-02-01"}) {
      citizen { fullName residence { commune { name } address since } }
    }
  }`;

  test('is recorded once, and every other department’s query sees it', async () => {
    const variables = { citizen: federation.idOf(FATHER) };
    const residence = { commune: { name: 'Xã Sơn Hạ' }, address: 'Thôn Gò Da, xóm 3', since: '2026-02-01' };
    expect(await ask('ca-tinh', query, variables)).toEqual({
      data: { changeResidence: { citizen: { fullName: 'Phạm Văn Hiếu', residence } } },
    });
    const holder =
      '{ parcel(commune: "21289", sheet: 12, number: 345) { rights { holder { residence { address } } } } }';
    expect(await ask('vp-dkdd', holder)).toEqual({
      data: { parcel: { rights: [{ holder: { residence: { address: 'Thôn Gò Da, xóm 3' } } }] } },
    });
    expect(code(await ask('ca-tinh', query, variables))).toEqual([['CONFLICT', expect.any(String)]]);
  });

  test('is not the counter’s to make', async () => {
    const answer = await ask('mot-cua', query, { citizen: federation.idOf(FATHER) });
    expect(answer.data).toBeUndefined();
    expect(code(answer)).toEqual([['UNAUTHORIZED_FIELD_OR_TYPE', undefined]]);
  });
});

test('a pupil moves to another school', async () => {
  const query = `mutation ($citizen: ID!, $school: ID!) {
    enrol(input: {citizen: $citizen, school: $school, grade: 1, from: "2026-03-02"}) { citizen { enrolments { school { code } grade from to } } }
  }`;
  const citizen = federation.idOf(DAUGHTER);
  const moved = await ask('so-gd-dt', query, { citizen, school: '21292-TH' });
  expect(moved).toMatchObject({ data: { enrol: { citizen: { enrolments: expect.any(Array) } } } });
  const read = `{ citizen(personalNumber: "${DAUGHTER}") { enrolments(current: true) { school { code } grade from to } } }`;
  expect(await ask('so-gd-dt', read)).toEqual({
    data: { citizen: { enrolments: [{ school: { code: '21292-TH' }, grade: 1, from: '2026-03-02', to: null }] } },
  });
  expect(code(await ask('so-gd-dt', query, { citizen, school: 'nowhere' }))).toEqual([
    ['BAD_USER_INPUT', 'school_unknown'],
  ]);
});

test('an insurance is renewed, never shortened', async () => {
  const query = `mutation ($citizen: ID!, $validTo: Date!) {
    renewInsurance(input: {citizen: $citizen, validTo: $validTo}) { citizen { insurance { validTo } } }
  }`;
  const citizen = federation.idOf(FATHER);
  // Counted from the present end, or from today once that is past: this test does not age.
  const later = (months: number) => {
    const day = new Date(Math.max(Date.parse('2026-12-31'), Date.now()));
    day.setUTCMonth(day.getUTCMonth() + months, 1);
    return day.toISOString().slice(0, 10);
  };
  expect(await ask('so-y-te', query, { citizen, validTo: later(9) })).toEqual({
    data: { renewInsurance: { citizen: { insurance: { validTo: later(9) } } } },
  });
  expect(code(await ask('so-y-te', query, { citizen, validTo: later(3) }))).toEqual([
    ['CONFLICT', 'insurance_not_extended'],
  ]);
  expect(code(await ask('so-y-te', query, { citizen, validTo: '2027-02-30' }))).toEqual([
    ['BAD_USER_INPUT', expect.any(String)],
  ]);
});

test('a mortgaged parcel is not transferred, and stays as it was', async () => {
  const query = `mutation ($from: ID!, $to: ID!) {
    transferParcel(input: {parcel: {commune: "21289", sheet: 12, number: 345}, version: 1, from: $from, to: [{citizen: $to, share: "1/1"}]}) { parcel { version } }
  }`;
  const people = { from: federation.idOf(FATHER), to: federation.idOf(DAUGHTER) };
  expect(code(await ask('vp-dkdd', query, people))).toEqual([['CONFLICT', 'parcel_encumbered']]);
  const read = '{ parcel(commune: "21289", sheet: 12, number: 345) { version rights { share holder { fullName } } } }';
  expect(await ask('vp-dkdd', read)).toEqual({
    data: { parcel: { version: 1, rights: [{ share: '1/1', holder: { fullName: 'Phạm Văn Hiếu' } }] } },
  });
});
