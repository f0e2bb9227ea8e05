import { setImmediate, setTimeout } from 'node:timers/promises';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { generateKeyPair } from 'jose';
import { pino } from 'pino';

import type { GatewayKey } from '../../internal-token/keys.ts';
import { callerIdentity, type TokenSigner, tokenSigner } from '../../internal-token/signer.ts';
import { type Authenticated, anonymous } from '../../policy/principal.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { AnswerShape } from '../answer-shape.ts';
import { DepartmentCallError, type Received } from '../department-answer.ts';
import { type Caller, DepartmentSource, type Processed } from '../department-source.ts';
import { Sharing } from '../sharing.ts';
import { entityCall } from './entity-call.ts';

const SCOPES = new Set(['health:insurance:read', 'health:clinical:read']);
const SDL = `
  scalar _Any
  type Citizen { name: String }
  union _Entity = Citizen
  type Query { _entities(representations: [_Any!]!): [_Entity]! }`;
const QUERY = 'query($representations:[_Any!]!){_entities(representations:$representations){...on Citizen{name}}}';

let key: GatewayKey;
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256');
  key = { privateKey, kid: 'k', jwks: { keys: [] } };
});

const officer: Authenticated = {
  kind: 'authenticated',
  issuer: 'https://issuer.test',
  subject: 's',
  clientId: 'mot-cua',
  jti: 'j',
  expiresAt: 4_102_444_800,
  scopes: new Set(['health:insurance:read']),
  org: 'H48',
  purpose: 'TTHC',
  legalBasis: '278',
  caseId: 'c',
  claims: {},
};
const caller: Caller = { principal: officer, requestId: 'r', language: 'vi', deadline: Number.POSITIVE_INFINITY };

interface Sent {
  readonly query: string;
  readonly ids: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly headers: readonly string[];
  /** Of its answer. */
  readonly end: (answer: object | string | DepartmentCallError, status?: number) => void;
}

const named = (id: string) => ({ name: `tên ${id}` });
/** What a sound department says. */
const sound = ({ ids }: Sent) => ({ data: { _entities: ids.map(named) } });

interface OfficeSettings {
  readonly delay?: number;
  readonly binding?: 'channel' | 'body';
  /** Absent: the product's own. */
  readonly sign?: TokenSigner;
}

/** A department that answers when it is told to. */
const office = ({ delay = 0, binding = 'channel', sign }: OfficeSettings = {}) => {
  const calls = new Sharing(10_000);
  const sent: Sent[] = [];
  const lines: { requestId?: string; failure?: string; level?: number }[] = [];
  const metrics = new Metrics({ process: false });
  const source = (name = 'health') => {
    const department = { name, scopes: SCOPES } as never;
    return new DepartmentSource({
      department,
      client: {
        post: (bytes, headers) =>
          new Promise<Received | DepartmentCallError>((resolve) => {
            const body = bytes.toString();
            const { query, variables = {} } = JSON.parse(body);
            const ids = (variables.representations ?? []).map(({ id }: { id: string }) => id);
            const end: Sent['end'] = (answer, status = 200) => {
              if (answer instanceof DepartmentCallError) return resolve(answer);
              const part = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
              resolve({ status, parts: [part], size: part.length, seconds: 0.001 });
            };
            sent.push({ query, ids, variables, body, headers, end });
          }),
      },
      shape: new AnswerShape(buildSchema(SDL, { assumeValid: true })),
      sign: sign ?? tokenSigner({ key, department, binding, certificate: undefined, now: () => Date.now() }),
      log: pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }),
      metrics,
      sharing: { calls, identityOf: callerIdentity(SCOPES), batchDelay: delay },
    });
  };
  const health = source();
  const ask = (
    ids: readonly string[],
    other: Partial<Caller> = {},
    { query = QUERY, more = {}, from = health } = {},
  ) => {
    const representations = ids.map((id) => ({ __typename: 'Citizen', id }));
    const call = entityCall(query, { representations, ...more });
    if (!call) throw new TypeError('no entities');
    const execution = { ...caller, ...other };
    const asked = { query, types: ids.map(() => 'Citizen'), path: [], execution };
    return from
      .sendEntities(call, execution)
      .then((got): Processed => (got instanceof DepartmentCallError ? from.failed(got, asked) : from.read(got, asked)));
  };
  const counted = async () => {
    const text = await metrics.registry.metrics();
    const found = text.matchAll(/call_duration_seconds_count\{department="health",outcome="(\w+)"\} (\d+)/g);
    return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
  };
  return { source, health, ask, sent, lines, counted };
};

