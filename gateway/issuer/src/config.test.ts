import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';
import { developmentRegistry } from './registry/index.ts';

describe('configuration', () => {
  test('has development defaults, frozen', () => {
    const config = readConfig({});
    expect(config).toEqual({
      environment: 'development',
      host: '127.0.0.1',
      port: 4100,
      registryFile: developmentRegistry,
      keysFile: '.data/issuer-keys.json',
      tokenLifetime: 600,
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

  test('production wants registry and keys named', () => {
    const env = { ISSUER_ENVIRONMENT: 'production', ISSUER_REGISTRY: 'r.yaml' };
    expect(() => readConfig(env)).toThrow(/ISSUER_KEYS_FILE is required/);
    expect(() => readConfig({ ...env, ISSUER_REGISTRY: '' })).toThrow(/ISSUER_REGISTRY is required/);
  });
});
