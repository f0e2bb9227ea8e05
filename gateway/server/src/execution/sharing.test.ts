import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { buildSchema, parse } from 'graphql';
import { pino } from 'pino';

import { callerIdentity } from '../internal-token/signer.ts';
import { type Authenticated, anonymous, type Principal } from '../policy/principal.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { inProcess } from '../testing/in-process.ts';
import { AnswerShape } from './answer-shape.ts';
import { DepartmentCallError, type Received } from './department-answer.ts';
import { type Caller, DepartmentSource } from './department-source.ts';
import { Sharing } from './sharing.ts';

const SCOPES = new Set(['health:insurance:read', 'health:clinical:read']);
const officer: Authenticated = {
  kind: 'authenticated',
  issuer: 'https://issuer.test',
  subject: 's',
  clientId: 'mot-cua',
  jti: 'j',
  expiresAt: 1_800_000_000,
  scopes: new Set(['health:insurance:read']),
  org: 'H48',
  purpose: 'TTHC',
  legalBasis: '278',
  caseId: 'c',
  citizen: 'p1.a',
  claims: {},
};
const caller: Caller = {
  principal: officer,
  requestId: 'one',
  language: 'vi',
  deadline: Number.POSITIVE_INFINITY,
};
const BODY = '{"query":"{ name }"}';

const answer = (): Received => {
  const bytes = Buffer.from('{"data":{"name":"An"}}');
  return { status: 200, parts: [bytes], size: bytes.length, seconds: 0.001 };
};
const fault = (repeatable = false) => new DepartmentCallError('unavailable', 'fails', { repeatable });

interface Sent {
  readonly requestId: string;
  readonly deadline: number;
  readonly end: (result: Received | DepartmentCallError) => void;
}

/** Departments that answer when they are told to. */
const office = (patience = 10_000) => {
  const calls = new Sharing(patience);
  const sent: Sent[] = [];
  const lines: { requestId?: string; failure?: string }[] = [];
  const metrics = new Metrics({ process: false });
  const source = (name = 'health') =>
    new DepartmentSource({
      department: { name, scopes: SCOPES } as never,
      client: {
        post: (_body, headers, deadline) =>
          new Promise((end) => sent.push({ requestId: String(headers[3]), deadline, end })),
      },
      shape: new AnswerShape(buildSchema('type Query { name: String }')),
      sign: async () => 'token',
      log: pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }),
      metrics,
      sharing: { calls, identityOf: callerIdentity(SCOPES) },
    });
  const counted = async () => {
    const text = await metrics.registry.metrics();
    const found = text.matchAll(/call_duration_seconds_count\{department="health",outcome="(\w+)"\} (\d+)/g);
    return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
  };
  return { source, health: source(), sent, lines, counted };
};

/** Until what was asked has been signed and sent. */
const settled = () => setTimeout(5);

const otherwise = (claims: Partial<Authenticated>): Partial<Caller> => ({ principal: { ...officer, ...claims } });

test('two equal queries that are under way share one call, which is counted once, and each may read it', async () => {
  const { health, sent, counted } = office();
  const notes = [new Map(), new Map()];
  const asked = notes.map((departments, index) =>
    health.send(
      // The same bytes, whoever made them; the same claims, in another object.
      index === 0 ? BODY : Buffer.from(BODY),
      {
        ...caller,
        principal: { ...officer, jti: `j${index}` },
        requestId: `r${index}`,
        outcome: { record: { departments } as never },
      },
      true,
    ),
  );
  await settled();
  expect(sent.map(({ requestId }) => requestId)).toEqual(['r0']);
  sent[0]?.end(answer());
  const asPlanned = { query: '{ name }', types: [], path: [], execution: caller };
  for (const received of await Promise.all(asked)) {
    if (received instanceof DepartmentCallError) throw received;
    expect(health.read(received, asPlanned)).toEqual({ data: { name: 'An' } });
  }
  expect(await counted()).toEqual({ ok: 1 });
  expect(notes.map((each) => [...each])).toEqual([[['health', 'answered']], [['health', 'answered']]]);
});