/** Until what was asked has been gathered and sent. */
const settled = async () => {
  await setTimeout(5);
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
};

const until = async (isSo: () => boolean) => {
  while (!isSo()) await setTimeout(5);
};

const names = ({ data, errors }: Processed) => ({
  names: (data?._entities as ({ name: string } | null)[] | undefined)?.map((each) => each?.name ?? null),
  ...(errors ? { errors: errors.map(({ path, extensions }) => [path?.join('.'), extensions?.code]) } : {}),
});

test('entities that several requests ask for at the same time are one call, each told once', async () => {
  const { ask, sent, counted } = office();
  const notes = [['1', '2'], ['3'], ['2', '3', '2']].map((ids, index) => {
    const departments = new Map();
    const own = { requestId: `r${index}`, outcome: { record: { departments } as never } };
    // Equal in all that is told of him, in another object.
    return { departments, answer: ask(ids, { ...own, principal: { ...officer, jti: `j${index}` } }) };
  });
  await settled();
  expect(sent.map(({ ids, headers }) => [ids, headers[3]])).toEqual([[['1', '2', '3'], 'r0']]);
  for (const each of sent) each.end(sound(each));
  expect((await Promise.all(notes.map(({ answer }) => answer))).map(names)).toEqual([
    { names: ['tên 1', 'tên 2'] },
    { names: ['tên 3'] },
    { names: ['tên 2', 'tên 3', 'tên 2'] },
  ]);
  expect(await counted()).toEqual({ ok: 1 });
  expect(notes.map(({ departments }) => [...departments])).toEqual(Array(3).fill([['health', 'answered']]));
});

test('the same in another order is told in that order', async () => {
  const { ask, sent } = office();
  const answers = [ask(['1', '2']), ask(['2', '1'])];
  await settled();
  expect(sent.map(({ ids }) => ids)).toEqual([['1', '2']]);
  sent[0]?.end(sound(sent[0]));
  expect((await Promise.all(answers)).map(names)).toEqual([
    { names: ['tên 1', 'tên 2'] },
    { names: ['tên 2', 'tên 1'] },
  ]);
});

test('a call is made with the token by which it was put together', async () => {
  const tokens = ['one', 'other', 'one', 'later'];
  const { ask, sent } = office({ sign: () => tokens.shift() ?? '' });
  for (const id of ['1', '2', '3']) ask([id]);
  await settled();
  expect(sent.map(({ ids, headers }) => [ids, headers[1]])).toEqual([
    [['1', '3'], 'Bearer one'],
    [['2'], 'Bearer other'],
  ]);
});

test('who is alone asks in his own words', async () => {
  const { ask, sent } = office();
  const more = { v0: 'ữ', v1: undefined };
  ask(['2', '2'], {}, { more });
  await settled();
  const representations = ['2', '2'].map((id) => ({ __typename: 'Citizen', id }));
  expect(sent.map(({ body }) => body)).toEqual([
    JSON.stringify({ query: QUERY, variables: { representations, v0: 'ữ' } }),
  ]);
});

test('what is ready in another turn is another call', async () => {
  const { ask, sent } = office();
  ask(['0']);
  await settled();
  // The token is there by now: nothing but the turn is waited for.
  ask(['1']);
  // Ours stands before the one that sends it.
  await setImmediate();
  await setImmediate();
  ask(['2']);
  await settled();
  expect(sent.map(({ ids }) => ids)).toEqual([['0'], ['1'], ['2']]);
});

test('with a delay, what is ready within it is one call', async () => {
  const { ask, sent } = office({ delay: 100 });
  ask(['1']);
  await settled();
  ask(['2']);
  await until(() => sent.length > 0);
  expect(sent.map(({ ids }) => ids)).toEqual([['1', '2']]);
});

