import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { type MyDataOptions, registerConsole, registerMyData } from './index.ts';

const dist = mkdtempSync(join(tmpdir(), 'my-data-'));
mkdirSync(join(dist, 'assets'));
writeFileSync(join(dist, 'index.html'), 'console');
writeFileSync(join(dist, 'my-data.html'), 'my data');
writeFileSync(join(dist, 'assets', 'my-data-1.js'), 'script');
afterAll(() => rmSync(dist, { recursive: true }));

const options: MyDataOptions = {
  environment: 'development',
  issuer: 'https://idp.tinh.example',
  client: 'ai-da-xem',
  endpoint: () => 'https://data.example/graphql',
  assets: true,
  dist,
};

const served = async (changes: Partial<MyDataOptions> = {}, console = false) => {
  const app = fastify();
  await registerMyData(app, { ...options, ...changes });
  if (console) await registerConsole(app, { environment: 'development', dist });
  return (url: string) => app.inject({ url });
};

describe('the citizen’s page', () => {
  test('is served with what it loads, and without the console', async () => {
    const get = await served();
    const page = await get('/my-data');
    expect([page.statusCode, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      'my data',
    ]);
    expect((await get('/assets/my-data-1.js')).body).toBe('script');
    expect((await get('/')).statusCode).toBe(404);
    expect((await get('/my-data.html')).statusCode).toBe(404);
  });

  test('stands beside the console, which serves the files of both', async () => {
    const get = await served({ assets: false }, true);
    expect((await get('/')).body).toBe('console');
    expect((await get('/my-data')).body).toBe('my data');
    expect((await get('/assets/my-data-1.js')).body).toBe('script');
    expect((await get('/my-data.html')).statusCode).toBe(404);
  });

  test('is told where to log in, as whom, and what the gateway is called', async () => {
    const get = await served();
    const answer = await get('/my-data/config.json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      environment: 'development',
      issuer: 'https://idp.tinh.example',
      client: 'ai-da-xem',
      endpoint: 'https://data.example/graphql',
    });
  });

  test('may call this gateway and the issuer, and runs nothing but its own files', async () => {
    const { headers } = await (await served())('/my-data');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self' https://idp.tinh.example; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  test('that has not been built says how', async () => {
    const answer = await (await served({ dist: tmpdir() }))('/my-data');
    expect([answer.statusCode, answer.body.includes('npm run build -w @lienthong/portal')]).toEqual([503, true]);
  });
});