describe('no call is shared where there is another', () => {
  test.each<[string, Partial<Caller>]>([
    ['issuer', otherwise({ issuer: 'https://other.test' })],
    ['subject', otherwise({ subject: 't' })],
    ['client', otherwise({ clientId: 'other' })],
    ['org', otherwise({ org: 'H49' })],
    ['purpose', otherwise({ purpose: 'THONGKE' })],
    ['legal basis', otherwise({ legalBasis: '47' })],
    ['case', otherwise({ caseId: 'd' })],
    ['citizen', otherwise({ citizen: 'p1.b' })],
    ['end of the token', otherwise({ expiresAt: 1_800_000_001 })],
    ['kind of caller', { principal: anonymous }],
    ['language', { language: 'en' }],
  ])('%s', async (_what, other) => {
    const { health, sent } = office();
    health.send(BODY, caller, true);
    health.send(BODY, { ...caller, ...other }, true);
    await settled();
    expect(sent).toHaveLength(2);
  });

  // With a claim left out, and with its text in the claim beside it.
  test.each(['org', 'purpose', 'legalBasis', 'caseId', 'citizen'] as const)('%s, or none', async (claim) => {
    const { health, sent } = office();
    const { [claim]: _, ...without } = officer;
    const next = claim === 'org' ? 'purpose' : 'org';
    const callers: Principal[] = [officer, without, { ...without, [next]: officer[claim] ?? '' }];
    for (const principal of callers) health.send(BODY, { ...caller, principal }, true);
    await settled();
    expect(sent).toHaveLength(3);
  });

  test.each(['{"query":"{ name }" }', '{"query":"{ name }"}\0', '{"query":"{ náme }"}', ''])(
    'body %j',
    async (body) => {
      const { health, sent } = office();
      for (const each of [BODY, body]) health.send(each, caller, true);
      await settled();
      expect(sent).toHaveLength(2);
    },
  );

  test('department, or version of the supergraph', async () => {
    const { health, source, sent } = office();
    for (const each of [health, source('land'), source('health')]) each.send(BODY, caller, true);
    await settled();
    expect(sent).toHaveLength(3);
  });
});

test.each([
  ['one more scope makes another call', 'health:clinical:read', 2],
  ['a scope that the department does not know of makes no difference', 'land:owner:read', 1],
])('%s', async (_what, scope, expected) => {
  const { health, sent } = office();
  // Of a citizen's token other scopes would count.
  const { citizen: _, ...staff } = officer;
  health.send(BODY, { ...caller, principal: staff }, true);
  health.send(BODY, { ...caller, principal: { ...staff, scopes: new Set([...staff.scopes, scope]) } }, true);
  await settled();
  expect(sent).toHaveLength(expected);
});

test('a write is never shared, and nobody is told after it what was read before', async () => {
  const { health, sent } = office();
  health.send(BODY, caller, true);
  const writes = [health.send(BODY, caller, false), health.send(BODY, caller, false)];
  await settled();
  expect(sent).toHaveLength(3);
  for (const { end } of sent.slice(1)) end(answer());
  await Promise.all(writes);
  health.send(BODY, caller, true);
  health.send(BODY, caller, true);
  await settled();
  expect(sent).toHaveLength(4);
});

test('a call that has ended is joined by nobody, however it ended', async () => {
  const { health, sent } = office();
  for (const [index, result] of [answer(), fault(), answer()].entries()) {
    const asked = health.send(BODY, caller, true);
    await settled();
    expect(sent).toHaveLength(index + 1);
    sent[index]?.end(result);
    await asked;
  }
});

describe('time', () => {
  const failureOf = async (asked: Promise<Received | DepartmentCallError>) => {
    const received = await asked;
    return received instanceof DepartmentCallError ? received.failure : 'answered';
  };

  test.each([
    ['the first', [30, 5_000], ['timeout', 'answered']],
    ['a later one', [5_000, 30], ['answered', 'timeout']],
  ])('%s that has less of it gives up alone', async (_who, times, expected) => {
    const { health, sent, lines, counted } = office();
    const began = performance.now();
    const asked = times.map((time, index) =>
      failureOf(health.send(BODY, { ...caller, requestId: `r${index}`, deadline: began + time }, true)),
    );
    const short = expected.indexOf('timeout');
    expect(await asked[short]).toBe('timeout');
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(sent).toHaveLength(1);
    // The call's time is nobody's own.
    expect(sent[0]?.deadline).toBeGreaterThan(began + 9_000);
    sent[0]?.end(answer());
    expect(await Promise.all(asked)).toEqual(expected);
    expect(lines.map(({ requestId, failure }) => [requestId, failure])).toEqual([[`r${short}`, 'timeout']]);
    expect(await counted()).toEqual({});
  });

  test('an answer that nobody waited for is counted as late', async () => {
    const { health, sent, counted } = office();
    const deadline = performance.now() + 20;
    await Promise.all([1, 2].map(() => health.send(BODY, { ...caller, deadline }, true)));
    sent[0]?.end(answer());
    await settled();
    expect(await counted()).toEqual({ timeout: 1 });
  });

  test('who has none left joins nothing', async () => {
    const { health, sent } = office();
    health.send(BODY, caller, true);
    health.send(BODY, { ...caller, deadline: performance.now() - 1 }, true);
    await settled();
    // The client refuses it before anything is sent.
    expect(sent.map(({ deadline }) => deadline > performance.now())).toEqual([true, false]);
  });
});

