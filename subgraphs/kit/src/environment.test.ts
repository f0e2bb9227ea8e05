import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { subgraphFromEnvironment } from './environment.ts';
import { StartError } from './start-error.ts';

const department = { name: 'one-stop', port: 4105 };

let folder = '';
let env: Readonly<Record<string, string | undefined>> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-environment-'));
  await writeFile(join(folder, 'province.key'), `k1.${'A'.repeat(43)}\n`);
  await writeFile(join(folder, 'broken.key'), 'k1.secret');
  env = {
    ONE_STOP_DATABASE_URL: 'postgres://one_stop:secret@127.0.0.1/one_stop',
    PROVINCE_KEY_FILE: join(folder, 'province.key'),
    GATEWAY_JWKS: 'http://127.0.0.1:4000/.well-known/departments-jwks.json',
  };
});
afterAll(() => rm(folder, { recursive: true }));

test('host and port have defaults', () => {
  expect(subgraphFromEnvironment(department, env)).toMatchObject({ host: '127.0.0.1', port: 4105 });
});

test('the gateway’s keys come from a URL or a file', () => {
  const { gatewayKeys } = subgraphFromEnvironment(department, env);
  expect(String(gatewayKeys)).toBe(env.GATEWAY_JWKS);
  expect(subgraphFromEnvironment(department, { ...env, GATEWAY_JWKS: './jwks.json' }).gatewayKeys).toBe('./jwks.json');
});

test.each<[Readonly<Record<string, string | undefined>>, string]>([
  [{ ONE_STOP_DATABASE_URL: undefined }, 'ONE_STOP_DATABASE_URL is missing'],
  [{ ONE_STOP_DATABASE_URL: '  ' }, 'ONE_STOP_DATABASE_URL is missing'],
  [{ PROVINCE_KEY_FILE: undefined }, 'PROVINCE_KEY_FILE is missing'],
  [{ PROVINCE_KEY_FILE: '/nowhere' }, 'no province key can be read from /nowhere'],
  [{ GATEWAY_JWKS: undefined }, 'GATEWAY_JWKS is missing'],
  [{ GATEWAY_JWKS: 'http://192.0.2.1/jwks.json' }, 'for loopback addresses only'],
  [{ ONE_STOP_PORT: 'http' }, 'ONE_STOP_PORT must be a number'],
  [{ ONE_STOP_PORT: '65536' }, 'ONE_STOP_PORT must be a number'],
  [{ INTERNAL_TOKEN_BINDING: 'any' }, 'INTERNAL_TOKEN_BINDING must be one of: body, channel'],
  [{ ONE_STOP_RECHECK: 'off' }, 'ONE_STOP_RECHECK must be one of: enforce, report'],
  [{ GATEWAY_JWKS_MAX_AGE: '30s' }, 'GATEWAY_JWKS_MAX_AGE must be a duration'],
  [{ DEPLOYER_JWKS: 'http://192.0.2.1/jwks.json' }, 'DEPLOYER_JWKS: http:// is for loopback addresses only'],
  [{ ONE_STOP_REDIS: 'redis://192.0.2.1' }, 'ONE_STOP_REDIS must be an address'],
  [{ ONE_STOP_TLS_CLIENT_CA: '/ca.pem' }, 'HTTPS needs both ONE_STOP_TLS_CERTIFICATE and ONE_STOP_TLS_KEY'],
  [
    { ONE_STOP_TLS_CERTIFICATE: '/nowhere', ONE_STOP_TLS_KEY: '/nowhere' },
    'ONE_STOP_TLS_CERTIFICATE: the file /nowhere',
  ],
])('%j: %s', (changes, message) => {
  const act = () => subgraphFromEnvironment(department, { ...env, ...changes });
  expect(act).toThrow(StartError);
  expect(act).toThrow(message);
});

test('what is not set is strict', () => {
  expect(subgraphFromEnvironment(department, env)).toMatchObject({ binding: 'body', recheck: 'enforce' });
  expect(subgraphFromEnvironment(department, env)).not.toHaveProperty('deployerKeys');
  expect(subgraphFromEnvironment(department, { ...env, GATEWAY_JWKS_MAX_AGE: '12h' })).toMatchObject({
    keysMaxAge: 43_200_000,
  });
});

test('TLS files that are none are named, and what is in them is not', () => {
  const file = join(folder, 'broken.key');
  const act = () =>
    subgraphFromEnvironment(department, { ...env, ONE_STOP_TLS_CERTIFICATE: file, ONE_STOP_TLS_KEY: file });
  expect(act).toThrow('ONE_STOP_TLS_CERTIFICATE, ONE_STOP_TLS_KEY');
  expect(act).not.toThrow('k1.secret');
});

test('a broken key file is named, and its content is not', () => {
  const act = () => subgraphFromEnvironment(department, { ...env, PROVINCE_KEY_FILE: join(folder, 'broken.key') });
  expect(act).toThrow('broken.key');
  expect(act).not.toThrow('k1.secret');
});
