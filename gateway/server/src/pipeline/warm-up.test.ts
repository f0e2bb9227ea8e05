import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import type { PermittedShape } from '../execution/compiled/engine.ts';
import { supergraphOf } from '../planning/fixture.ts';
import type { Holder } from '../policy/self.ts';
import { Remembered } from '../remembered/remembered.ts';
import { SupergraphVersion } from '../supergraph/version.ts';
import { HotLane } from './hot-lane.ts';
import { warmUp } from './warm-up.ts';

const sdlWith = (nameScope: string, rest = 'age: Int') =>
  supergraphOf({
    one: `type Query { me: Person } type Person { id: ID name: String @requiresScopes(scopes: [["${nameScope}"]]) ${rest} }`,
  });

const limits = { tokens: 4_000, depth: 20, aliases: 60, rootFields: 60 };
const reader: Holder = { kind: 'authenticated', scopes: new Set(['read', 'audit']) };

interface Loaded {
  readonly version: SupergraphVersion;
  /** Fields permitted of each shape that was compiled. */
  readonly compiled: string[];
}

const load = async (sdl: string): Promise<Loaded> => {
  const compiled: string[] = [];
  const version = await SupergraphVersion.load(sdl, 'allow', async () => ({
    execute: () => Promise.reject(new Error('not asked')),
    plan: () => Promise.reject(new Error('not asked')),
    compile: async ({ decision }: PermittedShape) => {
      compiled.push([...decision.permitted].map(({ name }) => name).join(' '));
      return { weight: 0, run: () => Promise.reject(new Error('not asked')) };
    },
    close: async () => {},
  }));
  return { version, compiled };
};

/** An operation as a caller asked it: learned, decided, compiled. */
const ask = async (hot: HotLane, version: SupergraphVersion, query: string, principal: Holder = reader) => {
  const asked = { query, operationName: undefined, variables: {} };
  const document = hot.find(version.schema, asked)?.document ?? parse(query);
  hot.learn(asked, { version, schema: version.schema, document, operationName: null });
  const operation = version.prepare(document, null);
  const variables = new Map<string, unknown>();
  const policies = new Set<string>();
  const decision = version.decisions.decide({ operation, variables, principal, policies, guards: version.guards });
  await version.executable({ operation, decision, variables }, false);
};

const rig = async (before: string, after: string) => {
  const hot = new HotLane(new Remembered(1_048_576));
  const [from, to] = [await load(before), await load(after)];
  const run = (bounds: { operations?: number; isOver?: () => boolean; registered?: readonly string[] } = {}) =>
    warmUp({
      ...{ hot, from: from.version, to: to.version, limits, operations: bounds.operations ?? 100 },
      ...{ isOver: bounds.isOver ?? (() => false), registered: new Set(bounds.registered) },
    });
  const isKnown = (query: string) =>
    hot.find(to.version.schema, { query, operationName: undefined, variables: {} }) !== undefined;
  return { hot, from, to, run, isKnown };
};

describe('operations in use, when a new supergraph comes', () => {
  test('are ready: found by their text, and compiled for those who asked', async () => {
    const { hot, from, to, run, isKnown } = await rig(sdlWith('read'), sdlWith('read', 'age: Int size: Int'));
    await ask(hot, from.version, '{ me { id name } }');
    await ask(hot, from.version, '{ me { id name } }', { kind: 'anonymous', scopes: new Set() });
    expect(await run()).toEqual({ ready: 1, failed: 0, left: 0 });
    expect(isKnown('{ me { id name } }')).toBe(true);
    expect(to.compiled).toEqual(['me id name', 'me id']);
    await ask(hot, to.version, '{ me { id name } }');
    expect(to.compiled).toHaveLength(2);
  });

  test.each([
    ['taken away', 'read', 'other', 'me id name', 'me id'],
    ['given', 'other', 'audit', 'me id', 'me id name'],
  ])('are decided by the new rules: what was %s', async (_what, before, after, old, now) => {
    const { hot, from, to, run } = await rig(sdlWith(before), sdlWith(after));
    await ask(hot, from.version, '{ me { id name } }');
    expect(from.compiled).toEqual([old]);
    await run();
    expect(to.compiled).toEqual([now]);
  });

  test('that no longer fit are passed over and counted', async () => {
    const { hot, from, run, isKnown } = await rig(sdlWith('read'), sdlWith('read', 'size: Int'));
    await ask(hot, from.version, '{ me { age } }');
    await ask(hot, from.version, '{ me { id } }');
    expect(await run()).toEqual({ ready: 1, failed: 1, left: 0 });
    expect([isKnown('{ me { age } }'), isKnown('{ me { id } }')]).toEqual([false, true]);
  });

  test('are no more than may be, those asked for most first; registered ones come besides, asked for or not', async () => {
    const { hot, from, run, isKnown } = await rig(sdlWith('read'), sdlWith('read', 'age: Int size: Int'));
    const [often, seldom, filed, unasked] = ['{ me { id } }', '{ me { age } }', '{ me { name } }', '{ me { id age } }'];
    for (const query of [seldom, often, filed]) await ask(hot, from.version, query);
    hot.find(from.version.schema, { query: often, operationName: undefined, variables: {} });
    expect(await run({ operations: 1, registered: [filed, unasked] })).toEqual({ ready: 3, failed: 0, left: 1 });
    expect([often, seldom, filed, unasked].map(isKnown)).toEqual([true, false, true, true]);
  });

  test('wait no longer than time is given', async () => {
    const { hot, from, run } = await rig(sdlWith('read'), sdlWith('read', 'age: Int size: Int'));
    for (let n = 0; n < 10; n += 1) await ask(hot, from.version, `{ me { a${n}: id } }`);
    let turns = 0;
    expect(await run({ isOver: () => ++turns > 4 })).toEqual({ ready: 4, failed: 0, left: 6 });
  });
});
