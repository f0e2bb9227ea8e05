import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@lienthong/state/testing';

import type { HttpAnswer, Question } from '../kit/http.ts';
import { LINK, mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const ISSUER = 'https://idp.example';
/** Numbers below this one belong to nobody. */
const FIRST_PERSON = 1_000;

const personOf = (number: string) =>
  Number(number) < FIRST_PERSON
    ? null
    : { __typename: 'Citizen', id: `k1.${number}`, name: `NAME-${number}`, family: [] };
const citizens = {
  sdl: `${LINK}
    scalar PersonalNumber
    type Query {
      citizen(personalNumber: PersonalNumber!): Citizen
      citizens(from: Int!, count: Int!): [Citizen!]
      matches(input: Match!): Boolean @requiresScopes(scopes: [["citizens:match:verify"]])
      time: String @tag(name: "public")
    }
    type Mutation { rename(personalNumber: PersonalNumber!): Citizen }
    input Match { personalNumber: PersonalNumber!  name: String }
    type Citizen @key(fields: "id") {
      id: ID! @requiresScopes(scopes: [["citizens:basic:read"]])
      name: String @requiresScopes(scopes: [["citizens:basic:read"]])
    }`,
  root: {
    citizen: ({ personalNumber }: { personalNumber: string }) => personOf(personalNumber),
    citizens: ({ from, count }: { from: number; count: number }) =>
      Array.from({ length: count }, (_, n) => personOf(String(from + n))),
    matches: () => false,
    time: () => 'NOW',
    rename: ({ personalNumber }: { personalNumber: string }) => personOf(personalNumber),
  },
};

const SCOPES = ['citizens:basic:read', 'citizens:match:verify'];
const partner = (...purposes: object[]) => ({
  name: { vi: 'Đối tác', en: 'Partner' },
  org: 'H48.53',
  contact: { name: 'A', email: 'a@partner.example' },
  expires: '2099-12-31',
  authentication: { method: 'client_secret_basic', secret: 'demo-partner-khong-dung-that' },
  bound: 'none',
  purposes,
});
const purpose = (name: string, quota: object | undefined) => ({
  purpose: name,
  legalBasis: 'MANDATORY_SHARE',
  scopes: ['citizens:basic:read'],
  ...(quota ? { quota } : {}),
});
const KYC = (quota: object) => ({
  purpose: 'KYC',
  legalBasis: 'CONSENT',
  scopes: ['citizens:match:verify'],
  quota,
});
const partners = {
  frequent: partner(purpose('TTHC', { requests: { limit: 100, per: '1h' } }), purpose('ENROL', undefined)),
  costly: partner(purpose('TTHC', { cost: { limit: 100, per: '1h' } })),
  curious: partner(purpose('TTHC', { citizensPerDay: 40 }), KYC({ citizensPerDay: 2 })),
  greedy: partner(purpose('TTHC', { citizensPerDay: 10 })),
  writing: partner(purpose('TTHC', { citizensPerDay: 1 })),
  updating: partner(purpose('TTHC', { citizensPerDay: 5 })),
  brief: partner(purpose('TTHC', { requests: { limit: 2, per: '2s' } })),
};

let folder: string;
let redis: RedisServer | undefined;
let federation: SmallFederation;
/** Three processes that count together. */
let urls: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-quotas-'));
  const registry = join(folder, 'registry.yaml');
  await writeFile(registry, JSON.stringify({ partners }));
  redis = await startRedis('quotas that three gateways count together');
  const lines = [
    `registry: { file: "${registry}", issuers: ["${ISSUER}"] }`,
    'quotas: { requests: { limit: 7, per: 1h } }',
    'limits: { cost: 100000 }',
    ...(redis ? [`state: { redis: "${redis.url}", maxAge: 4s }`] : []),
  ];
  federation = await startSmallFederation({ departments: { citizens }, config: lines.join('\n') });
  const more = await Promise.all([federation.another(), federation.another()]);
  urls = [federation.url, ...more.map(({ url }) => url)];
}, 300_000);
afterAll(async () => {
  await federation?.close();
  await redis?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The body runs where there is a Redis; that it did not is told by `startRedis`. */
const together = (what: string, body: (redis: RedisServer) => Promise<void>) =>
  test(what, async () => {
    if (redis) await body(redis);
  });

const tokenOf = (client: string, purposeName = 'TTHC') =>
  federation.token(SCOPES.join(' '), {
    client_id: client,
    org: 'H48.53',
    purpose: purposeName,
    legal_basis: purposeName === 'KYC' ? 'CONSENT' : 'MANDATORY_SHARE',
  });
/** The n-th question goes to the n-th process, round and round. */
const ask = (n: number, question: Question) => federation.askAt(urls[n % urls.length] ?? '', question);
const granted = ({ status }: HttpAnswer) => status === 200;
/** A refusal tells how long to wait and how the caller stands, and nothing of any data. */
const expectRefusal = ({ status, headers, text, body }: HttpAnswer, name: string, limit: number, window: number) => {
  expect([status, Object.keys(body)]).toEqual([429, ['errors']]);
  expect(text).not.toMatch(/NAME-|k1\./);
  const [error, ...others] = body.errors ?? [];
  const wait_ = Number(headers['retry-after']);
  expect([others, error?.extensions]).toEqual([
    [],
    { code: 'QUOTA_EXCEEDED', quota: name, limit, window, retryAfter: wait_ },
  ]);
  expect([wait_ > 0 && wait_ <= window, headers['ratelimit-policy']]).toEqual([
    true,
    `"${name}";q=${limit};w=${window}`,
  ]);
  expect(headers.ratelimit).toMatch(new RegExp(`^"${name}";r=\\d+;t=${wait_}$`));
};
const person = (n: number) => ({ query: `{ citizen(personalNumber: "${n}") { name } }` });

describe('requests', () => {
  together('three processes together grant exactly what is allowed', async () => {
    const token = await tokenOf('frequent');
    federation.calls.length = 0;
    const answers = await Promise.all(Array.from({ length: 240 }, (_, n) => ask(n, { query: '{ time }', token })));
    expect(answers.filter(granted)).toHaveLength(100);
    expect(federation.calls).toHaveLength(100);
    for (const answer of answers.filter((each) => !granted(each))) expectRefusal(answer, 'requests', 100, 3_600);
    const left = answers.filter(granted).map(({ headers }) => /r=(\d+)/.exec(String(headers.ratelimit))?.[1]);
    expect(left.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  together('by client, purpose and issuer: one that is used up leaves the others', async () => {
    expect(granted(await ask(0, { query: '{ time }', token: await tokenOf('frequent') }))).toBe(false);
    // A purpose for which the registry tells no quota has that of the configuration, and so has an issuer beside it.
    for (const token of [
      await tokenOf('frequent', 'ENROL'),
      await mint(federation.issuers[1], { client_id: 'frequent', purpose: 'TTHC' }),
    ]) {
      const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => ask(n, { query: '{ time }', token })));
      expect(answers.filter(granted)).toHaveLength(7);
    }
    expect(granted(await ask(0, { query: '{ time }' }))).toBe(true);
  });

  together('whatever else is wrong with a request, it counts, and a refused token does not', async () => {
    const token = await mint(federation.issuers[1], { client_id: 'clumsy' });
    const bad = [
      { query: '{' },
      { query: '{ nothing }' },
      { query: '{ time }', headers: { 'content-type': 'text/plain' } },
      { query: 'query ($n: Int!) { citizens(from: $n, count: 1) { name } }' },
    ];
    for (const question of bad) await ask(0, { ...question, token });
    for (let n = 0; n < 5; n++) await ask(n, { query: '{ time }', token: `${token}x` });
    const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => ask(n, { query: '{ time }', token })));
    expect(answers.filter(granted)).toHaveLength(7 - bad.length);
  });

  together('a window that is over begins anew, by itself and whole', async () => {
    const token = await tokenOf('brief');
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => ask(n, { query: '{ time }', token })));
    expect(answers.filter(granted)).toHaveLength(2);
    const refusal = answers.find((each) => !granted(each));
    if (!refusal) throw new Error('all were granted');
    await wait(Number(refusal.headers['retry-after']) * 1_000);
    expect(granted(await ask(1, { query: '{ time }', token }))).toBe(true);
  });
});

