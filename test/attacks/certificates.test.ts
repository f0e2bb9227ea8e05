import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Agent, request } from 'undici';

import { type Credentials, certificateAuthority } from '../kit/certificates.ts';
import type { Running } from '../kit/process.ts';
import { athOf, type ProofKey, proofKey } from '../kit/proofs.ts';
import { raw } from '../kit/raw.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(120_000);

const query = '{ me { name } }';

let folder: string;
let federation: SmallFederation;
/** TLS by the gateway itself; a proxy on this machine is believed; one elsewhere is; TLS, and a proxy elsewhere. */
let tls: Running;
let proxied: Running;
let elsewhere: Running;
let both: Running;
let own: Credentials;
let others: Credentials;
let ca: string;
let key: ProofKey;
const agents: Agent[] = [];

const thumbprintOf = ({ certificate }: Credentials) =>
  Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
const forwarded = ({ certificate }: Credentials) => `:${new X509Certificate(certificate).raw.toString('base64')}:`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-certificates-'));
  const [authority, stranger] = await Promise.all([certificateAuthority('province'), certificateAuthority('stranger')]);
  ca = authority.certificate;
  const server = await authority.issue('127.0.0.1', 'server');
  own = await authority.issue('partner', 'client');
  // Of another authority: a certificate is known by itself, never by who issued it.
  others = await stranger.issue('partner', 'client');
  await writeFile(join(folder, 'server.pem'), server.certificate);
  await writeFile(join(folder, 'server.key'), server.key, { mode: 0o600 });
  key = await proofKey();
  const ended = {
    LIENTHONG_LISTEN_TLS_CERTIFICATE: join(folder, 'server.pem'),
    LIENTHONG_LISTEN_TLS_KEY: join(folder, 'server.key'),
  };
  const from = (networks: string) => ({ LIENTHONG_LISTEN_CLIENT_CERTIFICATE_FROM: networks });
  federation = await startSmallFederation({ departments: registry });
  [tls, proxied, elsewhere, both] = await Promise.all([
    federation.another(ended),
    federation.another(from('127.0.0.1')),
    federation.another({ ...from('10.0.0.0/8'), LIENTHONG_AUTHENTICATION_BOUND_TOKENS: 'required' }),
    federation.another({ ...ended, ...from('10.0.0.0/8') }),
  ]);
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

const by = (credentials?: Credentials): Agent => {
  const { certificate: cert, key: privateKey } = credentials ?? {};
  const agent = new Agent({ connect: { ca, ...(cert ? { cert, key: privateKey } : {}) } });
  agents.push(agent);
  return agent;
};
const boundTo = (credentials: Credentials, more: Record<string, unknown> = {}) =>
  federation.token('name', { cnf: { 'x5t#S256': thumbprintOf(credentials), ...more } });

/** `served`, or the reason and what is wrong with it. */
const verdict = async (
  { url }: Pick<Running, 'url'>,
  token: string,
  { dispatcher, headers = {} }: { dispatcher?: Agent; headers?: Record<string, string | string[]> } = {},
): Promise<unknown> => {
  federation.calls.length = 0;
  const question = { query, token, headers, ...(dispatcher ? { dispatcher } : {}) };
  const answer = await federation.askAt(url, question);
  if (answer.status === 200) {
    expect(answer.body).toEqual({ data: { me: { name: 'NAME' } } });
    return 'served';
  }
  expect([answer.status, federation.calls, Object.keys(answer.body)]).toEqual([401, [], ['errors']]);
  const reason = answer.body.errors?.[0]?.extensions.reason;
  expect(String(answer.headers['www-authenticate'])).toContain(
    `error_description="${reason}"${headers.authorization ? ', algs="ES256 PS256 EdDSA"' : ''}, resource_metadata="${new URL(url).origin}/.well-known/oauth-protected-resource/graphql"`,
  );
  return reason;
};

