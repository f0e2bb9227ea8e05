import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { askToken, publishedKeys, testIssuers, verified } from '../testing/issuers.ts';
import { epochSeconds, type KeySet, loadKeys, replaceKeys } from './file.ts';
import { published, retirement } from './published.ts';
import { announcement, rotateKeys } from './rotate.ts';

const issuers = testIssuers();
const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(async () => {
  await issuers.stop();
  rmSync(folder, { recursive: true });
});

let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `${files}.json`);
};
const kidOf = ({ keys }: KeySet, state: string) => keys.find((key) => key.state === state)?.jwk.kid;
/** A key file as it will be after so many seconds. */
const age = async (file: string, seconds: number) => {
  const { keys, secret } = await loadKeys(file, 'development');
  replaceKeys(file, { secret, keys: keys.map((key) => ({ ...key, since: key.since - seconds })) });
};

describe('rotation', () => {
  test('the next key signs, the former stays published, another next one is announced', async () => {
    const file = newFile();
    const before = await loadKeys(file, 'development');
    await age(file, announcement);
    expect(await rotateKeys(file, 'development')).toBe(true);
    const after = await loadKeys(file, 'production');
    expect(kidOf(after, 'current')).toBe(kidOf(before, 'next'));
    expect(kidOf(after, 'retired')).toBe(kidOf(before, 'current'));
    expect(after.keys.map(({ state }) => state)).toEqual(['next', 'current', 'retired']);
    expect(after.secret).toEqual(before.secret);
  });

  test('a next key that nobody knows yet does not sign, unless the current one has leaked', async () => {
    const file = newFile();
    const before = await loadKeys(file, 'development');
    await expect(rotateKeys(file, 'development')).rejects.toMatchObject({ code: 'KEY_TOO_NEW' });
    expect(await rotateKeys(file, 'development', { compromised: true })).toBe(true);
    const after = await loadKeys(file, 'development');
    expect(after.keys.map(({ jwk }) => jwk.kid)).not.toContain(kidOf(before, 'current'));
  });

  test('a retired key is published until its last token is over', async () => {
    const file = newFile();
    await loadKeys(file, 'development');
    await age(file, announcement);
    await rotateKeys(file, 'development');
    const keys = await loadKeys(file, 'development');
    const now = epochSeconds();
    expect(published(keys, now + retirement - 60)).toHaveLength(3);
    expect(published(keys, now + retirement + 60).map(({ state }) => state)).toEqual(['next', 'current']);
    await age(file, retirement);
    await rotateKeys(file, 'development');
    expect((await loadKeys(file, 'development')).keys).toHaveLength(3);
  });

  test('two processes that find a key old rotate it once', async () => {
    const file = newFile();
    await loadKeys(file, 'development');
    await age(file, 86_400);
    const rotated = await Promise.all([1, 2, 3].map(() => rotateKeys(file, 'development', { olderThan: 86_000 })));
    expect(rotated.filter(Boolean)).toHaveLength(1);
    expect(await rotateKeys(file, 'development', { olderThan: 86_000 })).toBe(false);
  });
});

describe('the key file', () => {
  test.each([
    ['no secret', ({ keys }: { keys: object[] }) => ({ keys })],
    [
      'two current keys',
      ({ keys, secret }: { keys: object[]; secret: string }) => ({
        secret,
        keys: keys.map((key) => ({ ...key, state: 'current' })),
      }),
    ],
    ['no current key', ({ keys, secret }: { keys: object[]; secret: string }) => ({ secret, keys: keys.slice(0, 1) })],
    [
      'an unknown state',
      ({ keys, secret }: { keys: object[]; secret: string }) => ({
        secret,
        keys: [...keys, { ...keys[0], state: 'x' }],
      }),
    ],
  ])('with %s is refused, without quoting it', async (_case, change) => {
    const file = newFile();
    await loadKeys(file, 'development');
    const written = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(change(written)));
    const error = await loadKeys(file, 'production').catch((reason) => reason);
    expect(error.code).toBe('KEYS_INVALID');
    expect(JSON.stringify(error.messages)).not.toContain(written.keys[0].d);
  });

  test('of the first version goes on signing in development', async () => {
    const file = newFile();
    const { keys } = await loadKeys(newFile(), 'development');
    writeFileSync(file, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    const upgraded = await loadKeys(file, 'development');
    expect(kidOf(upgraded, 'current')).toBe(keys[0]?.jwk.kid);
    expect(await loadKeys(file, 'production')).toEqual(upgraded);
  });
});

test('a running issuer rotates without refusing anybody: every token verifies by what is published', async () => {
  const keysFile = newFile();
  const issuer = await issuers.start({ keysFile });
  const kids = () => publishedKeys(issuer.url).then((keys) => keys.map(({ kid }) => kid));
  const former = await askToken(issuer.url, 'viettel');
  const announced = await kids();
  await age(keysFile, announcement);
  await rotateKeys(keysFile, 'development');

  let answer = await askToken(issuer.url, 'viettel');
  const kid = () => decodeProtectedHeader(String(answer.body.access_token)).kid;
  while (kid() === announced[1]) {
    await verified(issuer, answer);
    answer = await askToken(issuer.url, 'viettel');
  }
  expect(kid()).toBe(announced[0]);
  expect(await kids()).toEqual(expect.arrayContaining(announced));
  await verified(issuer, former);
  await verified(issuer, answer);

  await rotateKeys(keysFile, 'development', { compromised: true });
  while ((await kids()).includes(announced[0])) await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(verified(issuer, answer)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  await verified(issuer, await askToken(issuer.url, 'viettel'));
});
