import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';
import { writeState } from './up/state.ts';

let data: string;
let file: string;
let up: ChildProcess;
const before = { ...process.env };

/** What stands for a running `lienthong up`: a process that lives and is called so. */
beforeAll(() => {
  up = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)', 'lienthong up']);
});

afterAll(() => void up.kill());

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'config-'));
  file = join(data, 'gateway.yaml');
  writeFileSync(join(data, 'supergraph.graphql'), '');
  writeFileSync(
    file,
    'environment: development\nlisten: { port: "${GATEWAY_PORT}" }\nsupergraph: { file: ./supergraph.graphql }\nauthentication: { issuers: [] }\n',
  );
  process.env.LIENTHONG_DATA = data;
});

afterEach(() => {
  process.env = { ...before };
  process.exitCode = 0;
  rmSync(data, { recursive: true, force: true });
});

const runWith = (variables: Record<string, string>): void =>
  writeState(data, {
    pid: up.pid ?? 0,
    urls: { gateway: '', console: '', metrics: '', issuer: '', departments: {} },
    ports: {},
    databases: {},
    configuration: { file, variables },
    processes: {},
  });

test('without --config it is what the running gateway read, whatever this terminal overrides', () => {
  runWith({ GATEWAY_PORT: '5000', LIENTHONG_LIMITS_DEPTH: '7' });
  process.env.LIENTHONG_LISTEN_PORT = '6000';
  process.env.GATEWAY_PORT = '7000';
  expect(readConfig(undefined, 'en')).toMatchObject({
    file,
    config: { listen: { port: 5000 }, limits: { depth: 7 } },
  });
});

test('with --config it is that file and this terminal, though something runs', () => {
  runWith({ GATEWAY_PORT: '5000' });
  process.env.GATEWAY_PORT = '7000';
  expect(readConfig(file, 'en')?.config.listen.port).toBe(7000);
});

test('without --config, where nothing runs, it is refused', () => {
  expect(() => readConfig(undefined, 'en')).toThrow(expect.objectContaining({ code: 'CONFIG_UNKNOWN' }));
});
