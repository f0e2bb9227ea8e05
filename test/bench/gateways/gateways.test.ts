import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, visit } from 'graphql';

import { changes, ratiosOf, readBaseline } from './baseline.ts';
import { DEPARTMENTS } from './departments/resolvers.ts';
import { schemaFile } from './departments/serve.ts';
import { categoryOf } from './engines/categories.ts';
import { importPeer } from './engines/peers.ts';
import { byCategory } from './engines/profiler.ts';
import { FLOOR_JSON, floors, others, oursOf, type RunningEngine, STOCK } from './engines.ts';
import { readOptions, SECTIONS } from './options.ts';
import { NotMeasured } from './parts.ts';
import { profileWorkload } from './profile.ts';
import { Rig } from './rig.ts';
import type { Row } from './rounds.ts';
import { ASCII } from './scaling.ts';
import { spreadOf } from './statistics.ts';
import { DISTINCT, distinctOperation, listOf, workloads } from './workloads.ts';

/** The benchmark's own queries, asked of fewer people. */
const FEW = { variants: 2 };
const big = { ...workloads.big, ...FEW };
const medium = { ...workloads.medium, ...FEW };
const small = { ...workloads.small, ...FEW };
const list = listOf(1_000);

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({
    engines: [...floors, ...others.filter(({ name }) => name === STOCK), oursOf('apollo'), oursOf('compiled')],
    workloads: [big, medium, small, list, { ...ASCII, ...FEW }],
    citizens: 1_200,
    progress: () => {},
  });
}, 120_000);
afterAll(() => rig?.close());

const engine = (name: string): RunningEngine => {
  const found = rig.engines.running.find((each) => each.name === name);
  if (!found) throw new Error(`${name} does not run: ${JSON.stringify(rig.engines.notMeasured)}`);
  return found;
};

test('floors, stock Apollo and ours all run; only what this version does not have yet may be missing', () => {
  expect(rig.engines.notMeasured.filter(({ expected }) => !expected)).toEqual([]);
  for (const name of [...floors.map((floor) => floor.name), STOCK, oursOf('apollo').name]) engine(name);
});

test('of the operations that fill memory no two select the same', () => {
  const selected = (n: number) => distinctOperation(n).query.replace(`Distinct${n}`, '');
  expect(new Set(Array.from({ length: DISTINCT }, (_, n) => selected(n))).size).toBe(DISTINCT);
  expect(DISTINCT).toBeGreaterThan(100_000);
  for (const n of [0, 1, 777, 20_000, DISTINCT - 1]) parse(distinctOperation(n).query);
});

describe('answers', () => {
  test.each([
    ['big', 16, big],
    ['medium', 4, medium],
    ['small', 3, small],
    ['list', 2, list],
  ] as const)(
    '%s: every gateway answers as stock Apollo does with %i calls',
    async (_, fetches, workload) => {
      expect(rig.recordings.get(workload.name)?.fetches).toBe(fetches);
      for (const running of rig.engines.running) {
        const { calls, requests } = await rig.prepare(running, workload);
        expect(requests).toHaveLength(workload.variants);
        // A gateway may merge calls; the floors make those of stock Apollo.
        if (!running.ours) expect([running.name, calls]).toEqual([running.name, fetches]);
      }
    },
    60_000,
  );

  test('vary, and are Vietnamese but for their ASCII twins, which are as long', () => {
    const texts = (name: string): string[] =>
      rig.recordings.get(name)?.answers.map(({ data }) => JSON.stringify(data)) ?? [];
    const [one = '', another = ''] = texts('big');
    expect(one).not.toBe(another);
    expect(Buffer.byteLength(one)).toBeGreaterThan(60_000);
    expect(one).toMatch(/Trường tiểu học/);
    const [twin = ''] = texts('big in ASCII');
    expect(twin).toMatch(/^[\x20-\x7e]+$/);
    expect(Math.abs(twin.length / one.length - 1)).toBeLessThan(0.001);
  });

  test('one that is wrong is no result', async () => {
    const others = { ...small, variables: (variant: number) => small.variables(variant + 7) };
    await expect(rig.prepare(engine(STOCK), others)).rejects.toThrow('stock Apollo answers small wrongly (variant 0)');
  });

  test('ours enforces scopes: without a token nothing that is guarded', async () => {
    const { body, headers } = rig.request(small, 0);
    const { authorization: _, ...anonymous } = headers;
    const answer = await fetch(engine(oursOf('apollo').name).url, { method: 'POST', headers: anonymous, body });
    const { data, errors } = Object(await answer.json());
    expect([data.citizen.fullName, data.citizen.insurance]).toEqual([null, null]);
    expect(errors).not.toHaveLength(0);
  });
});

test('a third of the fields is guarded', () => {
  let [fields, guarded] = [0, 0];
  for (const name of DEPARTMENTS) {
    visit(parse(readFileSync(schemaFile(name), 'utf8')), {
      FieldDefinition: ({ directives }) => {
        fields += 1;
        if (directives?.some((directive) => directive.name.value === 'requiresScopes')) guarded += 1;
      },
    });
  }
  expect(guarded / fields).toBeGreaterThan(1 / 3);
});