test('its failure is that of all, told in the log once for each, after one repetition for all', async () => {
  const { health, sent, lines, counted } = office();
  const asked = ['a', 'b', 'c'].map((requestId) => health.send(BODY, { ...caller, requestId }, true));
  await settled();
  sent[0]?.end(fault(true));
  await settled();
  sent[1]?.end(fault(true));
  const received = await Promise.all(asked);
  expect(received.map((each) => each instanceof DepartmentCallError && each.failure)).toEqual(
    Array(3).fill('unavailable'),
  );
  expect(sent).toHaveLength(2);
  expect(lines.map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
  expect(await counted()).toEqual({ unavailable: 1 });
});

test('each has a span of its own, and the department is told the first', async () => {
  const { health, sent } = office();
  const ended: string[] = [];
  const trace = (name: string): NonNullable<Caller['trace']> => ({
    begin: () => ({ traceparent: name, end: (facts) => ended.push(`${name} ${facts?.['lienthong.outcome']}`) }),
  });
  const asked = ['a', 'b'].map((name) => health.send(BODY, { ...caller, trace: trace(name) }, true));
  await settled();
  sent[0]?.end(answer());
  for (const received of await Promise.all(asked)) health.wellRead(received as Received);
  expect(ended).toEqual(['a ok', 'b ok']);
});

/** A generator of whole numbers below a bound, the same each time. */
const randomOf = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const DEPARTMENTS = {
  people: `${LINK}
    type Query { people(of: String): [Person!] }
    type Person @key(fields: "id") { id: ID! seenBy: String }
    type Mutation { move(to: String): String }`,
  names: `${LINK}
    type Person @key(fields: "id") { id: ID! name: String shownTo: String }`,
};

test.each(['inFlight', 'batched'] as const)(
  '200 requests of several callers, interleaved at random, are answered the same with %s and without',
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'lienthong-sharing-'));
    const departments = Object.entries(DEPARTMENTS).map(([name, sdl]) => {
      writeFileSync(join(folder, name), sdl);
      return { name, url: `http://${name}.invalid/graphql`, schema: [join(folder, name)] };
    });
    const composed = composeSources({ departments }, { folder });
    rmSync(folder, { recursive: true });
    if (!composed.ok) throw new Error(JSON.stringify(composed.errors));
    const { supergraph } = composed;

    const run = async (sharing: 'inFlight' | 'batched' | undefined, engine: 'compiled' | 'apollo') => {
      let calls = 0;
      let writes = 0;
      let order = 0;
      const gateway = await inProcess({
        supergraph,
        unguarded: 'allow',
        engine,
        sharing,
        onLog: () => {},
        departments:
          ({ name }) =>
          async (query, variables, claims) => {
            calls += 1;
            const write = query.startsWith('mutation');
            if (write) writes += 1;
            order = (order * 31 + calls) % 7;
            await setTimeout(order);
            const [of] = Object.values(variables);
            if (write) return { data: { [/(\w+):move/.exec(query)?.[1] ?? 'move']: `${of} ${claims}` } };
            if (name === 'people') {
              if (of === '3') throw new Error('away');
              const list = ['a', 'b'].map((id) => ({ __typename: 'Person', id: `${of}-${id}`, seenBy: claims }));
              return { data: { people: list, lt_0: list } };
            }
            const list = of as unknown as { id: string }[];
            return {
              data: { _entities: list.map(({ id }) => ({ name: id === '2-b' ? null : `tên ${id}`, shownTo: claims })) },
            };
          },
      });
      // The same requests in each run: everything that is random comes from here.
      const random = randomOf(7);
      const requests = Array.from({ length: 200 }, (_, index) => ({
        after: random(12),
        of: String(random(4)),
        write: random(10) === 0,
        principal: [
          officer,
          { ...officer, purpose: 'THONGKE' },
          { ...officer, caseId: 'd', jti: `j${index}` },
          { ...officer, citizen: 'p1.b' },
          anonymous,
        ][random(5)] as Principal,
      }));
      const answers = await Promise.all(
        requests.map(async ({ after, of, write, principal }) => {
          await setTimeout(after);
          const text = write
            ? 'mutation ($of: String) { move(to: $of) }'
            : 'query ($of: String) { people(of: $of) { id seenBy name shownTo } }';
          return gateway.ask({ document: parse(text), operationName: null, variables: { of }, principal });
        }),
      );
      await gateway.close();
      return { answers: answers.map((each) => JSON.stringify(each)), calls, writes, requests };
    };

    for (const engine of ['compiled', 'apollo'] as const) {
      const [off, on] = [await run(undefined, engine), await run(kind, engine)];
      expect(on.answers).toEqual(off.answers);
      expect(on.answers.join()).toContain('tên 1-a');
      expect(on.writes).toBe(off.requests.filter(({ write }) => write).length);
      expect(off.writes).toBe(on.writes);
      expect(on.calls).toBeLessThan(off.calls / 2);
    }
  },
);
