import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openReader } from '@lienthong/ledger';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { recordOfAnswer } from '@lienthong/verify';

import { committed, NONCE } from '../kit/commitments.ts';
import type { HttpAnswer, Question } from '../kit/http.ts';
import { type KeptRecord, recordsIn } from '../kit/kept-records.ts';
import { ledgerKeys } from '../kit/ledger-keys.ts';
import { run } from '../kit/process.ts';
import { pythonOf } from '../kit/python.ts';
import { LINK, type SmallFederation, SUBJECTS, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(180_000);

const ORIGIN = 'data.example/ledger';
const keys = ledgerKeys();
const NUMBER = '051010000007';
/** Those that somebody tries who knows all but the last digit. */
const NUMBERS = Array.from({ length: 10 }, (_, n) => `05101000000${n}`);
const SCOPES = 'name:read match:verify';

const sdl = `${LINK}${SUBJECTS}
  scalar PersonalNumber
  type Query {
    matchCitizen(personalNumber: PersonalNumber!): Boolean
      @requiresScopes(scopes: [["match:verify"]]) @dataSubject(argument: "personalNumber")
    citizen(personalNumber: PersonalNumber!): Citizen
      @requiresScopes(scopes: [["name:read"]]) @dataSubject(argument: "personalNumber") @dataSubject(path: "id")
  }
  type Mutation {
    confirm(personalNumber: PersonalNumber!): Boolean
      @requiresScopes(scopes: [["match:verify"]]) @dataSubject(argument: "personalNumber")
  }
  type Citizen @key(fields: "id") @dataSubject(path: "id") {
    id: ID @requiresScopes(scopes: [["name:read"]])
    name: String @requiresScopes(scopes: [["name:read"]])
    note: String @policy(policies: [["notes"]])
  }`;

const MATCH = 'query ($n: PersonalNumber!) { matchCitizen(personalNumber: $n) }';
const LITERAL = (number: string) => `{ citizen(personalNumber: "${number}") { name } }`;
const ALIAS = (number: string) => `{ c${number}: citizen(personalNumber: "${number}") { name } }`;
const CONFIRM = (number: string) => `mutation { confirm(personalNumber: "${number}") }`;
const match = (number: string) => ({ query: MATCH, variables: { n: number } });

/** Every body that could have been sent about one of the numbers, and every one that could have come back. */
const REQUESTS = NUMBERS.flatMap((number) =>
  [match(number), ...[LITERAL, ALIAS, CONFIRM].map((of) => ({ query: of(number) }))].map((each) =>
    JSON.stringify(each),
  ),
);
const ANSWERS = [
  ...[true, false, null].flatMap((said) => [{ matchCitizen: said }, { confirm: said }]),
  { citizen: { name: 'NAME' } },
  ...NUMBERS.map((number) => ({ [`c${number}`]: { name: 'NAME' } })),
].map((data) => `${JSON.stringify({ data })}\n`);
const TEXTS = [MATCH, ...NUMBERS.flatMap((number) => [LITERAL(number), ALIAS(number), CONFIRM(number)])];

interface Exchange {
  readonly request: string;
  readonly answer: HttpAnswer;
}

/** What the decision point was told. */
const told: { readonly operation: { readonly hash: string } }[] = [];
const decisionPoint = createServer(async (incoming, outgoing) => {
  told.push(((await json(incoming)) as { input: (typeof told)[number] }).input);
  outgoing.end(JSON.stringify({ result: {} }));
});

let database: LedgerDatabase;
let federation: SmallFederation;
let token: string;
let folder: string;
let exchanges: readonly Exchange[];
let exported: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-guesses-'));
  database = await ledgerDatabase();
  await once(decisionPoint.listen(0, '127.0.0.1'), 'listening');
  const { port } = decisionPoint.address() as AddressInfo;
  federation = await startSmallFederation({
    departments: {
      people: {
        sdl,
        root: {
          matchCitizen: ({ personalNumber }: { personalNumber: string }) => personalNumber === NUMBER,
          confirm: ({ personalNumber }: { personalNumber: string }) => personalNumber === NUMBER,
          citizen: ({ personalNumber }: { personalNumber: string }) => ({
            id: keys.idOf(personalNumber),
            name: 'NAME',
          }),
        },
      },
    },
    audit: { database: database.writer, settings: 'timeout: 20s' },
    config: `authorization: { policyDecision: { url: "http://127.0.0.1:${port}/decide", timeout: 5s } }`,
    keys,
  });
  token = await federation.token(SCOPES);
  const asked: Exchange[] = [];
  // Each twice: the second time the text is known.
  for (const question of [
    ...[match(NUMBER), match(NUMBERS[0] ?? '')],
    ...[{ query: LITERAL(NUMBER) }, { query: ALIAS(NUMBER) }, { query: CONFIRM(NUMBER) }],
  ]) {
    asked.push(await ask(question), await ask(question));
  }
  exchanges = asked;
  exported = await everything();
});
afterAll(async () => {
  await federation?.close();
  await database?.drop();
  decisionPoint.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (question: Question, url = federation.url): Promise<Exchange> => {
  const answer = await federation.askAt(url, { ...question, token });
  expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
  return { request: JSON.stringify(question), answer };
};

/** All that somebody reads who gets hold of an export. */
const everything = async (): Promise<string> => {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const reader = openReader({ database: database.reader, origin: ORIGIN, log: silent });
  let text = '';
  for await (const line of reader.export()) text += line;
  await reader.close();
  return text;
};
async function* of(text: string): AsyncGenerator<string> {
  yield text;
}
const shown = ({ request, answer: { headers, text } }: Exchange) => ({
  record: String(headers['lienthong-record']),
  requestId: String(headers['x-request-id']),
  ...{ nonce: String(headers[NONCE]), content: text, request },
});

const sha256 = (...pieces: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

/** Whatever in a text may be 32 bytes, however it is written. */
const hashesIn = (text: string): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const [hex] of text.matchAll(/[0-9a-f]{64}/g)) found.add(hex);
  for (const [base64] of text.matchAll(/[A-Za-z0-9_+/-]{43}/g)) {
    found.add(Buffer.from(base64, base64.search(/[+/]/) < 0 ? 'base64url' : 'base64').toString('hex'));
  }
  return found;
};

/** Every hash that somebody could make of a candidate who knows the export, the format, and no nonce. */
const guesses = (candidate: string, known: readonly Buffer[]): string[] => {
  const hash = sha256(candidate);
  const kinds = [0x00, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15].map((kind) => Buffer.of(kind));
  return [
    hash,
    sha256(hash),
    ...kinds.flatMap((kind) => [sha256(kind, hash), sha256(kind, candidate)]),
    ...known.flatMap((each) => kinds.slice(-2).map((kind) => sha256(kind, each, hash))),
  ].map((each) => each.toString('hex'));
};

test('no hash of an export is that of a body, an answer or a text that somebody tries', () => {
  const hashes = hashesIn(exported);
  expect(hashes.size).toBeGreaterThan(4 * exchanges.length);
  // Whatever an author of the gateway might have made the nonce of: record keys, their salts, roots, what is all zeros.
  const inExport = [...hashes].map((hex) => Buffer.from(hex, 'hex'));
  const salts = inExport.flatMap((each) =>
    [0, 1, 2].map((slot) => sha256(Buffer.of(0x12), each, Buffer.of(0, 0, 0, slot))),
  );
  const ids = exchanges.flatMap(({ answer: { headers } }) =>
    ['lienthong-record', 'x-request-id'].map((name) => sha256(String(headers[name]))),
  );
  const known = [...inExport, ...inExport.map((each) => sha256(each)), ...salts, ...ids, Buffer.alloc(32), Buffer.of()];
  const found = [...REQUESTS, ...ANSWERS, ...TEXTS].filter((candidate) =>
    guesses(candidate, known).some((guess) => hashes.has(guess)),
  );
  expect(found).toEqual([]);
});

test('whoever holds an answer shows which record is of it, and of what request', async () => {
  for (const exchange of exchanges) {
    // What was tried above is what was said: a list of other bodies would prove nothing.
    expect(REQUESTS).toContain(exchange.request);
    expect(ANSWERS).toContain(exchange.answer.text);
    expect(await recordOfAnswer(of(exported), shown(exchange))).toMatchObject({ is: 'found' });
  }
  const [one, , other] = exchanges.map(shown);
  if (!one || !other) throw new TypeError('nothing was asked');
  expect(await recordOfAnswer(of(exported), { ...one, content: other.content })).toMatchObject({ what: 'answer' });
  expect(await recordOfAnswer(of(exported), { ...one, nonce: other.nonce })).toMatchObject({ what: 'answer' });
  expect(await recordOfAnswer(of(exported), { ...one, request: other.request })).toMatchObject({ what: 'request' });
});

test('no two answers have one nonce, nor any two commitments alike', async () => {
  expect(new Set(exchanges.map(({ answer }) => answer.headers[NONCE])).size).toBe(exchanges.length);
  for (const { answer } of exchanges) expect(answer.headers[NONCE]).toMatch(/^[\w-]{43}$/);
  const kept = (await records()).filter(({ common }) => common.kind !== 'INTENT');
  const made = kept.flatMap(({ operation }) => [operation.requestCommitment, operation.answerCommitment]);
  expect([made.length, new Set(made).size]).toEqual([2 * kept.length, 2 * kept.length]);
});

test('a nonce stands in its answer and nowhere else', async () => {
  const written = `${exported}${federation.gateway.log()}`;
  expect(written).toContain('operationHash');
  const nonces = exchanges.map(({ answer }) => Buffer.from(String(answer.headers[NONCE]), 'base64url'));
  for (const nonce of nonces) {
    for (const encoding of ['base64url', 'base64', 'hex'] as const) {
      expect(written).not.toContain(nonce.toString(encoding).replace(/=+$/, ''));
    }
    // Nor is it what another value of the record was made of.
    const hashes = hashesIn(exported);
    for (const made of [sha256(nonce), sha256(Buffer.of(0x12), nonce, Buffer.alloc(4))]) {
      expect(hashes.has(made.toString('hex'))).toBe(false);
    }
  }
});

test('no caller chooses it', async () => {
  const chosen = Buffer.alloc(32, 1).toString('base64url');
  const headers = { [NONCE]: chosen, nonce: chosen, 'x-request-id': chosen };
  const exchange = await ask({ ...match(NUMBER), headers });
  expect(exchange.answer.headers[NONCE]).not.toBe(chosen);
  const id = exchange.answer.headers['lienthong-record'];
  const record = (await records()).find(({ common }) => common.id === id);
  expect(record?.operation.answerCommitment).toBe(
    committed.answer(exchange.answer.headers[NONCE], exchange.answer.text),
  );
  expect(record?.operation.answerCommitment).not.toBe(committed.answer(chosen, exchange.answer.text));
});

test('the log knows an operation by the same hash as the ledger, and tells as little', async () => {
  const hashes = new Map((await records()).map(({ operation }) => [operation.request, operation.operation?.hash]));
  for (const { answer } of exchanges) {
    const id = String(answer.headers['x-request-id']);
    const line = federation.gateway
      .log()
      .split('\n')
      .find((each) => each.includes(id) && each.includes('operationHash'));
    expect(JSON.parse(line ?? '{}').operationHash).toBe(hashes.get(id));
  }
  const logged = hashesIn(federation.gateway.log());
  expect([...TEXTS, ...REQUESTS].filter((text) => guesses(text, []).some((guess) => logged.has(guess)))).toEqual([]);
});

test('the decision point knows an operation by the same hash', async () => {
  const query = `{ citizen(personalNumber: "${NUMBER}") { note } }`;
  const { headers } = await federation.ask({ query, token });
  const record = (await records()).find(({ common }) => common.id === headers['lienthong-record']);
  expect(record?.operation.operation?.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(told.map(({ operation }) => operation.hash)).toEqual([record?.operation.operation?.hash]);
});

test('one question has one hash: hot or cold, by variable, literal or alias, whoever it is about', async () => {
  const others = [{ query: LITERAL(NUMBERS[1] ?? '') }, { query: ALIAS(NUMBERS[2] ?? '') }];
  const compiled = [exchanges[4], exchanges[5], exchanges[6], await ask(others[0] ?? { query: '' })];
  const variable = `query Q($x: PersonalNumber!) { who: citizen(personalNumber: $x) { name } }`;
  compiled.push(await ask(others[1] ?? { query: '' }), await ask({ query: variable, variables: { x: NUMBER } }));
  const apollo = await federation.another({ LIENTHONG_EXECUTION_ENGINE: 'apollo' });
  const reference = [
    await ask(others[0] ?? { query: '' }, apollo.url),
    await ask({ query: ALIAS(NUMBER) }, apollo.url),
  ];
  const all = await records();
  const hashOf = (exchange: Exchange | undefined) =>
    all.find(({ common }) => common.id === exchange?.answer.headers['lienthong-record'])?.operation.operation?.hash;
  const seen = new Set([...compiled, ...reference].map(hashOf));
  expect([...seen]).toEqual([createHash('sha256').update('query{citizen(personalNumber){name}}').digest('hex')]);
  expect(hashOf(exchanges[0])).not.toBe(hashOf(exchanges[4]));
});

describe('without signatures', () => {
  test('an answer has its nonce all the same', async () => {
    const { url } = await federation.another({ LIENTHONG_SIGNING: 'false' });
    const exchange = await ask(match(NUMBER), url);
    expect(exchange.answer.headers).not.toHaveProperty('signature');
    expect(await recordOfAnswer(of(await everything()), shown(exchange))).toMatchObject({ is: 'found' });
  });
});

test('an answer without a record has no nonce', async () => {
  const anonymous = await federation.ask({ query: LITERAL(NUMBER) });
  const refused = await federation.ask({ query: LITERAL(NUMBER), token: 'nobody' });
  expect([anonymous.status, refused.status]).toEqual([200, 401]);
  for (const { headers } of [anonymous, refused]) expect(headers).not.toHaveProperty(NONCE);
});

describe('lienthong answer verify --ledger', () => {
  const verify = async ({ request, answer }: Exchange, ledger: string, content = answer.text) => {
    const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
    const file = (name: string) => join(folder, name);
    await writeFile(file('headers'), [`HTTP/1.1 ${answer.status} OK`, ...head, '', ''].join('\r\n'));
    await writeFile(file('body'), content);
    await writeFile(file('request'), request);
    await writeFile(file('ledger.jsonl'), ledger);
    const jwks = new URL('/.well-known/jwks.json', federation.url).href;
    return run([
      ...['gateway/cli/bin/lienthong.js', 'answer', 'verify', '--lang', 'en', '--keys', jwks],
      ...['headers', 'body', 'request'].flatMap((name) => [`--${name}`, file(name)]),
      ...['--ledger', file('ledger.jsonl')],
    ]);
  };

  test('tells which record is of the answer, from an export or from its line alone', async () => {
    const [exchange] = exchanges;
    if (!exchange) throw new TypeError('nothing was asked');
    const { seq } = (await records()).find(({ common }) => common.id === shown(exchange).record) as KeptRecord;
    const line = exported.split('\n').find((each) => each.includes(shown(exchange).record)) ?? '';
    for (const ledger of [exported, line]) {
      const { code, stdout, stderr } = await verify(exchange, ledger);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`in ledger   record ${seq}, and it is of this answer\n`);
    }
    const others = exported.split('\n').filter((each) => each !== line);
    expect(await verify(exchange, others.join('\n'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NO record/),
    });
  });

  test('docs/examples/verify-answer.py finds the same, where there is a Python with its library', async () => {
    const python = await pythonOf('docs/examples/verify-answer.py');
    if (!python) return;
    const [exchange, , other] = exchanges;
    if (!exchange || !other) throw new TypeError('nothing was asked');
    const lineOf = (one: Exchange) => exported.split('\n').find((each) => each.includes(shown(one).record)) ?? '';
    await verify(exchange, lineOf(exchange));
    const keysFile = join(folder, 'jwks.json');
    await writeFile(keysFile, await (await fetch(new URL('/.well-known/jwks.json', federation.url))).text());
    const files = [...['headers', 'body', 'request'].map((name) => join(folder, name)), keysFile];
    const example = ['docs/examples/verify-answer.py', ...files, join(folder, 'ledger.jsonl')];
    expect((await python(...example)).stdout).toBe('holds\n');
    const renamed = lineOf(other).replace(shown(other).record, shown(exchange).record);
    await writeFile(join(folder, 'ledger.jsonl'), renamed);
    await expect(python(...example)).rejects.toThrow(/the record of another answer/);
  });

  test('does not take the record of another answer under that name', async () => {
    const [exchange] = exchanges;
    if (!exchange) throw new TypeError('nothing was asked');
    const { record } = shown(exchange);
    const commitment = /"answerCommitment\\":\\"([\w-]{43})/;
    const line = exported.split('\n').find((each) => each.includes(record)) ?? '';
    const altered = line.replace(commitment, `"answerCommitment\\":\\"${'A'.repeat(43)}`);
    expect(altered).not.toBe(line);
    expect(await verify(exchange, altered)).toMatchObject({ code: 1, stderr: expect.stringMatching(/ALTERED/) });
  });
});

const records = () => recordsIn(database.owner);