test('load is counted, and costs processor time', async () => {
  for (const running of rig.engines.running) {
    const { requests } = await rig.prepare(running, small);
    const stretch = await rig.stretch(running, requests, { connections: 4, seconds: 0, atLeast: 40 });
    expect(stretch.requests).toBeGreaterThanOrEqual(40);
    expect(stretch.cpu).toBeGreaterThan(0);
    expect(stretch.p99).toBeGreaterThanOrEqual(stretch.p50);
  }
}, 60_000);

test('load notices an answer of another length', async () => {
  const { requests } = await rig.prepare(engine(FLOOR_JSON), small);
  const wrong = requests.map((request) => ({ ...request, bytes: 1 }));
  const stretch = rig.stretch(engine(FLOOR_JSON), wrong, { connections: 1, seconds: 0, atLeast: 3 });
  await expect(stretch).rejects.toThrow('of 3 answers under load failed 3 × length');
});

test('a peer that is not installed is said to be', async () => {
  await expect(importPeer('@graphql-hive/of-no-such-name')).rejects.toThrow(NotMeasured);
});

describe('a profile', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url });
  const undici = frame('write', 'file:///a/node_modules/undici/lib/dispatcher/client-h1.js');
  const net = frame('writev', 'node:net');

  test.each([
    ['what Node does natively, for whoever asked for it', [frame('writev'), net, undici], 'HTTP client (undici)'],
    [
      'the innermost that says',
      [frame('#leaf', 'file:///a/gateway/server/src/execution/compiled/read.ts'), undici],
      'engine: read answers',
    ],
    ['what is for no one', [frame('writev'), net], 'sockets, timers, event loop'],
    ['what collects garbage', [frame('(garbage collector)'), undici], 'garbage collection'],
    [
      'a function of ours called like one of V8',
      [frame('(program)', 'file:///a/gateway/server/src/index.ts')],
      'the rest of the gateway',
    ],
    ['waiting', [frame('(idle)')], undefined],
  ])('%s', (_, frames, category) => {
    expect(categoryOf(frames)).toBe(category);
  });

  test('divides time: a sample stands until the next one', () => {
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      { id: 2, callFrame: undici },
      { id: 3, callFrame: frame('(idle)') },
    ];
    const profiled = byCategory({ nodes, samples: [2, 3, 2, 2], timeDeltas: [9_000, 1_000, 5_000, 2_000] });
    expect(profiled['HTTP client (undici)']).toBe(3);
    expect(Object.values(profiled).reduce((sum, milliseconds) => sum + milliseconds, 0)).toBe(3);
  });

  test('of a gateway is as long as what it spent', async () => {
    const columns = await profileWorkload(rig, 'small', small, { rounds: 1, seconds: 0.2, keep: undefined }, 50);
    expect(columns).toHaveLength(rig.engines.running.length);
    for (const { figures } of columns) {
      const whole = figures.at(-1) ?? 0;
      expect(whole).toBeGreaterThan(0);
      expect(figures.slice(0, -1).reduce((sum, figure) => sum + figure, 0)).toBeCloseTo(whole, 3);
    }
  }, 60_000);
});

test('options', () => {
  expect(readOptions([])).toMatchObject({ only: SECTIONS, seconds: 0.8, rounds: 5, operations: 20_000 });
  expect(readOptions(['--quick']).only).toEqual(['big', 'medium', 'small']);
  expect(readOptions(['--quick', '--only', 'small,big', '--seconds', '5'])).toMatchObject({
    only: ['big', 'small'],
    seconds: 5,
    rounds: 3,
  });
  expect(() => readOptions(['--only', 'huge'])).toThrow('there is no huge');
  expect(() => readOptions(['--rounds', '1.5'])).toThrow('--rounds');
});

test('medians and spreads', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 });
});

describe('baseline', () => {
  const row = (name: string, ratio: number): Row => {
    const figure = spreadOf([ratio]);
    return {
      engine: name,
      ours: true,
      cpu: figure,
      ratio: figure,
      perSecond: figure,
      p50: figure,
      p99: figure,
      calls: 1,
    };
  };

  test('only ours can be worse, and by more than noise', () => {
    const now = ratiosOf({ small: [row('ours, compiled', 1.3), row(STOCK, 20), row(FLOOR_JSON, 1)] });
    expect(now).toEqual({ small: { 'ours, compiled': 1.3, [STOCK]: 20 } });
    const worse = (before: number) =>
      changes({ small: { 'ours, compiled': before, [STOCK]: 5 } }, now).map((change) => change.worse);
    expect(worse(1)).toEqual([true, false]);
    expect(worse(1.2)).toEqual([false, false]);
  });

  test('the committed one names workloads and gateways that exist', () => {
    const names = [...floors, ...others, oursOf('apollo'), oursOf('compiled')].map(({ name }) => name);
    for (const [title, engines] of Object.entries(readBaseline())) {
      expect(Object.keys(workloads)).toContain(title.split(',')[0]);
      expect(names).toEqual(expect.arrayContaining(Object.keys(engines)));
    }
  });
});
