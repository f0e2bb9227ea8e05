import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import type { ConsoleOptions, DemoClient, DemoProvider } from './index.ts';
import { registerConsole } from './index.ts';

const SECRET = 'bi-mat-khong-duoc-lo';
const motCua: DemoClient & { secret: string } = {
  id: 'mot-cua',
  name: { vi: 'Một cửa', en: 'One-stop counter' },
  purposes: [{ code: 'TTHC', scopes: ['citizens:basic:read'] }],
  secret: SECRET,
};
const demo: DemoProvider = {
  clients: async () => [motCua],
  token: async (client, purpose) => `token-of-${client}-${purpose}`,
};

let dist: string;
const running: FastifyInstance[] = [];

beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(dist, 'assets'));
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Liên Thông</title>');
  writeFileSync(join(dist, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(dist, 'assets', 'codicon-abc.ttf'), 'font');
});

afterAll(async () => {
  await Promise.all(running.map((app) => app.close()));
  rmSync(dist, { recursive: true });
});

async function start(options: Partial<ConsoleOptions> = {}): Promise<FastifyInstance> {
  const app = Fastify();
  running.push(app);
  await registerConsole(app, { environment: 'development', dist, ...options });
  return app;
}

const sameOrigin = { host: 'localhost:4000', 'sec-fetch-site': 'same-origin' };
const ask = (
  app: FastifyInstance,
  headers: Record<string, string>,
  payload: unknown = { client: 'mot-cua', purpose: 'TTHC' },
) =>
  app.inject({
    method: 'POST',
    url: '/console/token',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('pages', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/index-abc.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/codicon-abc.ttf', 'font/ttf', 'public, max-age=31536000, immutable'],
  ])('%s is served as %s with cache-control %s', async (url, contentType, cacheControl) => {
    const answer = await (await start()).inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(contentType);
    expect(answer.headers['cache-control']).toBe(cacheControl);
  });

  test.each(['/', '/assets/index-abc.js', '/console/config.json'])('%s carries every security header', async (url) => {
    const { headers } = await (await start()).inject(url);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; " +
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test('a file is compressed for whoever accepts it, and only then', async () => {
    const app = await start();
    const compressed = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': 'br, gzip' } });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.rawPayload).toString()).toBe('export {};');
    for (const encoding of ['identity', 'gzip;q=0', 'gzip; q=0.0']) {
      const plain = await app.inject({ url: '/assets/index-abc.js', headers: { 'accept-encoding': encoding } });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.body).toBe('export {};');
    }
  });

  test.each([
    '/../package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/%2e%2e%5c%2e%2e%5cpackage.json',
    '//etc/passwd',
    '/assets/',
    '/assets/index-abc.js%00.html',
  ])('%s leads nowhere', async (url) => {
    expect((await (await start()).inject(url)).statusCode).toBe(404);
  });

  test('nothing of the request is written into the page', async () => {
    const answer = await (await start()).inject('/?q=<script>alert(1)</script>');
    expect(answer.body).toBe('<!doctype html><title>Liên Thông</title>');
  });

  test('a console that was not built says in both languages how to build it', async () => {
    const answer = await (await start({ dist: join(dist, 'none') })).inject('/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build -w @lienthong/portal');
    expect(answer.body).toContain('Chạy lệnh');
    expect(answer.body).toContain('Run this');
  });

  test('the gateway keeps its own body parsers and headers', async () => {
    const app = await start();
    app.post('/graphql', async (request) => ({ got: request.body }));
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ a }' } });
    expect(answer.json()).toEqual({ got: { query: '{ a }' } });
    expect(answer.headers['content-security-policy']).toBeUndefined();
  });
});

