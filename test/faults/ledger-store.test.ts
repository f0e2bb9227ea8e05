import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type FlakyProxy, flakyProxy, type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { committed, NONCE } from '../kit/commitments.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { type KeptRecord, recordsIn } from '../kit/kept-records.ts';
import { ledgerKeys } from '../kit/ledger-keys.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { PERSONAL, PUBLIC, people, READ, SCOPES, WRITE } from './ledger-people.ts';

jest.setTimeout(120_000);

const NUMBER = '051010000001';
const keys = ledgerKeys();
/** Done by the department when it has carried out a write, before the gateway hears of it. */
let carriedOut = (): void | Promise<void> => undefined;
const { department, executed } = people(keys, () => carriedOut());

let database: LedgerDatabase;
let store: FlakyProxy;
let federation: SmallFederation;
/** By mode of the ledger. */
let urls: Readonly<Record<'strict' | 'bounded', string>>;
let token: string;
beforeAll(async () => {
  database = await ledgerDatabase();
  store = await flakyProxy(database.writer);
  federation = await startSmallFederation({
    departments: { people: department },
    audit: { database: store.url, settings: 'timeout: 500ms, mode: "${LEDGER_MODE}"' },
    keys,
    env: { LEDGER_MODE: 'strict' },
  });
  const bounded = await federation.another({ LEDGER_MODE: 'bounded' });
  urls = { strict: federation.url, bounded: bounded.url };
});
afterAll(async () => {
  await federation?.close();
  await store?.close();
  await database?.drop();
});
beforeEach(async () => {
  token = await federation.token(SCOPES);
});
afterEach(async () => {
  carriedOut = () => undefined;
  store.behave('pass');
  for (const mode of ['strict', 'bounded'] as const)
    await eventually(
      () => read(mode),
      ({ status }) => status === 200,
    );
});

