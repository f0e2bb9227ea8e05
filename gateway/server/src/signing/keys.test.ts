import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { readSigningKey } from './key.ts';
import { SigningKeys } from './keys.ts';

let folder: string;
let keyFile: string;
let otherKeys: string;
const opened: SigningKeys[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-signing-'));
  keyFile = join(folder, 'signing-key.pem');
  otherKeys = join(folder, 'other-keys.json');
});
afterEach(() => {
  for (const keys of opened.splice(0)) keys.close();
  rmSync(folder, { recursive: true, force: true });
});

const SECONDS = 1_800_000_000;

const open = async (files: object = {}, surroundings: object = {}) => {
  const told: string[] = [];
  const tell = (_facts: unknown, message?: string) => void told.push(message ?? '');
  const clock = { seconds: SECONDS };
  const log = { info: tell, warn: tell, error: tell } as never;
  const now = () => clock.seconds * 1_000;
  const keys = await SigningKeys.open(
    { keyFile, ...files },
    { create: false, internalKid: '', log, now, ...surroundings },
  );
  opened.push(keys);
  return { keys, told, clock };
};

/** A new key, in place as a whole. */
const place = async (file = keyFile) => {
  const pem = String(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  writeFileSync(`${file}.new`, pem);
  renameSync(`${file}.new`, file);
  return (await readSigningKey(pem, file)).published;
};
const publish = (...keys: object[]) => writeFileSync(otherKeys, JSON.stringify({ keys }));
const kids = (keys: SigningKeys) => keys.published().map(({ kid }) => kid);

describe('the key file', () => {
  test('is made in development, and there alone', async () => {
    await expect(open()).rejects.toThrow(/signing\.keyFile: .* cannot be read; make a key .* or write signing: false/);
    const { keys } = await open({}, { create: true });
    expect((await open()).keys.current.kid).toBe(keys.current.kid);
  });

  test('is not that of internal tokens: departments would believe what it signs', async () => {
    const { kid } = await place();
    await expect(open({}, { internalKid: kid })).rejects.toThrow(/is the key of internalToken/);
  });
});

describe('another key', () => {
  test('is published before it signs, and the old one afterwards, until its end', async () => {
    const old = await place();
    publish();
    const { keys, told, clock } = await open({ otherKeys });
    const next = await place(join(folder, 'next.pem'));
    publish(next, { ...old, exp: SECONDS + 100 });
    expect(await keys.reload()).toBe(true);
    expect([keys.current.kid, kids(keys)]).toEqual([old.kid, [old.kid, next.kid]]);

    renameSync(join(folder, 'next.pem'), keyFile);
    expect(await keys.reload()).toBe(true);
    expect([keys.current.kid, kids(keys)]).toEqual([next.kid, [next.kid, old.kid]]);
    expect(keys.published()).toEqual([next, { ...old, exp: SECONDS + 100 }]);
    expect(told).toEqual(['another key signs']);

    clock.seconds += 100;
    expect(kids(keys)).toEqual([next.kid]);
    // Heads of the ledger that it signed are believed for ever.
    expect(keys.known()).toEqual([next, { ...old, exp: SECONDS + 100 }]);
  });

  test('that nobody could know signs, and it is said', async () => {
    await place();
    const { keys, told } = await open();
    const next = await place();
    expect(await keys.reload()).toBe(true);
    expect(keys.current.kid).toBe(next.kid);
    expect(told).toEqual([
      'another key signs',
      'this key was not published before: those who keep the key set do not know it yet',
    ]);
  });

  test('that cannot be read leaves the old one', async () => {
    const { kid } = await place();
    const { keys, told } = await open();
    for (const text of ['', 'half a file', '-----BEGIN PRIVATE KEY-----']) {
      writeFileSync(keyFile, text);
      expect(await keys.reload()).toBe(false);
    }
    rmSync(keyFile);
    expect(await keys.reload()).toBe(false);
    expect([keys.current.kid, kids(keys)]).toEqual([kid, [kid]]);
    expect(new Set(told)).toEqual(new Set(['signing key refused, the old one goes on signing']));
  });
});

describe('keys that are published besides', () => {
  const pair = generateKeyPairSync('ed25519');
  const jwk = pair.publicKey.export({ format: 'jwk' });
  test('are shown as they are known here: what else was written of them is not passed on', async () => {
    await place();
    publish({ ...jwk, kid: 'mine', key_ops: ['sign'], note: 'x' });
    const { keys } = await open({ otherKeys });
    expect(keys.published()[1]).toEqual({
      ...jwk,
      kid: expect.stringMatching(/^[\w-]{43}$/),
      use: 'sig',
      alg: 'EdDSA',
    });
  });

  test('are never those of internal tokens, though a set that was fetched from the gateway has them', async () => {
    const { kid } = await place();
    const internal = await place(join(folder, 'gateway-key.pem'));
    publish({ ...internal, for: 'gw-internal+jwt' }, jwk);
    const { keys } = await open({ otherKeys });
    expect(kids(keys)).toEqual([kid, expect.not.stringContaining(internal.kid)]);
    // One that was kept before they were marked.
    publish(internal, jwk);
    const { keys: again } = await open({ otherKeys }, { internalKid: internal.kid });
    expect(kids(again)).toEqual(kids(keys));
  });

  test.each([
    ['a private key', { keys: [pair.privateKey.export({ format: 'jwk' })] }, /keys\[0\]: a private key/],
    ['an end that is no time', { keys: [{ ...jwk, exp: 'soon' }] }, /keys\[0\]\.exp/],
    ['certificates that are none', { keys: [{ ...jwk, x5c: ['AAAA'] }] }, /a certificate that cannot be read/],
    ['certificates in another form', { keys: [{ ...jwk, x5c: 'AAAA' }] }, /x5c: a list/],
    ['no key', { keys: ['x'] }, /no public key/],
    ['a key that cannot have signed', { keys: [{ kty: 'RSA', e: 'AQAB', n: 'AQAB' }] }, /neither an EC P-256/],
    ['no set', [], /not a JWK Set/],
  ])('%s is refused', async (_what, written, reason) => {
    await place();
    writeFileSync(otherKeys, JSON.stringify(written));
    await expect(open({ otherKeys })).rejects.toThrow(reason);
  });
});
