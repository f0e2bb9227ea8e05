import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { Browser, pick } from '../testing/browser.ts';
import { post, testIssuers, verified } from '../testing/issuers.ts';
import {
  asserted,
  assertion,
  dpopProof,
  keysOf,
  type PartnerKey,
  partnerKey,
  writePartners,
} from '../testing/partners.ts';
import { startDevelopmentUpstream } from '../upstream-development/index.ts';

/** Two processes of one issuer, as a load balancer sees them: one name, one database, one key file. */
const issuers = testIssuers();
const redirect_uri = 'http://127.0.0.1:9/callback';
const verifier = randomBytes(32).toString('base64url');

let database: TestDatabase;
let wire: Awaited<ReturnType<typeof breakableWire>>;
let upstream: Awaited<ReturnType<typeof startDevelopmentUpstream>>;
let one: Awaited<ReturnType<typeof issuers.start>>;
let two: typeof one;
let key: PartnerKey;

beforeAll(async () => {
  database = await testDatabase('issuer');
  wire = await breakableWire(database.url);
  [upstream, key] = await Promise.all([startDevelopmentUpstream(0), partnerKey()]);
  const login = { of: 'officers', redirectUris: [redirect_uri] };
  const registry = writePartners(issuers.folder, {
    a: { authentication: keysOf(key), login },
    cong: { authentication: { method: 'none' }, login },
  });
  one = await issuers.start({ registry, upstream: upstream.settings, database: wire.url });
  two = await issuers.start({ registry, upstream: upstream.settings, database: wire.url, issuer: one.issuer });
});
afterAll(async () => {
  await issuers.stop();
  await upstream.close();
  await wire.close();
  await database.drop();
});

const ask = async (at: typeof one, jwt: string, proof?: string) => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...asserted(jwt) });
  return post(at.url, form, proof === undefined ? {} : { dpop: proof });
};

test('an assertion and a proof work at one of two processes only', async () => {
  const jwt = await assertion('a', one.issuer, key);
  const both = await Promise.all([one, two].map((at) => ask(at, jwt)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);

  const proof = await dpopProof(`${one.issuer}/token`, key);
  const proofs = [one, two].map(async (at) => ask(at, await assertion('a', one.issuer, key), proof));
  expect((await Promise.all(proofs)).map(({ status }) => status).sort()).toEqual([200, 400]);
});

/** Pushes at the first process; everything that names it may be sent to either. */
async function push(client: string, authentication: Record<string, string>): Promise<string> {
  const form = {
    client_id: client,
    response_type: 'code',
    redirect_uri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...authentication,
  };
  const response = await fetch(`${one.url}/par`, { method: 'POST', body: new URLSearchParams(form) });
  const { request_uri } = (await response.json()) as { request_uri: string };
  return `${one.issuer}/authorize?${new URLSearchParams({ client_id: client, request_uri })}`;
}

async function logIn(address: string): Promise<string> {
  const browser = new Browser();
  const page = await browser.open(address, redirect_uri);
  if ('redirected' in page) throw new Error('redirected');
  const back = await browser.submit(pick(page, 'cb-mot-cua-01'), redirect_uri);
  if (!('redirected' in back)) throw new Error(back.html);
  return back.redirected.get('code') ?? '';
}

const redemption = (code: string, more: Record<string, string>) =>
  new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier, ...more });

test('a code of one process is redeemed at the other, once', async () => {
  const code = await logIn(await push('a', asserted(await assertion('a', one.issuer, key))));
  const both = [one, two, one, two].map(async (at) =>
    post(at.url, redemption(code, asserted(await assertion('a', one.issuer, key)))),
  );
  const statuses = (await Promise.all(both)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 400, 400, 400]);
});

test('a public client has nothing to authenticate with but PKCE, and gets no token of its own', async () => {
  const code = await logIn(await push('cong', {}));
  const stolen = new URLSearchParams(
    redemption(code, { client_id: 'cong', code_verifier: randomBytes(32).toString('hex') }),
  );
  expect((await post(two.url, stolen)).body.error).toBe('invalid_grant');
  const { payload } = await verified(one, await post(two.url, redemption(code, { client_id: 'cong' })));
  expect(payload).toMatchObject({ client_id: 'cong', sub: 'cb-mot-cua-01' });
  const own = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'cong' });
  expect((await post(one.url, own)).body.error).toBe('invalid_request');
});

describe('while the database is away', () => {
  test('what must be remembered is answered 503, and goes on by itself afterwards', async () => {
    wire.cut();
    const answer = await ask(one, await assertion('a', one.issuer, key));
    expect([answer.status, answer.body.error, answer.headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '5',
    ]);
    expect((await fetch(`${one.url}/jwks`)).status).toBe(200);
    wire.mend();
    expect((await ask(one, await assertion('a', one.issuer, key))).status).toBe(200);
  });
});

/** The way to the database, which a test can cut. */
async function breakableWire(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let broken = false;
  const server: Server = createServer((near) => {
    const far = broken ? near.destroy() : connectTo(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut() {
      broken = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      broken = false;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
