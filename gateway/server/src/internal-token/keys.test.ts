import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { loadGatewayKey, publishedKeys } from './keys.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-keys-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the gateway's key", () => {
  test('a missing file is made once, readable by its owner alone, and read from then on', async () => {
    const file = join(folder, 'state', 'gateway-key.pem');
    const made = await loadGatewayKey(file, true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await loadGatewayKey(file, false)).kid).toBe(made.kid);
  });

  test('gateways that start at once end up with one key and leave no drafts', async () => {
    const file = join(folder, 'gateway-key.pem');
    const keys = await Promise.all(Array.from({ length: 5 }, () => loadGatewayKey(file, true)));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['gateway-key.pem']);
  });

  test('outside development a missing file is an error, and nothing is made', async () => {
    await expect(loadGatewayKey(join(folder, 'gateway-key.pem'), false)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('the published half holds no private member', async () => {
    const { jwks } = await loadGatewayKey(join(folder, 'gateway-key.pem'), true);
    expect(jwks.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
    expect(publishedKeys({ jwks })).toEqual(jwks.keys.map((key) => ({ ...key, for: 'gw-internal+jwt' })));
  });
});