describe('a token bound to a certificate, over TLS', () => {
  test('is taken over a connection of that certificate, by whomever that was issued', async () => {
    expect(await verdict(tls, await boundTo(own), { dispatcher: by(own) })).toBe('served');
    expect(await verdict(tls, await boundTo(others), { dispatcher: by(others) })).toBe('served');
  });

  test('is refused without a certificate, and with another one', async () => {
    const token = await boundTo(own);
    expect(await verdict(tls, token, { dispatcher: by() })).toBe('certificate');
    expect(await verdict(tls, token, { dispatcher: by(others) })).toBe('certificate');
    // Taken once, and remembered, from its owner: refused from the next one all the same.
    expect(await verdict(tls, token, { dispatcher: by(own) })).toBe('served');
    expect(await verdict(tls, token, { dispatcher: by(others) })).toBe('certificate');
    expect(await verdict(tls, token, { dispatcher: by() })).toBe('certificate');
  });

  test('is refused with its certificate in a header: nobody is a proxy here', async () => {
    const token = await boundTo(own);
    for (const process of [tls, both]) {
      for (const dispatcher of [by(), by(others)]) {
        for (const name of ['client-cert', 'x-client-cert', 'ssl-client-cert', 'x-forwarded-client-cert']) {
          const headers = { [name]: forwarded(own) };
          expect(await verdict(process, token, { dispatcher, headers })).toBe('certificate');
        }
      }
    }
    expect(await verdict(both, token, { dispatcher: by(own), headers: { 'client-cert': forwarded(others) } })).toBe(
      'served',
    );
  });

  test('is refused over plain HTTP', async () => {
    expect(await verdict(federation, await boundTo(own))).toBe('certificate');
    expect(await verdict(federation, await boundTo(own), { headers: { 'client-cert': forwarded(own) } })).toBe(
      'certificate',
    );
  });

  test('a certificate that cannot be proven to be held opens no connection', async () => {
    const forged = by({ certificate: own.certificate, key: others.key });
    await expect(verdict(tls, await boundTo(own), { dispatcher: forged })).rejects.toThrow();
  });

  test('a token bound to a key besides takes both', async () => {
    const token = await boundTo(own, { jkt: key.jkt });
    const url = `${new URL(tls.url).origin}/graphql`;
    const headers = async (proof?: string) => ({
      authorization: `DPoP ${token}`,
      ...(proof === undefined ? {} : { dpop: proof }),
    });
    const proof = () => key.proof(url, token, { ath: athOf(token) });
    expect(await verdict(tls, token, { dispatcher: by(own), headers: await headers(await proof()) })).toBe('served');
    expect(await verdict(tls, token, { dispatcher: by(own), headers: await headers() })).toBe('dpop_proof');
    expect(await verdict(tls, token, { dispatcher: by(), headers: await headers(await proof()) })).toBe('certificate');
  });
});

describe('a token bound to a certificate, behind a proxy', () => {
  test('is taken with the certificate that a listed proxy forwards, in either writing', async () => {
    const token = await boundTo(own);
    for (const value of [forwarded(own), encodeURIComponent(own.certificate)]) {
      expect(await verdict(proxied, token, { headers: { 'client-cert': value } })).toBe('served');
    }
  });

  test('is refused with another one, with none, and with what is none', async () => {
    const token = await boundTo(own);
    expect(await verdict(proxied, token)).toBe('certificate');
    for (const value of [
      '',
      forwarded(others),
      thumbprintOf(own),
      `${forwarded(others)}, ${forwarded(own)}`,
      encodeURIComponent(`${others.certificate}\n${own.certificate}`),
      ':AAAA:',
      '%',
    ]) {
      expect([value, await verdict(proxied, token, { headers: { 'client-cert': value } })]).toEqual([
        value,
        'certificate',
      ]);
    }
  });

  test('is refused with two headers: a proxy that adds its own leaves the caller’s in front', async () => {
    const token = await boundTo(own);
    const body = JSON.stringify({ query });
    for (const [first, second] of [
      [forwarded(own), forwarded(others)],
      [encodeURIComponent(own.certificate), encodeURIComponent(others.certificate)],
      [encodeURIComponent(others.certificate), encodeURIComponent(own.certificate)],
      [forwarded(own), forwarded(own)],
      [forwarded(own), ''],
    ]) {
      const lines = `Client-Cert: ${first}\r\ncLIENT-cERT: ${second}\r\nAuthorization: Bearer ${token}\r\n`;
      const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
      const answer = await raw(proxied.url, `${head}${lines}Content-Length: ${body.length}\r\n\r\n${body}`);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    }
  });

  test('is refused where the header comes from somebody who is not listed', async () => {
    const token = await boundTo(own);
    for (const headers of [
      { 'client-cert': forwarded(own) },
      {
        'client-cert': forwarded(own),
        'x-forwarded-for': '10.0.0.1',
        forwarded: 'for=10.0.0.1',
        'x-real-ip': '10.0.0.1',
      },
    ]) {
      expect(await verdict(elsewhere, token, { headers })).toBe('certificate');
    }
  });

  test('a token that is bound to nothing is refused where it has to be, and so is one sent as DPoP', async () => {
    const headers = { 'client-cert': forwarded(own) };
    expect(
      (await federation.askAt(elsewhere.url, { query, token: await federation.token('name'), headers })).status,
    ).toBe(401);
    const token = await boundTo(own);
    const proof = await key.proof(proxied.url, token);
    const sent = { ...headers, authorization: `DPoP ${token}`, dpop: proof };
    expect(await verdict(proxied, token, { headers: sent })).toBe('dpop_proof');
  });
});

test('the metadata tells what a token can be bound to', async () => {
  const told = async ({ url }: Pick<Running, 'url'>, dispatcher?: Agent) => {
    const address = `${new URL(url).origin}/.well-known/oauth-protected-resource/graphql`;
    const { body } = await request(address, dispatcher ? { dispatcher } : {});
    const metadata = (await body.json()) as Record<string, unknown>;
    return [
      metadata.resource,
      metadata.tls_client_certificate_bound_access_tokens,
      metadata.dpop_bound_access_tokens_required,
    ];
  };
  expect(await told(tls, by())).toEqual([tls.url, true, false]);
  expect(await told(proxied)).toEqual([proxied.url, true, false]);
  expect(await told(elsewhere)).toEqual([elsewhere.url, true, false]);
  expect(await told(federation)).toEqual([federation.url, false, false]);
});
