import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { developmentRegistry } from '@lienthong/registry';
import { askToken, post } from './testing/issuers.ts';
import { asserted, assertion, dpopProof, keysOf, partnerKey, writePartners } from './testing/partners.ts';

jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), 'issuer-main-'));
const keysFile = join(folder, 'keys.json');
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Runs the issuer process; `output` grows, `ended` resolves with the exit code. */
function run(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), ...args], {
    env: { PATH: process.env.PATH, ISSUER_PORT: '0', ISSUER_KEYS_FILE: keysFile, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
      const url = /^ready (\S+)\n/.exec(output.stdout)?.[1];
      if (url) resolve(url);
    });
    void ended.then(() => reject(new Error(`ended before it was ready: ${output.stderr}`)));
  });
  ready.catch(() => undefined);
  return { child, output, ready, ended };
}

describe('the issuer process', () => {
  test('prints one ready line, logs JSON alone, drains on SIGTERM and exits 0', async () => {
    const issuer = run({});
    const url = await issuer.ready;
    expect((await askToken(url, 'viettel')).status).toBe(200);

    const form = 'grant_type=client_credentials&client_id=viettel&client_secret=demo-viettel-khong-dung-that';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    const type = 'content-type: application/x-www-form-urlencoded';
    socket.write(
      `POST /token HTTP/1.1\r\nhost: x\r\n${type}\r\ncontent-length: ${form.length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    // The server's "continue" proves that it has the request before it is told to stop.
    while (!answer.includes('100 Continue')) await new Promise((resolve) => socket.once('data', resolve));
    issuer.child.kill('SIGTERM');
    while (
      await fetch(`${url}/jwks`).then(
        (response) => response.ok,
        () => false,
      )
    );
    socket.write(form);

    expect(await issuer.ended).toBe(0);
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(issuer.output.stdout).toBe(`ready ${url}\n`);
    const entries = issuer.output.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(entries.filter((entry) => entry === 'token issued')).toHaveLength(2);
  });

  test('a taken port is told in both languages and exits 1', async () => {
    const first = run({});
    const { port } = new URL(await first.ready);
    const second = run({ ISSUER_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output.stdout).toBe('');
    expect(second.output.stderr).toBe(
      `PORT_TAKEN\ncổng mạng ${port} của 127.0.0.1 đang có chương trình khác dùng; dừng chương trình đó hoặc đặt ISSUER_PORT\n` +
        `port ${port} on 127.0.0.1 is in use by another program; stop that program or set ISSUER_PORT\n`,
    );
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });
});

describe('production', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase('issuer');
  });
  afterAll(() => database.drop());

  const production = (registry: string) => ({
    ISSUER_ENVIRONMENT: 'production',
    ISSUER_REGISTRY: registry,
    ISSUER_DATABASE_URL: database.url,
  });

  test('does not start with demo secrets', async () => {
    const issuer = run(production(developmentRegistry));
    expect(await issuer.ended).toBe(1);
    expect(issuer.output.stderr).toMatch(/^UNSAFE_IN_PRODUCTION\n/);
    expect(issuer.output.stderr).toMatch(/mot-cua.*uses a published demo secret/);
    expect(issuer.output.stderr).not.toContain('demo-mot-cua');
  });

  test('wants its own keys, made by make-keys and private; then it serves, without secrets or development login', async () => {
    const key = await partnerKey();
    const registry = writePartners(folder, { bank: { authentication: keysOf(key), bound: 'dpop' } });
    const env = {
      ...production('file' in registry ? registry.file : ''),
      ISSUER_KEYS_FILE: join(folder, 'production.json'),
      PROVINCE_KEY_FILE: join(folder, 'not-read'),
    };
    const without = run(env);
    expect(await without.ended).toBe(1);
    expect(without.output.stderr).toMatch(/^KEYS_MISSING\n.*make-keys/);

    expect(await run(env, 'make-keys').ended).toBe(0);
    chmodSync(env.ISSUER_KEYS_FILE, 0o644);
    const exposed = run(env);
    expect(await exposed.ended).toBe(1);
    expect(exposed.output.stderr).toMatch(/^KEYS_EXPOSED\n.*chmod 600/);

    chmodSync(env.ISSUER_KEYS_FILE, 0o600);
    const issuer = run(env);
    const url = await issuer.ready;
    const ask = async (grant_type: string) => {
      const form = { grant_type, personal_number: '051085000001', ...asserted(await assertion('bank', url, key)) };
      return post(url, new URLSearchParams(form), { dpop: await dpopProof(`${url}/token`, key) });
    };
    expect((await ask('client_credentials')).body.token_type).toBe('DPoP');
    const login = await ask('urn:lienthong:params:oauth:grant-type:development-login');
    expect(login.body.error).toBe('unsupported_grant_type');
    const metadata = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<
      string,
      string[]
    >;
    expect(metadata.token_endpoint_auth_methods_supported).toEqual([
      'private_key_jwt',
      'tls_client_auth',
      'self_signed_tls_client_auth',
    ]);
    issuer.child.kill('SIGTERM');
    expect(await issuer.ended).toBe(0);
  });
});