describe('no call is shared where there is another', () => {
  const otherwise = (claims: Partial<Authenticated>): Partial<Caller> => ({ principal: { ...officer, ...claims } });

  test.each<[string, Partial<Caller>]>([
    ['issuer', otherwise({ issuer: 'https://other.test' })],
    ['subject', otherwise({ subject: 't' })],
    ['client', otherwise({ clientId: 'other' })],
    ['org', otherwise({ org: 'H49' })],
    ['purpose', otherwise({ purpose: 'THONGKE' })],
    ['legal basis', otherwise({ legalBasis: '47' })],
    ['case', otherwise({ caseId: 'd' })],
    ['citizen', otherwise({ citizen: 'p1.b' })],
    ['scope', otherwise({ scopes: SCOPES })],
    ['end of the token', otherwise({ expiresAt: Math.floor(Date.now() / 1_000) + 10 })],
    ['kind of caller', { principal: anonymous }],
    ['language', { language: 'en' }],
  ])('%s', async (_what, other) => {
    const { ask, sent } = office();
    const answers = [ask(['1', '2']), ask(['2', '3'], other)];
    await settled();
    expect(sent.map(({ ids }) => ids)).toEqual([
      ['1', '2'],
      ['2', '3'],
    ]);
    expect(new Set(sent.map(({ headers }) => `${headers[1]} ${headers[5]}`)).size).toBe(2);
    // Answered the other way round.
    for (const each of [...sent].reverse()) each.end(sound(each));
    expect((await Promise.all(answers)).map(names)).toEqual([
      { names: ['tên 1', 'tên 2'] },
      { names: ['tên 2', 'tên 3'] },
    ]);
  });

  // With a claim left out, and with its text in the claim beside it.
  test.each(['org', 'purpose', 'legalBasis', 'caseId'] as const)('%s, or none', async (claim) => {
    const { ask, sent } = office();
    const { [claim]: _, ...without } = officer;
    const next = claim === 'org' ? 'purpose' : 'org';
    for (const principal of [officer, without, { ...without, [next]: officer[claim] ?? '' }]) ask(['1'], { principal });
    await settled();
    expect(sent).toHaveLength(3);
  });

  test.each<[string, object]>([
    ['question', { query: QUERY.replace('{name}', '{name __typename}') }],
    ['value of a variable', { more: { v0: 2 } }],
    ['type of that value', { more: { v0: '1' } }],
    ['variable', { more: { v1: 1 } }],
    ['number of variables', { more: {} }],
  ])('%s', async (_what, other) => {
    const { ask, sent } = office();
    ask(['1'], {}, { more: { v0: 1 } });
    ask(['2'], {}, { more: { v0: 1 }, ...other });
    await settled();
    expect(sent.map(({ ids }) => ids)).toEqual([['1'], ['2']]);
  });

  test('department, or version of the supergraph', async () => {
    const { ask, source, sent } = office();
    for (const from of [source('land'), source('health'), source('health')]) ask(['1'], {}, { from });
    await settled();
    expect(sent).toHaveLength(3);
  });

  test('a token that is bound to one request is shared by nobody', async () => {
    const { ask, sent } = office({ binding: 'body' });
    ask(['1']);
    ask(['2']);
    await settled();
    expect(sent.map(({ ids }) => ids)).toEqual([['1'], ['2']]);
  });
});

test('a scope that the department does not know of makes no difference', async () => {
  const { ask, sent } = office();
  ask(['1']);
  ask(['2'], { principal: { ...officer, scopes: new Set([...officer.scopes, 'land:owner:read']) } });
  await settled();
  expect(sent).toHaveLength(1);
});

