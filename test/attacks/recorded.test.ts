import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { request } from 'undici';

import { committed, NONCE } from '../kit/commitments.ts';
import { type KeptRecord, recordsIn } from '../kit/kept-records.ts';
import { ledgerKeys } from '../kit/ledger-keys.ts';
import { LINK, type SmallFederation, SUBJECTS, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const NUMBER = '051010000001';
const OTHER = '051010000002';
const NAME = 'NAME';
const SCOPES = 'name:read schema:introspect';
const keys = ledgerKeys();

/** What the department says of whom a list is about. */
let members: unknown = [];
/** What it says is the id of a person. */
let idOf = (number: string): unknown => keys.idOf(number);
/** Ids that it has no data of are nobody's. */
const personOf = (number: string) => ({ __typename: 'Citizen', id: idOf(number), name: NAME });

const sdl = `${LINK}${SUBJECTS}
  scalar PersonalNumber
  type Query {
    citizen(personalNumber: PersonalNumber!): Citizen
      @requiresScopes(scopes: [["name:read"]]) @dataSubject(argument: "personalNumber") @dataSubject(path: "id")
    crowd: Crowd @requiresScopes(scopes: [["name:read"]])
    rows: [[Named]] @requiresScopes(scopes: [["name:read"]])
    time: String @tag(name: "public")
  }
  type Mutation {
    rename(citizen: ID!): Citizen
      @requiresScopes(scopes: [["name:read"]]) @dataSubject(argument: "citizen") @dataSubject(path: "id")
    fail(citizen: ID!): Citizen
      @requiresScopes(scopes: [["name:read"]]) @dataSubject(argument: "citizen") @dataSubject(path: "id")
  }
  interface Named { name: String }
  type Crowd @dataSubject(path: "members") {
    title: String @requiresScopes(scopes: [["name:read"]])
    members: [ID] @inaccessible
  }
  type Citizen implements Named @key(fields: "id") @dataSubject(path: "id") {
    id: ID @requiresScopes(scopes: [["name:read"]])
    name: String @requiresScopes(scopes: [["name:read"]])
    strict: String! @requiresScopes(scopes: [["name:read"]])
    secret: String @requiresScopes(scopes: [["secret:read"]])
  }`;

let database: LedgerDatabase;
let federation: SmallFederation;
let token: string;
beforeAll(async () => {
  database = await ledgerDatabase();
  federation = await startSmallFederation({
    departments: {
      people: {
        sdl,
        root: {
          citizen: ({ personalNumber }: { personalNumber: string }) => personOf(personalNumber),
          crowd: () => ({ title: NAME, members }),
          rows: () => [[personOf(NUMBER), null], null, [], [personOf(OTHER)]],
          time: () => 'NOW',
          rename: () => personOf(NUMBER),
          fail: () => {
            throw new Error('no');
          },
        },
      },
    },
    audit: { database: database.writer, settings: 'timeout: 20s' },
    config: 'authorization: { mode: "${MODE}", hideDenied: "${HIDE}" }',
    keys,
    env: { MODE: 'filter', HIDE: 'false' },
  });
  token = await federation.token(SCOPES);
});
afterAll(async () => {
  await federation?.close();
  await database?.drop();
});
beforeEach(() => {
  members = [];
  idOf = keys.idOf;
});

interface Sent {
  readonly method?: 'GET' | 'POST' | 'HEAD';
  readonly search?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly url?: string;
  /** Another token; null: none. */
  readonly as?: string | null;
}

interface Got {
  readonly status: number;
  readonly text: string;
  readonly record: string | undefined;
  readonly nonce: unknown;
}

const send = async ({
  method = 'POST',
  search = {},
  headers = {},
  body,
  url = federation.url,
  as = token,
}: Sent): Promise<Got> => {
  const target = new URL(url);
  for (const [name, value] of Object.entries(search)) target.searchParams.set(name, value);
  const answer = await request(target, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
      'accept-language': 'en',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : { 'apollo-require-preflight': '1' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { 'lienthong-record': record, [NONCE]: nonce } = answer.headers;
  return { status: answer.statusCode, text: await answer.body.text(), record: record && String(record), nonce };
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const recordOf = async ({ record }: Got): Promise<KeptRecord | undefined> =>
  (await recordsIn(database.owner)).find(({ common }) => common.id === record);

/** That an answer holds somebody's data, and that its record says of whom. */
const expectRecorded = async (got: Got, of: readonly string[] = [NUMBER]) => {
  expect(got.text).toContain(NAME);
  const record = await recordOf(got);
  expect(record?.operation.answerCommitment).toBe(committed.answer(got.nonce, got.text));
  expect(record?.entries.map(({ subject }) => subject)).toEqual(of.map(keys.subjectOf).sort());
  return record;
};

const READ = `{ citizen(personalNumber: "${NUMBER}") { name } }`;
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

describe('whatever way an answer is asked for, its record stands before it leaves', () => {
  const forms: readonly (readonly [string, string])[] = [
    [
      'an alias of the key’s name',
      `{ citizen(personalNumber: "${NUMBER}") { id: name lt_s_id: name lts_id: secret } }`,
    ],
    ['an alias of the root field', `{ lt_s_citizen: citizen(personalNumber: "${NUMBER}") { lt_0: name } }`],
    [
      'twice under one key',
      `{ citizen(personalNumber: "${NUMBER}") { name ...A name } } fragment A on Citizen { name }`,
    ],
    ['the key left out', `{ citizen(personalNumber: "${NUMBER}") { name id @skip(if: true) } }`],
    ['an id that is an alias of its own', `{ citizen(personalNumber: "${NUMBER}") { name __typename: name } }`],
    [
      'beside introspection',
      `{ __type(name: "Citizen") { name } citizen(personalNumber: "${NUMBER}") { name } __schema { queryType { name } } }`,
    ],
    ['beside a field that is denied', `{ citizen(personalNumber: "${NUMBER}") { name secret } }`],
    [
      'beside a person whom a null takes away',
      `{ citizen(personalNumber: "${NUMBER}") { name } gone: citizen(personalNumber: "${NUMBER}") { strict } }`,
    ],
  ];

  test.each(forms)('%s, cold and hot', async (_what, query) => {
    const cold = await send({ body: { query } });
    const hot = await send({ body: { query } });
    await expectRecorded(cold);
    await expectRecorded(hot);
    expect(cold.record).not.toBe(hot.record);
  });

  test('two persons, one of them twice, through an interface in a list of lists', async () => {
    const query = `{ rows { ... on Named { name } ... on Citizen { other: name } } a: citizen(personalNumber: "${NUMBER}") { name } }`;
    await expectRecorded(await send({ body: { query } }), [NUMBER, OTHER]);
  });

  test.each([
    ['application/json'],
    ['application/graphql-response+json'],
    ['multipart/mixed; deferSpec=20220824, application/json'],
    ['*/*'],
  ])('as %s', async (accept) => {
    await expectRecorded(await send({ body: { query: READ }, headers: { accept } }));
  });

  test('one that nobody speaks: no data', async () => {
    expect((await send({ body: { query: READ }, headers: { accept: 'text/plain' } })).text).not.toContain(NAME);
  });

  test('by GET, by HEAD, and by hash', async () => {
    await expectRecorded(await send({ method: 'GET', search: { query: READ } }));
    expect((await send({ method: 'HEAD', search: { query: READ } })).text).toBe('');
    const extensions = persisted(READ);
    await send({ body: { query: READ, extensions } });
    await expectRecorded(await send({ body: { extensions } }));
    await expectRecorded(await send({ method: 'GET', search: { extensions: JSON.stringify(extensions) } }));
  });

  test('in mode report: what is served is recorded, whoever should have had it', async () => {
    const { url } = await federation.another({ MODE: 'report' });
    const stranger = await send({ url, body: { query: READ }, as: await federation.token('nothing') });
    const record = await expectRecorded(stranger);
    expect(record?.entries).toEqual([expect.objectContaining({ coordinates: ['Citizen.name', 'Query.citizen'] })]);
    const anonymous = await expectRecorded(await send({ url, body: { query: READ }, as: null }));
    expect(anonymous?.common.partner).toBeUndefined();
  });

  test('for a caller from whom denied names are hidden', async () => {
    const { url } = await federation.another({ HIDE: 'true' });
    await expectRecorded(await send({ url, body: { query: READ } }));
    const query = `{ rows { name } citizen(personalNumber: "${NUMBER}") { __typename } }`;
    await expectRecorded(await send({ url, body: { query } }), [NUMBER, OTHER]);
  });

  test('a write with several root fields of which one fails', async () => {
    const id = keys.idOf(NUMBER);
    const query = `mutation { a: rename(citizen: "${id}") { name } b: fail(citizen: "${keys.idOf(OTHER)}") { name } c: rename(citizen: "${id}") { name } }`;
    const record = await expectRecorded(await send({ body: { query } }), [NUMBER, OTHER]);
    expect(record?.common.kind).toBe('OUTCOME');
  });

  test('a write whose caller accepts no answer is refused before it runs, asked for by any view', async () => {
    const query = `mutation { rename(citizen: "${keys.idOf(NUMBER)}") { name } }`;
    for (const url of [federation.url, (await federation.another({ HIDE: 'true' })).url]) {
      for (const accept of ['text/event-stream', 'text/html', 'application/json;q=0', 'multipart/mixed']) {
        const refused = await send({ url, headers: { accept }, body: { query } });
        expect([accept, refused.status]).toEqual([accept, 406]);
        const record = await recordOf(refused);
        expect([record?.common.kind, record?.entries]).toEqual(['ANSWER', []]);
      }
      const accepted = await send({ url, headers: { accept: 'text/html, */*;q=0.1' }, body: { query } });
      expect((await recordOf(accepted))?.common.kind).toBe('OUTCOME');
    }
  });

  test('a mutation that runs nothing is no write: without a token nobody fills the ledger with such', async () => {
    const body = { query: 'mutation { __typename }' };
    const kept = async () => (await recordsIn(database.owner)).length;
    const before = await kept();
    const anonymous = await send({ body, as: null });
    expect([anonymous.status, anonymous.record, await kept()]).toEqual([200, undefined, before]);
    expect((await recordOf(await send({ body })))?.common.kind).toBe('ANSWER');
    expect(await kept()).toBe(before + 1);
  });
});

describe('a department that does not say whose data it answers', () => {
  const nobody = (ids: unknown) => () => ids;
  test.each([
    ['null', null],
    ['an empty text', ''],
    ['blanks', '  '],
    ['an object', {}],
    ['a list', ['x']],
  ])('%s in place of an id: nothing of it leaves', async (_what, id) => {
    idOf = nobody(id);
    const got = await send({ body: { query: READ } });
    expect(got.text).not.toContain(NAME);
    expect(got.text).toContain('"code"');
    // That the person was asked for is known all the same.
    expect((await recordOf(got))?.entries.map(({ subject }) => subject)).toEqual([keys.subjectOf(NUMBER)]);
  });

  test.each([
    ['a null among ids', [keys.idOf(NUMBER), null]],
    ['an empty text among ids', [keys.idOf(NUMBER), '']],
    ['no list', null],
  ])('%s: nothing of it leaves', async (_what, told) => {
    members = told;
    const got = await send({ body: { query: '{ crowd { title } }' } });
    expect(got.text).not.toContain(NAME);
  });

  test('more people than a record can hold: nothing leaves, and that it was asked for is kept', async () => {
    members = Array.from({ length: 100_000 }, (_, n) => `k1.${n}`);
    const got = await send({ body: { query: '{ crowd { title } }' } });
    expect([got.status, got.text.includes(NAME)]).toEqual([500, false]);
    expect(await recordOf(got)).toMatchObject({ operation: { status: 500, disclosed: [] }, entries: [] });
    // Nor does it keep anybody else waiting for good.
    await expectRecorded(await send({ body: { query: READ } }));
  });

  test('beside more people than a record can hold, whoever was asked for by number is told of it', async () => {
    members = Array.from({ length: 100_000 }, (_, n) => `k1.${n}`);
    const got = await send({ body: { query: `{ crowd { title } citizen(personalNumber: "${OTHER}") { name } }` } });
    expect([got.status, got.text.includes(NAME)]).toEqual([500, false]);
    expect(await recordOf(got)).toMatchObject({
      operation: { disclosed: ['Query.citizen'] },
      entries: [{ subject: keys.subjectOf(OTHER), coordinates: ['Query.citizen'] }],
    });
  });

  test('the same person a thousand times is one entry', async () => {
    members = Array.from({ length: 1_000 }, () => keys.idOf(NUMBER));
    await expectRecorded(await send({ body: { query: '{ crowd { title } }' } }));
  });
});

describe.each(['compiled', 'apollo'])(
  'what one department was told before a quota refused the answer (%s)',
  (engine) => {
    let own: SmallFederation;
    beforeAll(async () => {
      own = await startSmallFederation({
        departments: {
          people: {
            sdl: `${LINK}${SUBJECTS}
            type Query { all: [Citizen] @requiresScopes(scopes: [["score:read"]]) }
            type Citizen @key(fields: "id") @dataSubject(path: "id") {
              id: ID @requiresScopes(scopes: [["score:read"]])
              born: String @requiresScopes(scopes: [["score:read"]])
            }`,
            root: { all: () => [NUMBER, OTHER].map((number) => ({ ...personOf(number), born: '1985' })) },
          },
          scores: {
            sdl: `${LINK}${SUBJECTS}
            type Query { now: String @tag(name: "public") }
            type Citizen @key(fields: "id") @dataSubject(path: "id") {
              id: ID @requiresScopes(scopes: [["score:read"]])
              born: String @external
              score: String @requires(fields: "born") @requiresScopes(scopes: [["score:read"]])
            }`,
            entities: { Citizen: ({ born }) => ({ score: `${NAME} ${born}` }) },
          },
        },
        audit: { database: database.writer, settings: 'timeout: 20s' },
        config: `quotas: { citizensPerDay: 1 }\nexecution: { engine: ${engine} }`,
        keys,
      });
    });
    afterAll(() => own?.close());

    test('is recorded of each person', async () => {
      const as = await own.token('score:read');
      const got = await send({ url: own.url, body: { query: '{ all { score } }' }, as });
      expect(got.text).not.toContain(NAME);
      expect(got.text).toContain('QUOTA_EXCEEDED');
      const passed = (await recordOf(got))?.entries.map((entry) => [entry.subject, entry.passed]);
      expect(passed).toEqual(
        [NUMBER, OTHER]
          .map(keys.subjectOf)
          .sort()
          .map((one) => [one, [['Citizen.born', 'scores']]]),
      );
    });
  },
);
