import { describe, expect, test } from '@jest/globals';
import { developmentRegistry, loadRegistry, parseRegistry, RegistryError } from './index.ts';
import { unsafeForProduction } from './production.ts';

const valid = `clients:
  so-nha:
    name: { vi: Sở, en: Department }
    org: H48.01
    secret: \${SECRET_SO_NHA}
    purposes:
      - purpose: TTHC
        legalBasis: MANDATORY_SHARE
        scopes: [citizens:basic:read]
`;
const env = { SECRET_SO_NHA: '0123456789abcdef0123456789abcdef' };

/** Line, key and English message of every problem. */
function problems(text: string, environment: NodeJS.ProcessEnv = env): string[] {
  try {
    parseRegistry(text, 'r.yaml', environment);
  } catch (error) {
    if (error instanceof RegistryError) {
      return error.problems.map(({ line, key, messages }) => `${line} ${key}: ${messages.en}`);
    }
    throw error;
  }
  return [];
}

describe('a registry file', () => {
  test('gives clients with their purposes in order and secrets from the environment', () => {
    expect([...parseRegistry(valid, 'r.yaml', env).clients.values()]).toEqual([
      {
        id: 'so-nha',
        name: { vi: 'Sở', en: 'Department' },
        org: 'H48.01',
        grant: 'client-credentials',
        secret: env.SECRET_SO_NHA,
        purposes: [{ purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', scopes: ['citizens:basic:read'] }],
      },
    ]);
  });

  test.each<[string, string, string, string]>([
    [
      'unknown key of a client',
      'org:',
      'orgs:',
      '4 clients.so-nha.orgs: unknown key; allowed: name, org, secret, purposes, grant',
    ],
    [
      'unknown key of a purpose',
      'legalBasis',
      'basis',
      '8 clients.so-nha.purposes[0].basis: unknown key; allowed: purpose, legalBasis, scopes',
    ],
    ['unknown key at the top', 'clients:', 'client:', '1 client: unknown key; allowed: clients'],
    [
      'bad scope',
      'citizens:basic:read',
      'citizens:*',
      '9 clients.so-nha.purposes[0].scopes[0]: must be a scope such as citizens:basic:read',
    ],
    [
      'repeated scope',
      '[citizens:basic:read]',
      '[a:b, a:b]',
      '9 clients.so-nha.purposes[0].scopes[1]: this scope is listed above already',
    ],
    ['number for a string', 'H48.01', '48', '4 clients.so-nha.org: must be an agency code such as H48.53'],
    [
      'unknown grant',
      'org: H48.01',
      'org: H48.01\n    grant: password',
      '5 clients.so-nha.grant: must be client-credentials or development-login',
    ],
    [
      'no scope',
      '[citizens:basic:read]',
      '[]',
      '9 clients.so-nha.purposes[0].scopes: must be a list with at least one item',
    ],
    [
      'repeated key',
      'org: H48.01',
      'org: H48.01\n    org: H48.02',
      '5 (YAML): not valid YAML: Map keys must be unique at line 5, column 5:',
    ],
    [
      'self scope of an agency',
      'citizens:basic:read',
      'audit:self:read',
      '9 clients.so-nha.purposes[0].scopes[0]: :self: scopes are for clients that log citizens in, and such clients may have no other',
    ],
    [
      'another scope of a citizen',
      'org: H48.01',
      'org: H48.01\n    grant: development-login',
      '10 clients.so-nha.purposes[0].scopes[0]: :self: scopes are for clients that log citizens in, and such clients may have no other',
    ],
  ])('%s is refused with line and key', (_case, from, to, problem) => {
    expect(problems(valid.replace(from, to))).toContain(problem);
  });

  test('a missing environment variable is fatal and named', () => {
    expect(problems(valid, {})).toEqual(['5 clients.so-nha.secret: environment variable SECRET_SO_NHA is not set']);
  });

  test('every fault is told at once, in both languages, without the secret', () => {
    const text = valid
      .replace('org:', 'orgs:')
      .replace('TTHC', 'tthc')
      .replace(/\$\{.*\}/, 'bí mật');
    expect(problems(text)).toHaveLength(4);
    try {
      parseRegistry(text, 'r.yaml', env);
    } catch (error) {
      const { messages } = error as RegistryError;
      expect(messages.vi.split('\n')).toHaveLength(4);
      expect(messages.en).toMatch(/^r\.yaml:/);
      expect(messages.en + messages.vi).not.toContain('bí mật');
    }
  });

  test('a file that is not there is told with what to set', () => {
    expect(() => loadRegistry('/khong/co.yaml', {})).toThrow(/ISSUER_REGISTRY/);
  });
});

describe('the development registry', () => {
  const { clients } = loadRegistry(developmentRegistry, {});
  const granted = (id: string) => clients.get(id)?.purposes.map(({ purpose, scopes }) => [purpose, scopes]);

  test('gives mot-cua every read scope but identity, sensitive and clinical with TTHC, its first purpose', () => {
    expect(clients.get('mot-cua')?.purposes.map(({ purpose }) => purpose)).toEqual(['TTHC', 'ENROL', 'LANDTX']);
    expect([...(clients.get('mot-cua')?.purposes[0].scopes ?? [])].sort()).toEqual([
      'citizens:basic:read',
      'citizens:basic:read:bulk',
      'citizens:family:read',
      'education:enrolment:read',
      'education:enrolment:read:bulk',
      'education:record:read',
      'health:immunization:read',
      'health:insurance:read',
      'land:encumbrance:read',
      'land:owner:read',
      'land:parcel:read',
      'land:parcel:read:bulk',
    ]);
  });

  test('gives the partner a match and nothing else, and citizens their own accesses', () => {
    expect(granted('viettel')).toEqual([['KYC', ['citizens:match:verify']]]);
    expect(granted('cong-dan')).toEqual([['AUDIT', ['audit:self:read']]]);
  });

  test('is refused by production, each client by name', () => {
    const findings = unsafeForProduction({ file: '', clients }).map(({ en }) => en);
    for (const id of clients.keys()) expect(findings.join('\n')).toContain(`${id}: uses a published demo secret`);
    expect(findings).toContain('cong-dan: development login verifies nobody; remove this client from the registry');
  });
});

describe('production', () => {
  test('takes a long random secret', () => {
    expect(unsafeForProduction(parseRegistry(valid, 'r.yaml', env))).toEqual([]);
  });

  test('refuses a short secret', () => {
    const short = parseRegistry(valid, 'r.yaml', { SECRET_SO_NHA: 'x'.repeat(31) });
    expect(unsafeForProduction(short).map(({ en }) => en)).toEqual([
      'so-nha: the secret is shorter than 32 characters; make one with "openssl rand -hex 32"',
    ]);
  });
});
