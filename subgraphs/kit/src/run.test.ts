import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { ask } from './testing/ask.ts';
import { type TestDatabase, testDatabase } from './testing/database.ts';
import { type TestGateway, testGateway } from './testing/gateway.ts';

// Each test starts processes, on machines that may be busy.
jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../test-department/main.ts', import.meta.url));

let folder = '';
let database: TestDatabase;
let gateway: TestGateway;
let env: Record<string, string> = {};
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-run-'));
  database = await testDatabase('run');
  gateway = testGateway();
  await writeFile(join(folder, 'province.key'), `${gateway.provinceKey}\n`);
  await writeFile(join(folder, 'jwks.json'), JSON.stringify(gateway.jwks));
  env = {
    EXAMPLE_DATABASE_URL: database.url,
    EXAMPLE_PORT: '0',
    PROVINCE_KEY_FILE: join(folder, 'province.key'),
    GATEWAY_JWKS: join(folder, 'jwks.json'),
  };
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const run = (args: readonly string[], changes: Readonly<Record<string, string | undefined>> = {}) => {
  const merged = Object.entries({ PATH: process.env.PATH, ...env, ...changes }).filter(
    ([, value]) => value !== undefined,
  );
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { env: Object.fromEntries(merged) });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => ({ code: Number(code), ...output }));
  return { child, output, exited };
};

const ready = async ({ child, output, exited }: ReturnType<typeof run>): Promise<string> => {
  while (!output.stdout.includes('\n')) {
    const ended = await Promise.race([once(child.stdout, 'data').then(() => undefined), exited]);
    if (ended !== undefined) throw new Error(`the department ended: ${ended.stderr}`);
  }
  return output.stdout;
};

test('start migrates, says where it is ready, answers, and drains on SIGTERM', async () => {
  const department = run([]);
  const line = await ready(department);
  expect(line).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+\/graphql\n$/);
  const url = line.trim().slice('ready '.length);
  const { body } = await ask(
    { name: 'example', url, gateway },
    { query: '{ files(commune: "21289") { edges { cursor } } }', scopes: ['example:file:read'] },
  );
  expect(body).toEqual({ data: { files: { edges: [] } } });
  department.child.kill('SIGTERM');
  const { code, stdout, stderr } = await department.exited;
  expect([code, stdout]).toEqual([0, line]);
  for (const text of stderr.trim().split('\n')) expect(JSON.parse(text)).toMatchObject({ department: 'example' });
});

test('seed fills the database, and leaves it alone when asked to', async () => {
  const first = await run(['seed', '--citizens', '40']).exited;
  expect([first.code, first.stdout]).toEqual([0, '']);
  expect(first.stderr).toContain('example: files: 2/2');
  const second = await run(['seed', '--citizens', '10', '--if-empty']).exited;
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('the database is not empty');
});

test('a start that cannot be says why in both languages, without a stack, and exits 1', async () => {
  const { code, stdout, stderr } = await run([], { EXAMPLE_DATABASE_URL: undefined }).exited;
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('Thiếu biến môi trường EXAMPLE_DATABASE_URL'),
    expect.stringContaining('EXAMPLE_DATABASE_URL is missing'),
  ]);
});

test.each([[['restart']], [['seed', '--citizens', 'many']], [['seed', '--people', '5']]])(
  '%j is explained',
  async (args) => {
    const { code, stderr } = await run(args).exited;
    expect(code).toBe(1);
    expect(stderr).toContain('Usage: example [start | migrate | seed --citizens N [--if-empty]]');
  },
);