describe('/console/config.json', () => {
  test('lists the demo clients without anything else the provider knows of them', async () => {
    const answer = await (await start({ demo, explain: true })).inject('/console/config.json');
    expect(answer.json()).toEqual({
      environment: 'development',
      explain: true,
      demo: true,
      clients: [{ id: 'mot-cua', name: motCua.name, purposes: motCua.purposes }],
    });
    expect(answer.body).not.toContain(SECRET);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('knows no clients in production', async () => {
    const answer = await (await start({ environment: 'production' })).inject('/console/config.json');
    expect(answer.json()).toEqual({ environment: 'production', explain: false, demo: false, clients: [] });
  });
});

describe('/console/token', () => {
  test.each([
    ['Fetch Metadata says so', sameOrigin],
    ['Origin is its own', { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' }],
    ['both agree, over IPv6', { host: '[::1]:4000', origin: 'http://[::1]:4000', 'sec-fetch-site': 'same-origin' }],
  ])('is given to the page when %s', async (_case, headers) => {
    const answer = await ask(await start({ demo }), headers);
    expect(answer.json()).toEqual({ token: 'token-of-mot-cua-TTHC' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    ['another site', { host: 'localhost:4000', 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { host: 'localhost:4000', 'sec-fetch-site': 'same-site' }],
    ['an address typed by hand', { host: 'localhost:4000', 'sec-fetch-site': 'none' }],
    ['another origin', { host: 'localhost:4000', origin: 'http://localhost:5000' }],
    ['an opaque origin', { host: 'localhost:4000', origin: 'null' }],
    ['headers that contradict', { ...sameOrigin, origin: 'https://evil.example' }],
    ['no sign of where it comes from', { host: 'localhost:4000' }],
    ['a name pointed at this machine (DNS rebinding)', { ...sameOrigin, host: 'evil.example:4000' }],
    ['a name that only looks local', { ...sameOrigin, host: 'localhost.evil.example' }],
  ])('is refused to %s', async (_case, headers) => {
    const answer = await ask(await start({ demo }), headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error.code).toBe('CROSS_SITE');
  });

  test('is given under a host name that the operator listed', async () => {
    const headers = { ...sameOrigin, host: 'thu.quangngai.example' };
    expect((await ask(await start({ demo, hosts: ['thu.quangngai.example'] }), headers)).statusCode).toBe(200);
  });

  test.each([
    ['another media type', { 'content-type': 'text/plain' }, { client: 'mot-cua', purpose: 'TTHC' }, 415, 'JSON_ONLY'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'client=mot-cua', 415, 'JSON_ONLY'],
    ['broken JSON', {}, '{"client":', 400, 'MALFORMED'],
    ['a list', {}, ['mot-cua', 'TTHC'], 400, 'MALFORMED'],
    ['a client that is no text', {}, { client: { id: 'mot-cua' }, purpose: 'TTHC' }, 400, 'MALFORMED'],
    ['a long body', {}, { client: 'x'.repeat(2000), purpose: 'TTHC' }, 400, 'MALFORMED'],
    ['an unknown client', {}, { client: 'ai-do', purpose: 'TTHC' }, 400, 'UNKNOWN_CLIENT'],
    ['a purpose not registered', {}, { client: 'mot-cua', purpose: 'EMERGENCY' }, 400, 'UNKNOWN_CLIENT'],
  ])('is refused for %s', async (_case, headers, payload, status, code) => {
    const answer = await ask(await start({ demo }), { ...sameOrigin, ...headers }, payload);
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    expect(answer.json().error.messages).toEqual({ vi: expect.any(String), en: expect.any(String) });
  });

  test('an issuer that fails is an error of its own and shows no reason', async () => {
    const failing: DemoProvider = { ...demo, token: async () => Promise.reject(new Error(`wrong secret ${SECRET}`)) };
    const answer = await ask(await start({ demo: failing }), sameOrigin);
    expect([answer.statusCode, answer.json().error.code]).toEqual([502, 'ISSUER_UNAVAILABLE']);
    expect(answer.body).not.toContain(SECRET);
  });

  test('does not exist without a demo provider, whatever is sent', async () => {
    const app = await start({ environment: 'production' });
    expect((await ask(app, sameOrigin)).statusCode).toBe(404);
    expect((await ask(app, { 'content-type': 'text/plain' }, 'x')).statusCode).toBe(404);
  });

  test('a demo provider in production stops the start', async () => {
    await expect(start({ environment: 'production', demo })).rejects.toThrow('development only');
  });
});
