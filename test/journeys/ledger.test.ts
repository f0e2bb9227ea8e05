import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connected, type FlakyProxy, flakyProxy, type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { journeys } from '@lienthong/portal/journeys';
import { request } from 'undici';

import { committed, NONCE } from '../kit/commitments.ts';
import { type Federation, startFederation } from '../kit/federation.ts';
import type { HttpAnswer, Question } from '../kit/http.ts';
import { type KeptRecord, recordsIn } from '../kit/kept-records.ts';
import { type Expected, expectedRecords, nobody, people } from './ledger-records.ts';

jest.setTimeout(180_000);

const REGISTERED = 'query DaDangKy($number: PersonalNumber!) { citizen(personalNumber: $number) { fullName } }';
const READ = 'query TenCuaToi($number: PersonalNumber!) { citizen(personalNumber: $number) { fullName birthDate } }';
const MOVE = `mutation DoiChoO($citizen: ID!) {
  changeResidence(input: {citizen: $citizen, commune: "21292", address: "Thôn Gò Da, xóm 3", since: "2026-02-01"}) {
    citizen { fullName residence { address } }
  }
}`;
const variables = { number: people.father };

let folder: string;
let database: LedgerDatabase;
let store: FlakyProxy;
let federation: Federation;
/** Every token that was used: none of them may be found in the ledger. */
const tokens: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-journeys-'));
  const documents = join(folder, 'documents.yaml');
  await writeFile(documents, JSON.stringify([{ name: 'Tra tên', purpose: 'TTHC', body: REGISTERED }]));
  database = await ledgerDatabase();
  store = await flakyProxy(database.writer);
  federation = await startFederation({
    config: () => `documents: { file: "${documents}" }`,
    audit: { database: store.url, settings: 'timeout: 2s' },
  });
});
afterAll(async () => {
  await federation?.close();
  await store?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const tokenOf = async (...wanted: Parameters<Federation['token']>): Promise<string> => {
  const token = await federation.token(...wanted);
  tokens.push(token);
  return token;
};
const records = () => recordsIn(database.owner);
const recordOf = ({ headers }: HttpAnswer, all: readonly KeptRecord[]) =>
  all.find(({ common }) => common.id === headers['lienthong-record']);

/** Asks, and what the ledger holds of it: nothing else may have been added meanwhile. */
const recorded = async (ask: () => Promise<HttpAnswer>) => {
  const before = (await records()).length;
  const answer = await ask();
  const all = await records();
  return { answer, added: all.slice(before), record: recordOf(answer, all) };
};
const asks = async (question: Question, client = 'mot-cua') => {
  const token = question.token ?? (await tokenOf(client));
  return recorded(() => federation.ask({ ...question, token }));
};

/** What a record says of whom, with the persons of the tests by their names. */
const entriesOf = ({ entries }: KeptRecord): Expected => {
  const names = new Map(
    Object.entries({ ...people, nobody }).map(([name, number]) => [federation.subjectOf(number), name] as const),
  );
  return Object.fromEntries(
    entries.map(({ subject, coordinates, passed }) => {
      expect(passed).toBeUndefined();
      return [names.get(subject) ?? subject, coordinates.join(' ')];
    }),
  );
};

describe.each(journeys.map((journey) => [journey.id, journey] as const))('%s', (id, journey) => {
  test('leaves one record, of these persons and fields', async () => {
    const { query, variables: asked, client, purpose } = journey;
    const token = await tokenOf(client, { purpose, caseId: `H48-${id}` });
    const { answer, added, record } = await asks({ query, variables: asked, token });
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
    expect(added).toEqual([record]);
    expect(record && entriesOf(record)).toEqual(expectedRecords[id]);
    expect(record?.common).toMatchObject({ kind: 'ANSWER', issuer: federation.issuer.url, partner: client, purpose });
    expect(record?.operation).toMatchObject({
      case: `H48-${id}`,
      request: answer.headers['x-request-id'],
      status: 200,
      denied: [],
      answerCommitment: committed.answer(answer.headers[NONCE], answer.text),
      requestCommitment: committed.request(answer.headers[NONCE], JSON.stringify({ query, variables: asked })),
    });
  });
});

test('each journey is expected here', () => {
  expect(journeys.map(({ id }) => id).sort()).toEqual(Object.keys(expectedRecords).sort());
});

describe('one record of each request of somebody known', () => {
  const json = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  test.each<[string, number, string, Record<string, string>]>([
    ['what is no JSON', 400, '{', json],
    ['what is no GraphQL', 400, JSON.stringify({ query: '{' }), json],
    ['what is not in the schema', 400, JSON.stringify({ query: '{ nothing }' }), json],
    ['a variable that is missing', 400, JSON.stringify({ query: READ }), json],
    ['another media type', 415, JSON.stringify({ query: READ, variables }), { ...json, 'content-type': 'text/plain' }],
    ['a write that is refused', 403, JSON.stringify({ query: MOVE, variables: { citizen: 'k1.somebody' } }), json],
    ['public data', 200, JSON.stringify({ query: '{ commune(code: "21289") { name } }' }), json],
  ])('%s', async (_what, status, body, headers) => {
    const authorization = `Bearer ${await tokenOf('mot-cua')}`;
    const { answer, added, record } = await recorded(() => federation.post(body, { ...headers, authorization }));
    expect(answer.status).toBe(status);
    expect(added).toEqual([record]);
    expect(record?.operation).toMatchObject({
      status,
      disclosed: [],
      subjects: 0,
      answerCommitment: committed.answer(answer.headers[NONCE], answer.text),
    });
    expect(record?.common.kind).toBe('ANSWER');
  });

  test('a field that is denied', async () => {
    const { answer, added, record } = await asks({ query: READ, variables }, 'viettel');
    expect(answer.body.data).toEqual({ citizen: null });
    expect(added).toEqual([record]);
    expect(record?.operation).toMatchObject({ disclosed: [], denied: ['Query.citizen'], departments: [], subjects: 0 });
  });

  test('a GET: what it is committed to is the address', async () => {
    const search = `?query=${encodeURIComponent(READ)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
    const headers = { authorization: `Bearer ${await tokenOf('mot-cua')}`, 'apollo-require-preflight': 'true' };
    const { answer, added, record } = await recorded(async () => {
      const { statusCode, headers: got, body } = await request(`${federation.url}${search}`, { headers });
      return { status: statusCode, headers: got, text: await body.text(), body: {} };
    });
    expect(answer.status).toBe(200);
    expect(added).toEqual([record]);
    expect(record?.operation.requestCommitment).toBe(committed.request(answer.headers[NONCE], search));
  });

  test('a write: its INTENT before, its OUTCOME after, of the person who is named', async () => {
    const { answer, added, record } = await asks(
      { query: MOVE, variables: { citizen: federation.idOf(people.father) } },
      'ca-tinh',
    );
    expect(answer.body.errors).toBeUndefined();
    const [intent, outcome] = added;
    expect([added.length, outcome]).toEqual([2, record]);
    expect([intent?.common.kind, outcome?.common.kind]).toEqual(['INTENT', 'OUTCOME']);
    expect(intent && entriesOf(intent)).toEqual({ father: 'Mutation.changeResidence' });
    expect(outcome && entriesOf(outcome)).toEqual({
      father:
        'ChangeResidencePayload.citizen Citizen.fullName Citizen.residence Mutation.changeResidence Residence.address',
    });
    for (const later of ['status', 'requestCommitment', 'answerCommitment']) {
      expect(intent?.operation).not.toHaveProperty(later);
    }
    expect(outcome?.operation).toMatchObject({ intent: intent?.common.id, status: 200 });
    expect(outcome?.operation.request).toBe(intent?.operation.request);
  });
});

describe('no record', () => {
  test.each([
    ['of a token that is none', () => 'nobody'],
    ['of a token that was changed', () => `${tokens[0]?.slice(0, -4)}AAAA`],
  ])('%s', async (_what, token) => {
    const { answer, added } = await recorded(() => federation.ask({ query: READ, variables, token: token() }));
    expect([answer.status, added, answer.headers['lienthong-record']]).toEqual([401, [], undefined]);
  });

  test.each([
    ['public data', '{ commune(code: "21289") { name } school(code: "21289-TH") { name } }'],
    ['what he may not have', '{ citizen(personalNumber: "051085000001") { fullName } }'],
  ])('of whoever asks without a token: %s', async (_what, query) => {
    const { answer, added } = await recorded(() => federation.ask({ query }));
    expect([answer.status, added, answer.headers['lienthong-record']]).toEqual([200, [], undefined]);
  });
});

describe('who was asked about is told though nothing was found', () => {
  test.each<[string, string, string, Expected]>([
    [
      'false',
      'viettel',
      `{ matchCitizen(personalNumber: "${people.father}", fullName: "Ai Đó", birthDate: "1985-03-12") }`,
      { father: 'Query.matchCitizen' },
    ],
    [
      'false, of a number that nobody has',
      'viettel',
      `{ matchCitizen(personalNumber: "${nobody}", fullName: "Ai Đó", birthDate: "1985-03-12") }`,
      { nobody: 'Query.matchCitizen' },
    ],
    ['a miss', 'mot-cua', `{ citizen(personalNumber: "${nobody}") { fullName } }`, { nobody: 'Query.citizen' }],
  ])('%s', async (_what, client, query, expected) => {
    const { answer, record } = await asks({ query }, client);
    expect(answer.body.errors).toBeUndefined();
    expect(record && entriesOf(record)).toEqual(expected);
  });
});

test('however often an operation is asked, its records are equal but for id, time, request and commitments', async () => {
  const token = await tokenOf('mot-cua');
  const query = `${READ} # nobody has asked this before`;
  const seen: object[] = [];
  for (let time = 0; time < 4; time += 1) {
    const { record } = await asks({ query, variables, token });
    const { common, operation, entries } = record ?? {};
    seen.push({ ...{ common, operation, entries }, request: operation?.request, id: common?.id, time: common?.time });
  }
  const OF_ITS_OWN = ['id', 'time', 'request', 'requestCommitment', 'answerCommitment'];
  const alike = (each: object) =>
    JSON.parse(JSON.stringify(each, (key, value) => (OF_ITS_OWN.includes(key) ? undefined : value)));
  for (const each of seen) expect(alike(each)).toEqual(alike(seen[0] ?? {}));
  for (const name of OF_ITS_OWN.filter((each) => each !== 'time')) {
    const found = seen.map((each) => new RegExp(`"${name}":"[^"]+"`).exec(JSON.stringify(each))?.[0]);
    expect([name, new Set(found).size]).toEqual([name, 4]);
  }
});

test('what is asked for as a registered operation has the name that it was registered by, all else has none', async () => {
  const hash = createHash('sha256').update(REGISTERED).digest('hex');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('mot-cua')}` };
  const body = JSON.stringify({ documentId: `sha256:${hash}`, operationName: 'DaDangKy', variables });
  const registered = await recorded(() => federation.post(body, headers));
  expect(registered.record?.operation.operation).toEqual({ type: 'query', hash, name: 'Tra tên' });
  const other = await asks({ query: READ, variables, operationName: 'TenCuaToi' });
  expect(other.record?.operation.operation).toEqual({ type: 'query', hash: expect.any(String) });
});

test('what a client calls its request is not what the ledger calls it', async () => {
  const chosen = '11111111-2222-4333-8444-555555555555';
  const { answer, record } = await asks({ query: READ, variables, headers: { 'x-request-id': chosen } });
  expect(record?.operation.request).toBe(answer.headers['x-request-id']);
  expect(record?.operation.request).not.toBe(chosen);
});

test('no record holds a number, a name, a value, an id of a department, a token or a word of a client', async () => {
  const held = await connected(database.owner, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'ledger'",
    );
    let text = '';
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select one::text as row from ledger.${name} as one`);
      text += rows.map(({ row }) => row).join('\n');
    }
    return text;
  });
  expect(held).toContain(federation.subjectOf(people.father));
  const numbers = Object.values({ ...people, nobody });
  const values = ['Phạm', 'Hiếu', 'Đinh', 'Mai', 'Ai Đó', '1985-03-12', '2019-04-05', 'GD4512101234567', 'Penicillin'];
  const more = ['1050.5', 'Sơn Hà', 'Gò Da', 'Hàng Gòn', '2026-02-01', '21292', '1/1'];
  const words = ['TenCuaToi', 'DoiChoO', 'DaDangKy', 'GradeOneEnrolment', 'nobody has asked', '11111111-2222-4333'];
  const ids = [...numbers.map(federation.idOf), 'k1.'];
  const secrets = tokens.flatMap((token) => token.split('.'));
  const found = [...numbers, ...values, ...more, ...words, ...ids, ...secrets].filter((known) => held.includes(known));
  expect(found).toEqual([]);
});

// The last one: what is asked from here on is not kept.
test('without the store, what is public is served, and nothing of anybody', async () => {
  const token = await tokenOf('mot-cua');
  store.behave('cut');
  const served = '{ commune(code: "21289") { name } school(code: "21289-TH") { name } }';
  for (const asked of [{ query: served }, { query: served, token }]) {
    const { status, body } = await federation.ask(asked);
    expect([status, body]).toEqual([
      200,
      { data: { commune: { name: 'Xã Sơn Hà' }, school: { name: 'Trường Tiểu học Sơn Hà' } } },
    ]);
  }
  const answer = await federation.ask({ query: READ, variables, token });
  expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([503, 'LEDGER_UNAVAILABLE']);
  expect(answer.text).not.toContain('Hiếu');
  const { body } = await federation.ask({ query: READ, variables, token: await tokenOf('viettel') });
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE']);
});
