import { describe, expect, test } from '@jest/globals';
import { developmentRegistry } from '@lienthong/registry';
import { readConfig } from './index.ts';

describe('configuration', () => {
  test('has development defaults, frozen', () => {
    const config = readConfig({});
    expect(config).toEqual({
      environment: 'development',
      host: '127.0.0.1',
      port: 4100,
      registry: { file: developmentRegistry },
      keysFile: '.data/issuer-keys.json',
      keyAge: 7_776_000,
      tokenLifetime: 600,
      dpopNonce: 'optional',
      certificates: { proxies: [], header: 'client-cert' },
      introspectors: [],
      logLevel: 'info',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.each([
    ['90s', 90],
    ['10m', 600],
    ['1h', 3600],
  ])('a lifetime of %s is %d seconds', (value, seconds) => {
    expect(readConfig({ ISSUER_TOKEN_LIFETIME: value }).tokenLifetime).toBe(seconds);
  });

  test.each<[string, string]>([
    ['ISSUER_TOKEN_LIFETIME', '61m'],
    ['ISSUER_TOKEN_LIFETIME', '0s'],
    ['ISSUER_TOKEN_LIFETIME', '600'],
    ['ISSUER_PORT', '65536'],
    ['ISSUER_PORT', 'x'],
    ['ISSUER_ENVIRONMENT', 'prod'],
    ['ISSUER_URL', 'http://idp.tinh.example'],
    ['ISSUER_URL', 'https://idp.tinh.example/'],
    ['ISSUER_URL', 'https://user@idp.tinh.example'],
    ['ISSUER_URL', 'idp'],
    ['LOG_LEVEL', 'loud'],
    ['ISSUER_DATABASE_URL', 'mysql://x'],
    ['ISSUER_KEY_AGE', '1h'],
    ['ISSUER_DPOP_NONCE', 'always'],
    ['ISSUER_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ISSUER_TRUSTED_PROXIES', 'proxy.local'],
    ['ISSUER_CLIENT_CA', '/khong/co.pem'],
    ['ISSUER_TLS_PORT', '4443'],
    ['ISSUER_UPSTREAM_URL', 'http://idp.example'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        messages: { vi: expect.stringContaining(name), en: expect.stringContaining(name) },
      }),
    );
  });

  test.each(['https://idp.tinh.example', 'http://127.0.0.1:4100', 'http://localhost:4100'])('issuer %s', (issuer) => {
    expect(readConfig({ ISSUER_URL: issuer }).issuer).toBe(issuer);
  });

  test('an address that others can reach needs a name of its own', () => {
    const env = { ISSUER_HOST: '0.0.0.0' };
    expect(() => readConfig(env)).toThrow(/ISSUER_URL is required/);
    expect(readConfig({ ...env, ISSUER_URL: 'https://idp.tinh.example' }).host).toBe('0.0.0.0');
  });

  test('mutual TLS, proxies, state and database are read', () => {
    const env = {
      ISSUER_TRUSTED_PROXIES: '10.0.0.1, fd00::/8',
      ISSUER_CLIENT_CERTIFICATE_HEADER: 'X-Client-Cert',
      ISSUER_STATE: 'redis://127.0.0.1:6379',
      ISSUER_DATABASE_URL: 'postgres://issuer@127.0.0.1/issuer',
      ISSUER_KEY_AGE: 'off',
      ISSUER_REGISTRY: 'postgres://registry@127.0.0.1/registry',
      ISSUER_INTROSPECTORS: 'mot-cua, so-y-te',
    };
    const config = readConfig(env);
    expect(config).toMatchObject({
      certificates: { proxies: ['10.0.0.1', 'fd00::/8'], header: 'x-client-cert' },
      state: { redis: env.ISSUER_STATE, maxAge: 0 },
      database: env.ISSUER_DATABASE_URL,
      registry: { database: env.ISSUER_REGISTRY },
      introspectors: ['mot-cua', 'so-y-te'],
    });
    expect(config).not.toHaveProperty('keyAge');
  });

  describe('the upstream provider', () => {
    const upstream = { ISSUER_UPSTREAM_URL: 'https://vneid.example', ISSUER_UPSTREAM_CLIENT_SECRET: 'bi-mat' };

    test('has a credential, one', () => {
      expect(readConfig(upstream).upstream).toMatchObject({ issuer: 'https://vneid.example', clientId: 'lienthong' });
      expect(() => readConfig({ ...upstream, ISSUER_UPSTREAM_CLIENT_SECRET: '' })).toThrow(/exactly one/);
    });

    test('is not the development provider in production', () => {
      const production = { ISSUER_ENVIRONMENT: 'production', ...upstream };
      for (const changed of [
        { ISSUER_UPSTREAM_CLIENT_SECRET: 'demo-x' },
        { ISSUER_UPSTREAM_URL: 'http://127.0.0.1:1' },
      ]) {
        expect(() => readConfig({ ...production, ...changed })).toThrow(/development provider/);
      }
    });
  });

  test('production wants registry, keys and database named', () => {
    const env = {
      ISSUER_ENVIRONMENT: 'production',
      ISSUER_REGISTRY: 'r.yaml',
      ISSUER_DATABASE_URL: 'postgres://i@h/i',
    };
    expect(() => readConfig(env)).toThrow(/ISSUER_KEYS_FILE is required/);
    expect(() => readConfig({ ...env, ISSUER_REGISTRY: '' })).toThrow(/ISSUER_REGISTRY is required/);
    expect(() => readConfig({ ...env, ISSUER_KEYS_FILE: 'k', ISSUER_DATABASE_URL: '' })).toThrow(/ISSUER_DATABASE_URL/);
  });
});