describe('cost', () => {
  together('is taken before anything is planned, whole or not at all', async () => {
    const token = await tokenOf('costly');
    const of = (count: number) => ({
      query: `{ ${Array.from({ length: count }, (_, n) => `a${n}: time`).join(' ')} citizen(personalNumber: "1") { name } }`,
      token,
    });
    const first = await ask(0, of(1));
    const [, left] = /r=(\d+)/.exec(String(first.headers.ratelimit)) ?? [];
    const units = 100 - Number(left);
    expect(granted(first) && units > 0).toBe(true);
    federation.calls.length = 0;
    // Too big for what is left, many times over: takes nothing, and keeps nobody out meanwhile.
    const many = {
      query: `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: citizen(personalNumber: "1") { name }`).join(' ')} }`,
      token,
    };
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(n, n % 2 ? of(1) : many)));
    const bigOnes = answers.filter((_, n) => n % 2 === 0 && granted(answers[n] as HttpAnswer));
    const spent = answers
      .filter(granted)
      .map(({ headers }) => Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1]))
      .reduce((least, each) => Math.min(least, each), 100);
    expect(bigOnes.length).toBeLessThanOrEqual(1);
    // Not one more of the small ones would have fitted.
    expect(spent).toBeLessThan(units);
    for (const answer of answers.filter((each) => !granted(each))) expectRefusal(answer, 'cost', 100, 3_600);
    expect(federation.calls).toHaveLength(answers.filter(granted).length);
  });
});

describe('distinct citizens of a day', () => {
  together('count once at all processes, misses like hits, and whoever is one too many stays unknown', async () => {
    const token = await tokenOf('curious');
    // 60 persons, half of them nobody, each asked about three times at once.
    const asked = Array.from({ length: 180 }, (_, n) => FIRST_PERSON - 30 + (n % 60));
    const answers = await Promise.all(asked.map((number, n) => ask(n, { ...person(number), token })));
    const known = new Set(asked.filter((_, n) => granted(answers[n] as HttpAnswer)));
    expect(known.size).toBe(40);
    for (const [n, answer] of answers.entries()) {
      const number = asked[n] ?? 0;
      if (!granted(answer)) {
        expect(known.has(number)).toBe(false);
        expect([answer.status, answer.text.slice(0, 300)]).toEqual([429, expect.any(String)]);
        expect(answer.text).not.toMatch(/NAME-|k1\.|null/);
      } else expect(answer.body.data).toEqual({ citizen: number < FIRST_PERSON ? null : { name: `NAME-${number}` } });
    }
    // Whom it has asked about it may ask about again, all day; nobody else, and nobody in a crowd either.
    const [again = 0] = known;
    const [stranger = 0] = asked.filter((number) => !known.has(number));
    expect(granted(await ask(1, { ...person(again), token }))).toBe(true);
    const day = 86_400;
    expectRefusal(await ask(2, { ...person(stranger), token }), 'citizens', 40, day);
    const crowd = `{ a: citizen(personalNumber: "${again}") { name } b: citizen(personalNumber: "${stranger}") { name } }`;
    expectRefusal(await ask(0, { query: crowd, token }), 'citizens', 40, day);
    // By name or alias, by literal or variable, through a list: persons all the same.
    const hidden = {
      query: 'query ($n: PersonalNumber!) { time: citizen(personalNumber: $n) { x: __typename } }',
      token,
    };
    expectRefusal(await ask(0, { ...hidden, variables: { n: String(stranger) } }), 'citizens', 40, day);
    expectRefusal(await ask(1, { query: `{ citizens(from: 5000, count: 1) { name } }`, token }), 'citizens', 40, day);
    expect(granted(await ask(0, { query: '{ time }', token }))).toBe(true);
  });

  together('a question that answers yes or no asks about a person too; another purpose is another count', async () => {
    const token = await tokenOf('curious', 'KYC');
    const match = (n: number) => ({
      query: 'query ($input: Match!) { matches(input: $input) }',
      variables: { input: { personalNumber: String(n), name: 'x' } },
      token,
    });
    const answers = await Promise.all([1, 2, 3, 1, 2, 3].map((n, at) => ask(at, match(n))));
    expect(new Set([1, 2, 3, 1, 2, 3].filter((_, at) => granted(answers[at] as HttpAnswer))).size).toBe(2);
    for (const refusal of answers.filter((each) => !granted(each))) expectRefusal(refusal, 'citizens', 2, 86_400);
  });

  together('a list that does not fit is refused whole, and takes nothing', async () => {
    const token = await tokenOf('greedy');
    const list = (from: number, count: number) => ({
      query: `{ citizens(from: ${from}, count: ${count}) { name } }`,
      token,
    });
    expect(granted(await ask(0, list(2_000, 6)))).toBe(true);
    expectRefusal(await ask(1, list(2_003, 8)), 'citizens', 10, 86_400);
    expect(granted(await ask(2, list(2_002, 8)))).toBe(true);
  });

  together('a write is refused before it runs, where nobody more may be asked about', async () => {
    const token = await tokenOf('writing');
    const write = { query: 'mutation { rename(personalNumber: "3000") { name } }', token };
    expect(granted(await ask(0, write))).toBe(true);
    federation.calls.length = 0;
    expectRefusal(await ask(1, write), 'citizens', 1, 86_400);
    expect(federation.calls).toEqual([]);
  });

  together('writes that name more than there is room for run not at all, one by one or at once', async () => {
    const token = await tokenOf('updating');
    const writes = (...numbers: number[]) => ({
      query: `mutation { ${numbers.map((n) => `a${n}: rename(personalNumber: "${n}") { name }`).join(' ')} }`,
      token,
    });
    federation.calls.length = 0;
    for (let n = 0; n < 3; n++) {
      expectRefusal(
        await ask(n, writes(...[0, 1, 2, 3, 4, 5].map((each) => 4_000 + 10 * n + each))),
        'citizens',
        5,
        86_400,
      );
    }
    expect(federation.calls).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(n, writes(5_000 + n))));
    expect(answers.filter(granted)).toHaveLength(5);
    expect(federation.calls).toHaveLength(5);
  });
});

together('Redis does not learn whom anybody asked about', async ({ written }) => {
  const text = await written();
  expect(text).toMatch(/lienthong:quota:distinct:/);
  expect(text.match(/SADD/g)?.length).toBeGreaterThan(40);
  // Numbers stand in it as lengths and times too; those of persons would stand on a line of their own.
  expect(text).not.toMatch(/^(?:number |id |miss )|^(?:9[789]\d|10[0-3]\d|k1\.\S*|NAME-\d+)\r$/m);
});

together('counts that cannot be had: personal data 503 for who is counted, and it all comes back', async (server) => {
  const token = await tokenOf('curious');
  const codeOf = async (question: Question) => {
    const { status, body } = await ask(0, question);
    return status === 200 ? 'served' : body.errors?.[0]?.extensions.code;
  };
  const until = async (code: string) => {
    const deadline = Date.now() + 20_000;
    for (let seen: unknown; seen !== code; await wait(50)) {
      seen = await codeOf({ ...person(9_999_999), token });
      if (Date.now() > deadline) throw new Error(`still ${String(seen)}`);
    }
  };
  await until('QUOTA_EXCEEDED');
  await server.kill();
  await until('STATE_UNAVAILABLE');
  expect(await codeOf({ query: '{ time }', token })).toBe('served');
  await server.start();
  // What was counted before is counted still.
  await until('QUOTA_EXCEEDED');
});

test('one process counts in its own memory', async () => {
  const config = 'quotas: { requests: { limit: 5, per: 1h }, citizensPerDay: 2 }';
  const lonely = await startSmallFederation({ departments: { citizens }, config });
  try {
    const token = await lonely.token('citizens:basic:read');
    const answers = await Promise.all(Array.from({ length: 12 }, () => lonely.ask({ query: '{ time }', token })));
    expect(answers.filter(granted)).toHaveLength(5);
    for (const answer of answers.filter((each) => !granted(each))) {
      expect([answer.status, answer.headers['ratelimit-policy']]).toEqual([429, '"requests";q=5;w=3600']);
    }
    const counted = await lonely.token('citizens:basic:read', { client_id: 'counted' });
    const three = await Promise.all([1, 2, 3].map((n) => lonely.ask({ ...person(n), token: counted })));
    expect(three.filter(granted)).toHaveLength(2);
  } finally {
    await lonely.close();
  }
});