describe('what is wrong', () => {
  test('with an entity is told to those who asked for it, at their positions', async () => {
    const { ask, sent, counted } = office();
    const answers = [ask(['3']), ask(['1', '2']), ask(['4', '2'])];
    await settled();
    const [call] = sent;
    call?.end({
      data: { _entities: [named('3'), named('1'), null, named('4')] },
      errors: [{ message: 'SELECT 1', path: ['_entities', 2] }],
    });
    expect((await Promise.all(answers)).map(names)).toEqual([
      { names: ['tên 3'] },
      { names: ['tên 1', null], errors: [['_entities.1.name', 'DEPARTMENT_ERROR']] },
      { names: ['tên 4', null], errors: [['_entities.1.name', 'DEPARTMENT_ERROR']] },
    ]);
    // Though who read it first was told of none.
    expect(await counted()).toEqual({ errors: 1 });
  });

  test('with a member of another form concerns those alone who asked for it', async () => {
    const { ask, sent } = office();
    const answers = [ask(['1']), ask(['2'])];
    await settled();
    sent[0]?.end({ data: { _entities: [{ name: { a: 1 } }, named('2')] } });
    expect((await Promise.all(answers)).map(names)).toEqual([
      { names: [null], errors: [['_entities.0.name', 'DEPARTMENT_ERROR']] },
      { names: ['tên 2'] },
    ]);
  });

  test('with nothing in particular is told to all', async () => {
    const { ask, sent } = office();
    const answers = [ask(['1']), ask(['2'])];
    await settled();
    sent[0]?.end({ data: { _entities: [named('1'), named('2')] }, errors: [{ message: 'no' }] });
    expect((await Promise.all(answers)).map(names)).toEqual(
      ['tên 1', 'tên 2'].map((name) => ({ names: [name], errors: [[undefined, 'DEPARTMENT_ERROR']] })),
    );
  });

  test('with the connection fails all, after one repetition for all, with a line for each', async () => {
    const { ask, sent, lines, counted } = office();
    const answers = ['a', 'b'].map((requestId) => ask([requestId], { requestId }));
    await settled();
    sent[0]?.end(new DepartmentCallError('unavailable', 'no', { repeatable: true }));
    await settled();
    sent[1]?.end(new DepartmentCallError('unavailable', 'no', { repeatable: true }));
    expect((await Promise.all(answers)).map(({ errors }) => errors?.[0]?.extensions?.code)).toEqual(
      Array(2).fill('DEPARTMENT_UNAVAILABLE'),
    );
    expect(sent).toHaveLength(2);
    expect(lines.map(({ requestId, failure }) => [requestId, failure])).toEqual([
      ['a', 'unavailable'],
      ['b', 'unavailable'],
    ]);
    expect(await counted()).toEqual({ unavailable: 1 });
  });

  test.each<[string, object | string | DepartmentCallError, number, string]>([
    ['a list that is too short', { data: { _entities: [named('2')] } }, 200, 'errors'],
    ['a list that is too long', { data: { _entities: ['3', '2', '1', '0'].map(named) } }, 200, 'errors'],
    ['no data', { data: null, errors: [{ message: 'one of them is bad' }] }, 200, 'errors'],
    ['a refusal', { errors: [{ message: 'one of them is bad' }] }, 400, 'errors'],
    ['half of it', '{"data":{"_entities":[{"name":"tên 1"},{"na', 200, 'invalid'],
    ['another status', { data: { _entities: ['1', '2', '3'].map(named) } }, 500, 'errors'],
    ['too much', new DepartmentCallError('invalid', 'an answer of more than 32 bytes'), 200, 'invalid'],
  ])('with the whole answer (%s) lets each be asked for by himself', async (_what, answer, status, outcome) => {
    const { ask, sent, lines, counted } = office();
    const answers = [['1', '2'], ['3']].map((ids, index) => ask(ids, { requestId: `r${index}` }));
    await settled();
    expect(sent.map(({ ids }) => ids)).toEqual([['1', '2', '3']]);
    sent[0]?.end(answer, status);
    await settled();
    expect(sent.slice(1).map(({ ids, headers }) => [ids, headers[3]])).toEqual([
      [['1', '2'], 'r0'],
      [['3'], 'r1'],
    ]);
    for (const each of sent.slice(1)) each.end(sound(each));
    expect((await Promise.all(answers)).map(names)).toEqual([{ names: ['tên 1', 'tên 2'] }, { names: ['tên 3'] }]);
    expect(lines.map(({ requestId, failure }) => [requestId, failure])).toEqual([['r0', 'batch']]);
    expect(await counted()).toEqual({ [outcome]: 1, ok: 2 });
  });

  test('and who asked for all of it is not asked for again', async () => {
    const { ask, sent } = office();
    const answers = [ask(['1', '2']), ask(['2'])];
    await settled();
    sent[0]?.end({ data: { _entities: [named('2')] } });
    await settled();
    expect(sent.slice(1).map(({ ids }) => ids)).toEqual([['2']]);
    sent[1]?.end(sound(sent[1]));
    // A list of one is nobody's of whom two were asked for.
    expect((await Promise.all(answers)).map(names)).toEqual([
      { names: undefined, errors: [[undefined, 'DEPARTMENT_ERROR']] },
      { names: ['tên 2'] },
    ]);
  });
});

