import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Agent } from 'undici';
import { engines } from '../kit/engines.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { familyOf, memoryOf, socketsOf } from '../kit/proc.ts';
import { logged, type Running } from '../kit/process.ts';
import { LINK, type SmallDepartment, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import type { Behaviour } from './faulty-department.ts';
import { FaultyProcess } from './faulty-process.ts';

jest.setTimeout(60_000);

const CLIENTS = 32;
/** Milliseconds for which clients go on asking. */
const WHILE = 500;
/** Calls at a time that the gateway may make to the faulty department. */
const CONNECTIONS = 12;
/** Milliseconds. */
const REQUEST_TIMEOUT = 3_000;
/** Milliseconds: so long that only what hangs takes it, on any machine. */
const HANGS = REQUEST_TIMEOUT + 5_000;
/** MiB by which the gateway may grow in all that happens here; what is poured at it is many times as much. */
const GROWTH = 250;

const departments: Readonly<Record<string, SmallDepartment>> = {
  people: {
    sdl: `${LINK} type Query { people(from: Int!): [Person!] } type Person @key(fields: "id") { id: ID!  name: String }`,
    root: { people: ({ from }: { from: number }) => idsFrom(from).map((id) => ({ id, name: `Đinh Văn ${id}` })) },
  },
  land: {
    sdl: `${LINK} type Person @key(fields: "id") { id: ID!  parcels: [String!] }`,
    entities: { Person: ({ id }) => ({ parcels: [`Thửa ${id}`] }) },
  },
  health: {
    sdl: `${LINK} type Person @key(fields: "id") { id: ID!  insurance: Insurance }
      type Insurance { number: String!  level: Int! }`,
  },
};

const idsFrom = (from: number): string[] => [0, 1, 2].map((more) => String(from + more));
const QUERY = 'query ($from: Int!) { people(from: $from) { name parcels insurance { number level } } }';

/** What has to be answered; `lost`: without what the faulty department should have said. */
const expected = (from: number, lost: boolean) => ({
  people: idsFrom(from).map((id) => ({
    name: `Đinh Văn ${id}`,
    parcels: [`Thửa ${id}`],
    insurance: lost ? null : { number: `GD${id}`, level: 80 },
  })),
});

const faulty = new FaultyProcess();
const agent = new Agent({ connections: CLIENTS });
let federation: SmallFederation;
beforeAll(async () => {
  await faulty.start();
  federation = await startSmallFederation({
    departments,
    env: {
      LIENTHONG_EXECUTION_ENGINE: 'compiled',
      LIENTHONG_EXECUTION_TIMEOUT: `${REQUEST_TIMEOUT}ms`,
      LIENTHONG_EXECUTION_MEMORY: '16MiB',
      LIENTHONG_DEPARTMENTS_HEALTH_URL: faulty.url,
      LIENTHONG_DEPARTMENTS_HEALTH_TIMEOUT: '1s',
      LIENTHONG_DEPARTMENTS_HEALTH_CONNECTIONS: String(CONNECTIONS),
      LIENTHONG_DEPARTMENTS_HEALTH_QUEUE: String(CLIENTS),
      LIENTHONG_DEPARTMENTS_HEALTH_ANSWER_SIZE: '8MiB',
      LIENTHONG_DEPARTMENTS_HEALTH_CIRCUIT_FAILURES: '6',
      LIENTHONG_DEPARTMENTS_HEALTH_CIRCUIT_PAUSE: '100ms',
    },
  });
});
afterAll(async () => {
  await federation?.close();
  await agent.close();
  await faulty.kill();
});

let asked = 0;

/** Asks for other people each time: an answer that got its neighbour's data would be seen. */
const ask = async (gateway: Running): Promise<{ readonly from: number; readonly answer: HttpAnswer }> => {
  asked += 3;
  const from = asked;
  const answer = await federation.askAt(gateway.url, { query: QUERY, variables: { from }, dispatcher: agent });
  return { from, answer };
};

/** The code under which the faulty department's part is missing; undefined where nothing is. All else has to be there. */
const codeOf = ({ from, answer }: Awaited<ReturnType<typeof ask>>): unknown => {
  const { status, body, text } = answer;
  expect(status).toBe(200);
  expect(text).not.toMatch(/select 1|127\.0\.0\.1|ECONN|socket/i);
  const codes = new Set(body.errors?.map(({ extensions }) => extensions.code));
  if (codes.size === 0) {
    expect(body).toEqual({ data: expected(from, false) });
    return undefined;
  }
  expect(body.data).toEqual(expected(from, true));
  expect(body.errors?.map(({ extensions }) => extensions.department)).not.toContain('people');
  expect([...codes]).toHaveLength(1);
  return [...codes][0];
};

/** Many clients for a while; what became of the faulty department's part, and how long the longest took. */
const load = async (gateway: Running) => {
  const end = performance.now() + WHILE;
  const codes = new Set<unknown>();
  let slowest = 0;
  const client = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      codes.add(codeOf(await ask(gateway)));
      slowest = Math.max(slowest, performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { codes, slowest };
};

/** Asks until all is well again: a circuit that stays open is a test that ends too late. */
const recovered = async (gateway: Running) => {
  for (;;) {
    if (codeOf(await ask(gateway)) === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const UNAVAILABLE = 'DEPARTMENT_UNAVAILABLE';
const TIMEOUT = 'DEPARTMENT_TIMEOUT';
const ERROR = 'DEPARTMENT_ERROR';

/**
 * What some callers have to be told while it behaves so; undefined: nothing is missing. On a busy machine any call may be out
 * of time, and the circuit may open; which code stands for what, one by one, is in departments.test.ts.
 */
const cases: readonly (readonly [Behaviour, readonly unknown[]])[] = [
  ['well', [undefined]],
  ['slow', [undefined]],
  ['hang', [TIMEOUT]],
  ['hang up', [UNAVAILABLE]],
  ['reset', [UNAVAILABLE]],
  ['half a body', [UNAVAILABLE]],
  ['content-length too long', [UNAVAILABLE]],
  ['content-length too short', [ERROR]],
  ['no HTTP', [ERROR]],
  ['half a JSON text', [ERROR]],
  ['no JSON', [ERROR]],
  ['invalid UTF-8', [ERROR]],
  ['another shape', [ERROR]],
  ['another entity too many', [ERROR]],
  ['errors', [ERROR]],
  ['duplicate keys', [undefined]],
  // By its own bound, by that on all together, or by time: whichever is met first.
  ['100 MiB', [ERROR, UNAVAILABLE, TIMEOUT]],
  ['chunks without end', [TIMEOUT]],
  ['a head without end', [TIMEOUT]],
];

describe.each(engines)('with the engine %s', (engine) => {
  let gateway: Running;
  let before = 0;
  /** Sockets that the gateway holds towards the faulty department. */
  const sockets = () => {
    const port = Number(new URL(faulty.url).port).toString(16).toUpperCase().padStart(4, '0');
    const rows = socketsOf(familyOf(gateway.child.pid ?? 0).map(({ pid }) => pid));
    return rows.filter(({ remote }) => remote.endsWith(`:${port}`)).length;
  };

  beforeAll(async () => {
    gateway =
      engine === 'compiled' ? federation.gateway : await federation.another({ LIENTHONG_EXECUTION_ENGINE: engine });
    await load(gateway);
    before = memoryOf(gateway.child.pid ?? 0);
  });

  test.each(cases)('a department that answers: %s', async (behaviour, told) => {
    await faulty.behave(behaviour);
    try {
      const { codes, slowest } = await load(gateway);
      expect(told.some((code) => codes.has(code))).toBe(true);
      expect([...told, TIMEOUT, UNAVAILABLE]).toEqual(expect.arrayContaining([...codes]));
      expect(slowest).toBeLessThan(HANGS);
      expect(sockets()).toBeLessThanOrEqual(CONNECTIONS);
    } finally {
      await faulty.behave('well');
    }
    await recovered(gateway);
  });

  test('a department that is frozen under load, and goes on', async () => {
    const under = load(gateway);
    faulty.signal('SIGSTOP');
    try {
      const { codes, slowest } = await under;
      expect(codes).toContain(TIMEOUT);
      expect(slowest).toBeLessThan(HANGS);
      await load(gateway);
    } finally {
      faulty.signal('SIGCONT');
    }
    await recovered(gateway);
  });

  test('a department that is killed under load, and comes back', async () => {
    const under = load(gateway);
    await faulty.kill();
    const { codes } = await under;
    expect(codes).toContain(UNAVAILABLE);
    await faulty.start();
    await recovered(gateway);
  });

  test('the circuit was opened and closed, and the log says so', async () => {
    for (const circuit of ['open', 'half-open', 'closed']) {
      await logged(gateway, `"department":"health","circuit":"${circuit}"`);
    }
    expect(gateway.log()).not.toMatch(/"department":"(people|land)","circuit"/);
  });

  test('nothing is left behind: the same process, its memory, its sockets, nothing unhandled', async () => {
    expect(gateway.child.exitCode).toBeNull();
    expect(gateway.log()).not.toMatch(/"failure":"(unhandled|internal|engine)"/);
    expect(memoryOf(gateway.child.pid ?? 0) - before).toBeLessThan(GROWTH);
    expect(sockets()).toBeGreaterThan(0);
    expect(sockets()).toBeLessThanOrEqual(CONNECTIONS);
  });
});
