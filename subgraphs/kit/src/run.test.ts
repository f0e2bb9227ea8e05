import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ask } from './testing/ask.ts';
import { type TestDatabase, testDatabase } from './testing/database.ts';
import { type TestGateway, testGateway } from './testing/gateway.ts';

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
    { query: '{ files(commune: "21289") { edges { cursor } } }' },
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

describe('cannot start, says why in both languages, without a stack or a password, and exits 1', () => {
  const other = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return { EXAMPLE_DATABASE_URL: url.href };
  };
  const taken = createServer();
  const listening = new Promise<string>((resolve) => {
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      resolve(String(typeof address === 'object' ? address?.port : ''));
    });
  });
  afterAll(() => void taken.close());

  test.each<
    [
      string,
      string[],
      () => Promise<Record<string, string | undefined>> | Record<string, string | undefined>,
      string,
      string,
    ]
  >([
    ['no database named', [], () => ({ EXAMPLE_DATABASE_URL: undefined }), 'EXAMPLE_DATABASE_URL is missing', 'Thiếu'],
    [
      'missing database',
      [],
      () =>
        other((url) => {
          url.pathname = '/nowhere';
        }),
      '/nowhere does not exist',
      'không tồn tại',
    ],
    [
      'wrong password',
      [],
      () =>
        other((url) => {
          url.password = 'wrong-secret';
        }),
      'refuses the account',
      'từ chối',
    ],
    [
      'taken port',
      [],
      async () => ({ EXAMPLE_PORT: await listening }),
      'set EXAMPLE_PORT',
      'đang có chương trình khác',
    ],
    ['no port', [], () => ({ EXAMPLE_PORT: 'http' }), 'from 0 to 65535', 'phải là số'],
    ['no key', [], () => ({ PROVINCE_KEY_FILE: '/nowhere' }), 'PROVINCE_KEY_FILE: no province key', 'không đọc được'],
    ['no gateway', [], () => ({ GATEWAY_JWKS: undefined }), 'GATEWAY_JWKS is missing', 'Thiếu'],
    [
      'a gateway in the open',
      [],
      () => ({ GATEWAY_JWKS: 'http://192.0.2.1/jwks' }),
      'loopback addresses only',
      'https://',
    ],
    ['unknown command', ['restart'], () => ({}), 'Usage: example', 'Cách dùng'],
    ['no number', ['seed', '--citizens', 'many'], () => ({}), 'Usage: example', 'Cách dùng'],
    ['unknown option', ['seed', '--people', '5'], () => ({}), 'Usage: example', 'Cách dùng'],
  ])('%s', async (_title, args, changes, english, vietnamese) => {
    const { code, stdout, stderr } = await run(args, await changes()).exited;
    expect([code, stdout]).toEqual([1, '']);
    const [vi, en, ...more] = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect(vi).toContain(vietnamese);
    expect(en).toContain(english);
    expect(more).toEqual([]);
    expect(stderr).not.toContain(new URL(database.url).password);
    expect(stderr).not.toContain('wrong-secret');
  });
});
