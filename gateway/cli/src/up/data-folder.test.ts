import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rememberedDatabases } from './databases.ts';
import { readDepartments } from './departments.ts';
import { provinceKeyFile } from './keys.ts';
import { takeLock } from './lock.ts';
import { type RunningState, readState, removeState, writeState } from './state.ts';
import { request } from './summary.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'data-'));
});

afterEach(() => rmSync(data, { recursive: true, force: true }));

const STATE: RunningState = {
  pid: 1,
  urls: {
    gateway: 'http://127.0.0.1:5000/graphql',
    console: 'http://127.0.0.1:5000/',
    metrics: 'http://127.0.0.1:5009/metrics',
    issuer: 'http://127.0.0.1:5100',
    departments: {},
  },
  ports: {},
  databases: { land: 'postgres://land:secret@127.0.0.1:1/land' },
  configuration: { file: '/deploy/gateway.yaml', variables: { GATEWAY_PORT: '5000' } },
  processes: {},
};

const ownerOnly = (file: string): boolean => (statSync(join(data, file)).mode & 0o077) === 0;

describe('the lock', () => {
  test('is refused while its owner lives, free when released', () => {
    writeFileSync(join(data, 'up.lock'), '1\n');
    const held = takeLock(data);
    expect(held.interrupted).toBe(true);
    held.release();
    expect(takeLock(data).interrupted).toBe(false);
  });

  test('of a process that ended is taken over', () => {
    writeFileSync(join(data, 'up.lock'), '999999999\n');
    expect(takeLock(data).interrupted).toBe(true);
  });
});

test('the state is for its owner alone, and gone when removed', () => {
  writeState(data, STATE);
  expect(ownerOnly('up.json')).toBe(true);
  expect(readState(data, () => true)).toEqual(STATE);
  expect(readState(data, () => false)).toBeUndefined();
  removeState(data);
  expect(readState(data, () => true)).toBeUndefined();
});

test('the province key is made once, for its owner alone', () => {
  const file = provinceKeyFile(data);
  const key = readFileSync(file, 'utf8');
  expect(key).toMatch(/^k1\.[A-Za-z0-9_-]{43}\n$/);
  expect(ownerOnly('province.key')).toBe(true);
  expect(readFileSync(provinceKeyFile(data), 'utf8')).toBe(key);
});

test('remembered databases follow the port of this run; a broken note is none, nor one of data that were deleted', () => {
  writeFileSync(join(data, 'databases.json'), '{"land":"postgres://land:p@127.0.0.1:1/land"}');
  expect(rememberedDatabases(data, 4200)).toEqual({});
  mkdirSync(join(data, 'postgres', 'data'), { recursive: true });
  writeFileSync(join(data, 'postgres', 'data', 'PG_VERSION'), '18\n');
  expect(rememberedDatabases(data, 4200)).toEqual({ land: 'postgres://land:p@127.0.0.1:4200/land' });
  writeFileSync(join(data, 'databases.json'), '{"land":');
  expect(rememberedDatabases(data, 4200)).toEqual({});
});

describe('departments.yaml', () => {
  const read = (yaml: string) => {
    writeFileSync(join(data, 'departments.yaml'), yaml);
    return readDepartments(join(data, 'departments.yaml'));
  };

  test('whoever stands there is started', () => {
    const entry = 'url: "http://127.0.0.1:4105/graphql", schema: s.graphql, start: ../one-stop/index.ts';
    expect(read(`departments:\n  one-stop: { ${entry} }`)).toEqual([
      { name: 'one-stop', start: join(data, '../one-stop/index.ts'), port: 4105, prefix: 'ONE_STOP' },
    ]);
  });

  test.each([
    ['', 'there is no department'],
    ['departments: {}', 'there is no department'],
    ['departments: { a: { url: "http://127.0.0.1:1/" } }', 'a needs a url with a port'],
    ['departments: { a: { url: "http://host/", start: x } }', 'a needs a url with a port'],
  ])('%s is refused', (yaml, message) => {
    expect(() => read(yaml)).toThrow(message);
  });
});

test('the request to paste names the issuer only when another terminal would not find it', () => {
  expect(request(STATE, data, {})).toContain('$(npx lienthong token --client mot-cua --issuer http://127.0.0.1:5100)');
  const usual = new URL('../../../../.data', import.meta.url).pathname;
  expect(request(STATE, usual, {})).toContain('$(npx lienthong token --client mot-cua)');
});
