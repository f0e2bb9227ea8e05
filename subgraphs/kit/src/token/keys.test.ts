import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CompactJWSHeaderParameters, FlattenedJWSInput, JWTVerifyGetKey } from 'jose';
import { openGatewayKeys } from './keys.ts';

const jwk = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  alg: 'ES256',
});
const header = (kid: string): CompactJWSHeaderParameters => ({ alg: 'ES256', kid });
const anyToken: FlattenedJWSInput = { payload: '', signature: '' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file may appear after the department has started, and grow a key', async () => {
  const file = join(folder, 'jwks.json');
  const keys = openGatewayKeys(file);
  await expect(keys(header('a'), anyToken)).rejects.toThrow('ENOENT');
  await writeFile(file, JSON.stringify({ keys: [jwk('a')] }));
  await expect(keys(header('a'), anyToken)).resolves.toBeDefined();

  await writeFile(file, JSON.stringify({ keys: [jwk('a'), jwk('b')] }));
  // An unknown key id does not make it read again right away …
  await expect(keys(header('b'), anyToken)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  // … but once the cool-down is over.
  const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
  await expect(keys(header('b'), anyToken)).resolves.toBeDefined();
  later.mockRestore();
});

test('a file without a key set is said to be none', async () => {
  const file = join(folder, 'empty.json');
  await writeFile(file, '{}');
  await expect(openGatewayKeys(file)(header('a'), anyToken)).rejects.toThrow('holds no JSON Web Key Set');
});

describe('a URL', () => {
  const served = { keys: [jwk('a')], status: 200 };
  let fetched = 0;
  let clock = 0;
  let server: Server;
  let url: URL;
  let keys: JWTVerifyGetKey;
  const find = (kid: string) => keys(header(kid), anyToken);
  const later = (milliseconds: number) => {
    clock += milliseconds;
  };

  beforeEach(async () => {
    fetched = 0;
    clock = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => clock);
    Object.assign(served, { keys: [jwk('a')], status: 200 });
    server = createServer((_request, response) => {
      fetched += 1;
      response.statusCode = served.status;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: served.keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`);
    keys = openGatewayKeys(url, { maxAge: 3_600_000 });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });
  /** What was begun in the background has ended. */
  const settled = async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  test('is not fetched before the first token, and then once', async () => {
    expect(fetched).toBe(0);
    await Promise.all([find('a'), find('a'), find('a')]);
    await find('a');
    expect(fetched).toBe(1);
  });

  test('is fetched once per cool-down, however many unknown keys arrive', async () => {
    await find('a');
    later(5_000);
    const flood = await Promise.allSettled(Array.from({ length: 500 }, (_, index) => find(`unknown-${index}`)));
    expect(flood.every(({ status }) => status === 'rejected')).toBe(true);
    expect(fetched).toBe(2);
    await expect(find('unknown')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    expect(fetched).toBe(2);
    await expect(find('a')).resolves.toBeDefined();
  });

  test('a new key works as soon as a token names it; an old one stops within minutes', async () => {
    await find('a');
    served.keys = [jwk('b')];
    later(5_000);
    await expect(find('b')).resolves.toBeDefined();
    await expect(find('a')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });

    served.keys = [jwk('c')];
    later(300_000);
    await expect(find('b')).resolves.toBeDefined();
    await settled();
    await expect(find('b')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  test('out of reach: known keys go on working up to the set age, unknown ones wait', async () => {
    await find('a');
    served.status = 503;
    for (let turn = 0; turn < 11; turn += 1) {
      later(320_000);
      await expect(find('a')).resolves.toBeDefined();
      await settled();
    }
    await expect(find('b')).rejects.toThrow();
    later(80_000);
    await expect(find('a')).rejects.toThrow('answered 503');
    served.status = 200;
    await expect(find('a')).resolves.toBeDefined();
  });

  test('is not left for another address', async () => {
    server.removeAllListeners('request');
    server.on('request', (_request, response) => response.writeHead(302, { location: url.href }).end());
    await expect(find('a')).rejects.toThrow();
  });
});
