import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { CompactJWSHeaderParameters, FlattenedJWSInput } from 'jose';
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

test('a URL is not fetched before the first token', async () => {
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk('a')] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const keys = openGatewayKeys(new URL(`http://127.0.0.1:${port}/jwks.json`));
  expect(fetched).toBe(0);
  await keys(header('a'), anyToken);
  await keys(header('a'), anyToken);
  expect(fetched).toBe(1);
  server.closeAllConnections();
  server.close();
});
