import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { digestsOf, expiryOf, readSigningKey, signAnswer } from '@lienthong/server/testing';

import { type Authority, type Credentials, certificateAuthority } from '../kit/certificates.ts';
import { run } from '../kit/process.ts';

jest.setTimeout(60_000);

const DAY = 86_400_000;

let folder: string;
let root: Authority;
let middle: Authority;
let stranger: Authority;
let own: Credentials;
let overdue: Credentials;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-certificates-'));
  root = await certificateAuthority('root');
  middle = await root.authority('middle');
  stranger = await certificateAuthority('stranger');
  own = await middle.issue('du-lieu.tinh.example', 'server', 60);
  overdue = await root.issue('du-lieu.tinh.example', 'server', -1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (...parts: string[]) => readSigningKey(parts.join('\n'), 'k.pem');

describe('the certificates of a signing key', () => {
  test('are published with it, whichever comes first in the file', async () => {
    const der = [own.certificate, middle.certificate].map((pem) => new X509Certificate(pem).raw);
    const [leaf = Buffer.alloc(0)] = der;
    for (const parts of [
      [own.key, own.certificate, middle.certificate],
      [own.certificate, middle.certificate, own.key],
    ]) {
      expect((await read(...parts)).published).toMatchObject({
        x5c: der.map((each) => each.toString('base64')),
        'x5t#S256': createHash('sha256').update(leaf).digest('base64url'),
      });
    }
    expect((await read(own.key, own.certificate, middle.certificate, root.certificate)).certificates).toHaveLength(3);
  });

  test.each([
    ['of another key', () => [own.key, overdue.certificate], /first certificate is for another key/],
    ['with the issuer first', () => [own.key, middle.certificate, own.certificate], /first certificate is for another/],
    [
      'with one left out',
      () => [own.key, own.certificate, root.certificate],
      /certificate 2 did not issue certificate 1/,
    ],
    [
      'with one of another authority',
      () => [own.key, own.certificate, middle.certificate, stranger.certificate],
      /certificate 3 did not issue certificate 2/,
    ],
  ])('%s are refused', async (_what, parts, reason) => {
    await expect(read(...parts())).rejects.toThrow(reason);
  });

  test('are told of a month before they end, and once they have', async () => {
    const key = await read(own.key, own.certificate);
    expect(expiryOf(key, Date.now())).toBeUndefined();
    expect(expiryOf(key, Date.now() + 31 * DAY)).toMatch(/^certificate 1 of the signing key expires on /);
    expect(expiryOf(key, Date.now() + 61 * DAY)).toMatch(/^certificate 1 of the signing key expired on /);
    expect(expiryOf(key, Date.now() - 3 * DAY)).toMatch(/is not valid before /);
    expect(expiryOf(await read(own.key, own.certificate, middle.certificate), Date.now())).toMatch(
      /^certificate 2 .* expires/,
    );
    expect(expiryOf(await read(own.key), Date.now())).toBeUndefined();
  });
});

describe('lienthong answer verify --ca', () => {
  const peer = { address: '127.0.0.1', certificate: undefined };
  const request = { method: 'POST', path: '/graphql', search: '', headers: {}, rawHeaders: [], body: undefined, peer };
  const answer = { status: 200, headers: { 'content-type': 'application/json', 'x-request-id': 'r' }, body: '{}' };

  /** Signed by a key with these certificates; verified against an authority. */
  const verify = async (
    { key, certificate }: Credentials,
    chain: readonly Authority[],
    authority?: Authority,
    change: object = {},
  ) => {
    const signing = await read(key, certificate, ...chain.map((each) => each.certificate));
    const { status, headers, body } = await signAnswer(answer, digestsOf(request, answer), signing, Date.now());
    const head = [`HTTP/2 ${status} `, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''];
    const file = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const { stdout } = await run([
      ...['gateway/cli/bin/lienthong.js', 'answer', 'verify', '--json'],
      ...['--headers', await file('headers', head.join('\r\n')), '--body', await file('body', String(body))],
      ...['--keys', await file('jwks.json', JSON.stringify({ keys: [{ ...signing.published, ...change }] }))],
      ...(authority === undefined ? [] : ['--ca', await file('ca.pem', authority.certificate)]),
      ...['--query', '?'],
    ]);
    return JSON.parse(stdout);
  };

  test('tells who signed', async () => {
    expect(await verify(own, [middle], root)).toMatchObject({ signer: 'CN=du-lieu.tinh.example', request: 'compared' });
    expect(await verify(own, [], middle)).toMatchObject({ signer: 'CN=du-lieu.tinh.example' });
  });

  test.each([{ use: 'enc' }, { alg: 'EdDSA' }])('passes over a key that is for something else: %j', async (change) => {
    expect(await verify(own, [middle], undefined, change)).toMatchObject({ fault: 'ANSWER_KEY_UNKNOWN' });
  });

  test('tells no name that no authority vouches for', async () => {
    const verified = await verify(own, [middle]);
    expect([verified.request, verified.signer]).toEqual(['compared', undefined]);
  });

  test.each([
    ['an authority that did not issue it', () => verify(own, [middle], stranger)],
    ['a chain with a gap', () => verify(own, [], root)],
    ['a certificate that was over when it signed', () => verify(overdue, [], root)],
  ])('%s: ANSWER_CERTIFICATE', async (_what, verified) => {
    expect(await verified()).toMatchObject({ fault: 'ANSWER_CERTIFICATE' });
  });
});
