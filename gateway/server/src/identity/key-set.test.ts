import { describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';

import { type FetchKeySet, keysOfAddress } from './key-set.ts';

const DAY = 86_400_000;
const key = async (kid: string) => ({
  ...(await exportJWK((await generateKeyPair('ES256')).publicKey)),
  kid,
  alg: 'ES256',
});

/** A key set whose issuer and clock the test drives. */
const rig = async () => {
  const [a, b] = [await key('a'), await key('b')];
  const issuer = { keys: [a] as JSONWebKeySet['keys'], down: false, fetches: 0, now: 0 };
  const fetchKeySet: FetchKeySet = async () => {
    issuer.fetches += 1;
    if (issuer.down) throw new TypeError('fetch failed');
    return { keys: [...issuer.keys] };
  };
  const keys = keysOfAddress('https://issuer.example/jwks', DAY, () => issuer.now, fetchKeySet);
  const find = (kid: string) =>
    Promise.resolve(keys.key({ alg: 'ES256', kid }, undefined as never)).then(
      () => 'found',
      (error: Error) => (error.name === 'JWKSNoMatchingKey' ? 'no such key' : 'unreachable'),
    );
  return { issuer, keys, find, a, b };
};

describe('a key set from an address', () => {
  test('is fetched on first need and then kept', async () => {
    const { issuer, find } = await rig();
    expect(issuer.fetches).toBe(0);
    expect(await Promise.all([find('a'), find('a'), find('a')])).toEqual(['found', 'found', 'found']);
    expect(issuer.fetches).toBe(1);
  });

  test('is fetched at most twice however many unknown kids arrive within a cool-down', async () => {
    const { issuer, find } = await rig();
    issuer.now = 60_000;
    await find('a');
    issuer.now += 11_000;
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => find(`unknown ${i}`)));
    expect(new Set(answers)).toEqual(new Set(['no such key']));
    await find('unknown');
    expect(issuer.fetches).toBe(2);
  });

  test('takes a new key once the cool-down is over; what was verified before is verified again', async () => {
    const { issuer, keys, find, a, b } = await rig();
    await find('a');
    const before = keys.generation();
    issuer.keys = [a, b];
    expect(await find('b')).toBe('no such key');
    issuer.now += 10_000;
    expect(await find('b')).toBe('found');
    expect(keys.generation()).not.toBe(before);
  });

  test('is looked at again in the background, even while nothing but its generation is asked for', async () => {
    const { issuer, keys, find, b } = await rig();
    await find('a');
    const before = keys.generation();
    issuer.keys = [b];
    issuer.now += 601_000;
    expect(keys.generation()).toBe(before);
    await new Promise((resolve) => setImmediate(resolve));
    expect(keys.generation()).not.toBe(before);
    expect(await find('a')).toBe('no such key');
  });

  test('serves on while its issuer is down, until it is too old', async () => {
    const { issuer, keys, find } = await rig();
    await find('a');
    issuer.down = true;
    issuer.now += DAY;
    expect(await find('a')).toBe('found');
    issuer.now += 60_000;
    expect(await find('a')).toBe('unreachable');
    expect(keys.generation()).toBeNaN();
    issuer.down = false;
    issuer.now += 30_000;
    expect(await find('a')).toBe('found');
  });

  test('tells nobody that a key is unknown while it cannot be asked for, and nobody waits to hear so', async () => {
    const { issuer, find, a, b } = await rig();
    await find('a');
    issuer.down = true;
    issuer.keys = [a, b];
    issuer.now += 10_000;
    expect(await find('b')).toBe('unreachable');
    expect(await find('b')).toBe('unreachable');
    expect(issuer.fetches).toBe(2);
    expect(await find('a')).toBe('found');
    issuer.down = false;
    issuer.now += 2_000;
    expect(await find('b')).toBe('found');
    expect(await find('c')).toBe('no such key');
  });

  test('of an issuer that was down at first is had once it is up', async () => {
    const { issuer, find } = await rig();
    issuer.down = true;
    expect(await find('a')).toBe('unreachable');
    expect(await find('a')).toBe('unreachable');
    expect(issuer.fetches).toBe(1);
    issuer.down = false;
    issuer.now += 2_000;
    expect(await find('a')).toBe('found');
  });
});