/** Asks until it is so. */
const eventually = async <T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> => {
  for (const deadline = Date.now() + 30_000; ; ) {
    const value = await ask();
    if (isSo(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const read = (mode: keyof typeof urls = 'strict', scopes = token) =>
  federation.askAt(urls[mode], { query: READ, variables: { number: NUMBER }, token: scopes });
const write = (mark: string, mode: keyof typeof urls = 'strict') =>
  federation.askAt(urls[mode], { query: WRITE, variables: { citizen: keys.idOf(NUMBER), mark }, token });
const extensionsOf = ({ body }: HttpAnswer) => body.errors?.map(({ extensions }) => extensions);
const marks = () => executed.map(({ mark }) => mark);
const recordOf = async ({ headers }: HttpAnswer): Promise<KeptRecord | undefined> =>
  (await recordsIn(database.owner)).find(({ common }) => common.id === headers['lienthong-record']);

const committedTo = ({ headers, text }: HttpAnswer) => committed.answer(headers[NONCE], text);

/** Nothing of anybody. */
const expectWithheld = (answer: HttpAnswer, extensions: object = {}) => {
  expect([answer.status, extensionsOf(answer)]).toEqual([
    503,
    [expect.objectContaining({ code: 'LEDGER_UNAVAILABLE', ...extensions })],
  ]);
  expect(answer.text).not.toContain(PERSONAL);
  expect(answer.body.data ?? null).toBeNull();
};

/** Its record is there once, when the store is back. */
const expectDeferred = async (answer: HttpAnswer, operation: object) => {
  const told = async () =>
    (await recordsIn(database.owner)).filter((each) => each.operation.request === answer.headers['x-request-id']);
  expect(await told()).toEqual([]);
  store.behave('pass');
  const kept = await eventually(told, ({ length }) => length > 0);
  expect(kept.map((each) => each.operation)).toEqual([
    expect.objectContaining({ answerCommitment: committedTo(answer), subjects: 0, ...operation }),
  ]);
};

describe.each(['cut', 'freeze'] as const)('a store that is away (%s)', (how) => {
  test.each(['strict', 'bounded'] as const)(
    'mode %s: personal data is withheld, and served when it is back',
    async (mode) => {
      store.behave(how);
      const answer = await read(mode);
      expectWithheld(answer);
      for (const name of ['lienthong-record', NONCE]) expect(answer.headers).not.toHaveProperty(name);
      expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
      store.behave('pass');
      const served = await eventually(
        () => read(mode),
        ({ status }) => status === 200,
      );
      expect((await recordOf(served))?.operation.answerCommitment).toBe(committedTo(served));
    },
  );

  test('public data is served, to whoever asks', async () => {
    for (const each of [token, undefined]) {
      store.behave(how);
      const answer = await federation.ask({ query: PUBLIC, ...(each ? { token: each } : {}) });
      expect([answer.status, answer.body]).toEqual([200, { data: { time: 'NOW' } }]);
      expect(answer.headers).not.toHaveProperty('lienthong-record');
      if (each) await expectDeferred(answer, { disclosed: [], denied: [] });
    }
  });

  test('who may not have it is told so', async () => {
    const other = await federation.token('secret:read');
    store.behave(how);
    const answer = await read('strict', other);
    expect([answer.status, answer.body.data]).toEqual([200, { citizen: null }]);
    expect(extensionsOf(answer)).toEqual([expect.objectContaining({ code: 'UNAUTHORIZED_FIELD_OR_TYPE' })]);
    await expectDeferred(answer, { disclosed: [], denied: ['Query.citizen'] });
  });

  test('a request that is wrong is told so', async () => {
    store.behave(how);
    const headers = { accept: 'application/graphql-response+json' };
    const answer = await federation.ask({ query: '{ nothing }', token, headers });
    expect([answer.status, extensionsOf(answer)]).toEqual([
      400,
      [expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' })],
    ]);
    await expectDeferred(answer, { status: 400 });
  });

  test.each(['strict', 'bounded'] as const)(
    'mode %s: a write whose INTENT cannot be kept does not run',
    async (mode) => {
      const mark = `never ${how} ${mode}`;
      const calls = federation.calls.length;
      store.behave(how);
      const answer = await write(mark, mode);
      expectWithheld(answer);
      expect(answer.text).not.toContain('executed');
      expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect([marks().includes(mark), federation.calls.length]).toEqual([false, calls]);
    },
  );

  test.each(['strict', 'bounded'] as const)(
    'mode %s: a write whose OUTCOME cannot be kept says that it has run',
    async (mode) => {
      const mark = `untold ${how} ${mode}`;
      carriedOut = () => store.behave(how);
      const answer = await write(mark, mode);
      expectWithheld(answer, { executed: true });
      // Whoever is told to come again would do it twice.
      expect(answer.headers).not.toHaveProperty('retry-after');
      expect(marks().filter((each) => each === mark)).toHaveLength(1);
      store.behave('pass');
      const request = executed.find((each) => each.mark === mark)?.request;
      const records = await eventually(
        async () => (await recordsIn(database.owner)).filter(({ operation }) => operation.request === request),
        ({ length }) => length === 2,
      );
      const [intent, outcome] = records;
      expect([intent?.common.kind, outcome?.common.kind]).toEqual(['INTENT', 'OUTCOME']);
      expect(outcome?.operation.intent).toBe(intent?.common.id);
      expect(outcome?.entries.map(({ subject }) => subject)).toEqual([keys.subjectOf(NUMBER)]);
    },
  );

  test('mode bounded: an answer without personal data leaves before its record is kept', async () => {
    store.behave(how);
    const answer = await federation.askAt(urls.bounded, { query: PUBLIC, token });
    expect([answer.status, answer.body]).toEqual([200, { data: { time: 'NOW' } }]);
    expect(answer.headers).not.toHaveProperty('lienthong-record');
    await expectDeferred(answer, { disclosed: [] });
  });
});

test('an answer to the store’s word that is lost on the way leaves one record', async () => {
  store.loseNextAnswer();
  const answer = await read();
  expect(answer.status).toBe(200);
  const records = await recordsIn(database.owner);
  expect(records.filter(({ operation }) => operation.answerCommitment === committedTo(answer)).length).toBeGreaterThan(
    0,
  );
  expect(records.filter(({ common }) => common.id === answer.headers['lienthong-record'])).toHaveLength(1);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, n) => n));
});

test('an INTENT stands in the ledger when the department is asked, and its OUTCOME names it', async () => {
  let found: readonly KeptRecord[] = [];
  let looked: Promise<unknown> = Promise.resolve();
  carriedOut = () => {
    looked = recordsIn(database.owner).then((records) => {
      found = records;
    });
  };
  const answer = await write('in order');
  await looked;
  const { request } = executed.at(-1) ?? {};
  const [intent] = found.filter(({ operation }) => operation.request === request);
  expect(intent?.common.kind).toBe('INTENT');
  expect(intent?.entries).toEqual([{ subject: keys.subjectOf(NUMBER), coordinates: ['Mutation.rename'] }]);
  const outcome = await recordOf(answer);
  expect(outcome?.common.kind).toBe('OUTCOME');
  expect(outcome?.operation).toMatchObject({ intent: intent?.common.id, request, status: 200, subjects: 1 });
});

test('a gateway that ends waits for the OUTCOME of a write whose caller has hung up', async () => {
  const ending = await federation.another();
  const caller = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  carriedOut = async () => {
    caller.abort();
    ended = ending.stop();
    // Nobody is connected any more; only the gateway knows that something is under way.
    await wait(500);
  };
  const asked = fetch(ending.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: WRITE, variables: { citizen: keys.idOf(NUMBER), mark: 'hung up' } }),
    signal: caller.signal,
  });
  await expect(asked).rejects.toThrow();
  expect(await ended).toBe(0);
  const request = executed.find(({ mark }) => mark === 'hung up')?.request;
  const kinds = (await recordsIn(database.owner))
    .filter(({ operation }) => operation.request === request)
    .map(({ common: { kind } }) => kind);
  expect(kinds).toEqual(['INTENT', 'OUTCOME']);
});

test('a gateway that is asked to end writes what waits, and then ends', async () => {
  const leaving = await federation.another();
  let ended: Promise<number | null> | undefined;
  carriedOut = () => {
    ended ??= leaving.stop();
  };
  const begun = Array.from({ length: 20 }, (_, n) =>
    federation
      .askAt(leaving.url, { query: WRITE, variables: { citizen: keys.idOf(NUMBER), mark: `leaving ${n}` }, token })
      .catch(() => undefined),
  );
  const answers = await Promise.all(begun);
  expect(await ended).toBe(0);
  const records = await recordsIn(database.owner);
  const kinds = executed
    .filter(({ mark }) => mark.startsWith('leaving'))
    .map(({ request }) => records.filter(({ operation }) => operation.request === request))
    .map((each) => each.map(({ common }) => common.kind).join());
  expect(new Set(kinds)).toEqual(new Set(['INTENT,OUTCOME']));
  const served = answers.filter((answer) => answer?.text.includes(PERSONAL));
  expect(served).toHaveLength(kinds.length);
  for (const answer of served) {
    expect(records.map(({ common }) => common.id)).toContain(answer?.headers['lienthong-record']);
  }
});

test('without a store the gateway starts, and serves what is public', async () => {
  store.behave('cut');
  const { url } = await federation.another();
  expect((await federation.askAt(url, { query: PUBLIC })).body).toEqual({ data: { time: 'NOW' } });
  expectWithheld(await federation.askAt(url, { query: READ, variables: { number: NUMBER }, token }));
});