describe('size', () => {
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `n${from + index}`);

  test('who asks for much asks alone, and at once', async () => {
    const { ask, sent } = office({ delay: 100 });
    ask(['1']);
    ask(many(101));
    ask([`${'x'.repeat(40_000)}`]);
    await until(() => sent.length === 3);
    expect(sent.map(({ ids }) => ids.length)).toEqual([101, 1, 1]);
    expect(sent.at(-1)?.ids).toEqual(['1']);
  });

  test('a call that is full is sent, and another one begun', async () => {
    const { ask, sent } = office({ delay: 20 });
    const asked = Array.from({ length: 12 }, (_, index) => ask(many(90, 90 * index)));
    await until(() => sent.length === 3);
    expect(sent.map(({ ids }) => ids.length)).toEqual([450, 450, 180]);
    for (const each of sent) each.end(sound(each));
    for (const [index, answer] of (await Promise.all(asked)).entries()) {
      expect(names(answer).names?.[0]).toBe(`tên n${90 * index}`);
    }
  });
});

describe('time', () => {
  test('who has less of it gives up alone', async () => {
    const { ask, sent, lines, counted } = office();
    const deadline = performance.now() + 150;
    const [short, long] = [ask(['1'], { deadline, requestId: 'short' }), ask(['2'], { requestId: 'long' })];
    expect((await short).errors?.[0]?.extensions?.code).toBe('DEPARTMENT_TIMEOUT');
    expect(sent.map(({ ids }) => ids)).toEqual([['1', '2']]);
    await settled();
    sent[0]?.end(sound(sent[0]));
    expect(names(await long)).toEqual({ names: ['tên 2'] });
    expect(lines.map(({ requestId, failure }) => [requestId, failure])).toEqual([['short', 'timeout']]);
    expect(await counted()).toEqual({ ok: 1 });
  });

  test('an answer that nobody waited for is counted as late', async () => {
    const { ask, sent, counted } = office();
    const deadline = performance.now() + 150;
    await Promise.all([ask(['1'], { deadline }), ask(['2'], { deadline })]);
    await settled();
    sent[0]?.end(sound(sent[0]));
    await settled();
    expect(await counted()).toEqual({ timeout: 1 });
  });

  test('who has less of it than others are waited for does not wait', async () => {
    const { ask, sent } = office({ delay: 100 });
    ask(['1']);
    ask(['2'], { deadline: performance.now() + 60 });
    await settled();
    expect(sent.map(({ ids }) => ids)).toEqual([['2']]);
  });
});

test('after a write nobody is told what was read before it', async () => {
  const { ask, health, sent } = office();
  ask(['1']);
  await settled();
  const write = health.send('{"query":"mutation{a}"}', caller, false);
  await settled();
  sent[1]?.end({ data: {} });
  await write;
  const answer = ask(['1']);
  await settled();
  expect(sent).toHaveLength(3);
  sent[2]?.end({ data: { _entities: [named('new')] } });
  expect(names(await answer)).toEqual({ names: ['tên new'] });
});

test('the same united call under way is joined like any other', async () => {
  const { ask, sent } = office();
  const first = [ask(['1']), ask(['2'])];
  await settled();
  const second = [ask(['1']), ask(['2', '1'])];
  await settled();
  expect(sent).toHaveLength(1);
  sent[0]?.end(sound(sent[0]));
  expect((await Promise.all([...first, ...second])).map((each) => names(each).names)).toEqual([
    ['tên 1'],
    ['tên 2'],
    ['tên 1'],
    ['tên 2', 'tên 1'],
  ]);
});

test('each has a span of its own, ended by what he was told, and the department is told one', async () => {
  const { ask, sent } = office();
  const ended: string[] = [];
  const trace = (name: string): NonNullable<Caller['trace']> => ({
    begin: () => ({ traceparent: name, end: (facts) => ended.push(`${name} ${facts?.['lienthong.outcome']}`) }),
  });
  const answers = [ask(['1']), ask(['2'], { trace: trace('a') }), ask(['3'], { trace: trace('b') })];
  await settled();
  expect(sent[0]?.headers.slice(-2)).toEqual(['traceparent', 'a']);
  sent[0]?.end({ data: { _entities: [null, null, null] }, errors: [{ message: 'no', path: ['_entities', 2] }] });
  await Promise.all(answers);
  expect(ended).toEqual(['a ok', 'b errors']);
});
