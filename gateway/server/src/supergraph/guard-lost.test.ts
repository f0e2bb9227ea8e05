import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { pino } from 'pino';
import { request } from 'undici';

import { loadConfig } from '../config/index.ts';
import { type Gateway, startGateway } from '../gateway.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@authenticated"])';
const GUARDED = '@requiresScopes(scopes: [["a:read"]])';

let folder: string;
const running: Gateway[] = [];
const lines: Record<string, unknown>[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-lost-'));
});
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
  lines.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);

/** Composes as `lienthong compose --previous … --acknowledge …` does. */
const compose = (a: string, b: string, ...acknowledged: string[]): string => {
  writeFileSync(path('one.graphql'), `${LINK} type Query { a: Int ${a} b: Int ${b} }`);
  const departments = [{ name: 'one', url: 'http://127.0.0.1:9/graphql', schema: [path('one.graphql')] }];
  const against = acknowledged.length > 0 ? { previous: path('supergraph.graphql'), acknowledged } : {};
  const composition = composeSources({ departments }, against);
  if (!composition.ok) throw new Error(composition.errors.map(({ message }) => message).join('\n'));
  return composition.supergraph;
};

const configOf = (authorization: string, environment = 'development') => {
  writeFileSync(
    path('gateway.yaml'),
    `environment: ${environment}
listen: { port: 0 }
metrics: false
console: { enabled: false }
audit: false
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [] }
internalToken: { keyFile: ./gateway-key.pem }
${authorization}`,
  );
  return loadConfig(path('gateway.yaml'), {}).config;
};

const start = async (authorization: string): Promise<Gateway> => {
  writeFileSync(path('supergraph.graphql'), compose(GUARDED, GUARDED));
  const gateway = await startGateway(configOf(authorization), {
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  });
  running.push(gateway);
  return gateway;
};

const reload = (gateway: Gateway, supergraph: string): Promise<boolean> => {
  writeFileSync(path('supergraph.graphql'), supergraph);
  return gateway.reload();
};

/** The fields that an anonymous caller is denied. */
const denied = async ({ url }: Gateway) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await request(url, { method: 'POST', headers, body: JSON.stringify({ query: '{ a b }' }) });
  const { errors } = (await answer.body.json()) as { errors: { extensions: { coordinate?: string } }[] };
  return errors.flatMap(({ extensions }) => extensions.coordinate ?? []);
};

/** What was told since the last time, each once: the file is watched too, and a refused one is tried again. */
const told = () => {
  const found = lines.splice(0).filter(({ coordinate }) => coordinate);
  return [...new Set(found.map(({ level, failure = 'none', coordinate }) => `${level} ${failure} ${coordinate}`))];
};

test('by default production refuses and development warns', () => {
  writeFileSync(path('supergraph.graphql'), compose(GUARDED, GUARDED));
  expect(configOf('').authorization.guardLost).toBe('warn');
  expect(configOf('', 'production').authorization.guardLost).toBe('refuse');
});

describe('refuse', () => {
  const REFUSE = 'authorization: { guardLost: refuse }';

  test('keeps the old version and tells of every coordinate that asks for less', async () => {
    const gateway = await start(REFUSE);
    expect(await reload(gateway, compose('', '@authenticated'))).toBe(false);
    expect(await denied(gateway)).toEqual(['Query.a', 'Query.b']);
    expect(lines.find(({ coordinate }) => coordinate === 'Query.a')).toMatchObject({
      before: { scopes: [['a:read']] },
      after: { scopes: [] },
    });
    expect(told()).toEqual(['50 guard_lost Query.a', '50 guard_lost Query.b']);
  });

  test('takes what asks for as much, or for more', async () => {
    const gateway = await start(REFUSE);
    expect(await reload(gateway, compose('@requiresScopes(scopes: [["a:read", "b:read"]])', GUARDED))).toBe(true);
    expect(told()).toEqual([]);
  });

  test('takes what was acknowledged against the version served, and that alone', async () => {
    const gateway = await start(REFUSE);
    const guarded = readFileSync(path('supergraph.graphql'), 'utf8');
    const acknowledged = compose('', GUARDED, 'Query.a');
    expect(await reload(gateway, acknowledged)).toBe(true);
    expect(await denied(gateway)).toEqual(['Query.b']);
    expect(told()).toEqual(['40 none Query.a']);

    // Both guards back, and the acknowledgement of then in front of a version that loses the other one as well.
    expect(await reload(gateway, guarded)).toBe(true);
    const header = acknowledged.slice(0, acknowledged.indexOf('schema'));
    expect(await reload(gateway, header + compose('', ''))).toBe(false);
    expect(await denied(gateway)).toEqual(['Query.a', 'Query.b']);
    expect(told()).toEqual(['40 none Query.a', '50 guard_lost Query.b']);
  });
});

test('warn takes the new version and tells of every coordinate', async () => {
  const gateway = await start('authorization: { guardLost: warn }');
  expect(await reload(gateway, compose('', GUARDED))).toBe(true);
  expect(await denied(gateway)).toEqual(['Query.b']);
  expect(told()).toEqual(['40 guard_lost Query.a']);
});
