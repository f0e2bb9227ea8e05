import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ConfigCode } from './errors.ts';
import { ConfigError, departmentOf, loadConfig } from './index.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
  for (const name of ['supergraph.graphql', 'jwks.json']) writeFileSync(join(folder, name), '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (yaml: string, variables: Record<string, string> = {}) => {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, yaml);
  return loadConfig(file, variables);
};

const refusal = (yaml: string, variables?: Record<string, string>): ConfigError => {
  try {
    load(yaml, variables);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

const MINIMAL = 'environment: development\nsupergraph: { file: supergraph.graphql }\n';

describe('a good configuration', () => {
  test('is filled with defaults, in milliseconds and bytes, with absolute paths', () => {
    const { config, warnings } = load(MINIMAL);
    expect(config).toEqual({
      environment: 'development',
      listen: { host: '127.0.0.1', port: 4000 },
      metrics: { host: '127.0.0.1', port: 4009 },
      processes: 1,
      supergraph: { file: join(folder, 'supergraph.graphql') },
      departments: {},
      authentication: {
        audience: 'urn:gateway',
        clockTolerance: 10_000,
        maxTokenLifetime: 3_600_000,
        boundTokens: 'optional',
        dpop: { nonce: 'off', proofLifetime: 60_000 },
        issuers: [],
      },
      authorization: {
        mode: 'filter',
        discloseRequirements: false,
        hideDenied: false,
        unguarded: 'allow',
        guardLost: 'warn',
      },
      execution: {
        engine: 'compiled',
        timeout: 10_000,
        requests: 1_024,
        sharing: 'off',
        batchDelay: 0,
        remembered: 12_582_912,
        warmUp: { operations: 1_000, time: 5_000 },
        memory: 268_435_456,
      },
      internalToken: { keyFile: join(folder, 'gateway-key.pem'), binding: 'body' },
      signing: { keyFile: join(folder, 'signing-key.pem') },
      limits: { bodySize: 262_144, tokens: 4000, depth: 20, aliases: 60, rootFields: 60, cost: 5000, planning: 2_000 },
      introspection: { scope: 'schema:introspect' },
      audit: false,
      console: { enabled: true },
      logging: { level: 'info' },
    });
    expect(warnings.map(({ code }) => code)).toEqual(['AUDIT_OFF']);
  });

  test('keeps what is written', () => {
    const { config, warnings } = load(`${MINIMAL}publicUrl: https://data.example/
metrics: false
departments:
  health: { url: http://127.0.0.1:4102/graphql, timeout: 250ms, connections: 8 }
authentication:
  issuers:
    - issuer: https://idp.tinh.example
      jwks: { file: ./jwks.json }
      algorithms: [ES256]
      claims: { client: azp }
      allow: { scopes: [citizens:basic:read], purposes: [], orgs: [H48.53] }
    - issuer: https://other.example
      jwks: { url: https://other.example/jwks }
authorization: { policyDecision: { url: http://localhost:8181/v1/data/lienthong/decide } }
limits: { bodySize: 1MiB }
`);
    expect(config.publicUrl).toBe('https://data.example');
    expect(config.metrics).toBe(false);
    expect(config.limits.bodySize).toBe(1_048_576);
    expect(departmentOf(config, 'health')).toEqual({
      url: 'http://127.0.0.1:4102/graphql',
      timeout: 250,
      connections: 8,
      queue: 1_024,
      answerSize: 33_554_432,
      circuit: { failures: 20, pause: 2_000 },
    });
    expect(config.authentication.issuers[0]).toEqual({
      issuer: 'https://idp.tinh.example',
      jwks: { file: join(folder, 'jwks.json') },
      algorithms: ['ES256'],
      scopeClaim: 'scope',
      scopeFormat: 'string',
      claims: {
        client: 'azp',
        org: 'org',
        purpose: 'purpose',
        legalBasis: 'legal_basis',
        caseId: 'case_id',
        citizen: 'citizen',
      },
      keysMaxStale: 86_400_000,
      allow: [{ scopes: ['citizens:basic:read'], purposes: [], orgs: ['H48.53'] }],
    });
    expect(config.authorization.policyDecision).toEqual({
      url: 'http://localhost:8181/v1/data/lienthong/decide',
      timeout: 250,
    });
    expect(warnings.map(({ code, key }) => `${code} ${key}`)).toEqual([
      'AUDIT_OFF audit',
      'ISSUER_UNCAPPED authentication.issuers[1].allow',
    ]);
  });

  test('says aloud that a department has more time than the request it is asked for', () => {
    const codes = (yaml: string) => load(MINIMAL + yaml).warnings.map(({ code, key }) => `${code} ${key}`);
    expect(codes('departments: { land: { timeout: 11s } }')).toContain(
      'DEPARTMENT_TIMEOUT_CUT departments.land.timeout',
    );
    expect(codes('departments: { land: { timeout: 10s } }').join()).not.toContain('TIMEOUT');
  });

  test('signs answers unless told not to, and then says so', () => {
    const { config, warnings } = load(`${MINIMAL}signing: false`);
    expect(config.signing).toBe(false);
    expect(warnings.map(({ code, key }) => `${code} ${key}`)).toContain('ANSWERS_UNSIGNED signing');
    expect(load(`${MINIMAL}signing: { keyFile: a.pem, otherKeys: jwks.json }`).config.signing).toEqual({
      keyFile: join(folder, 'a.pem'),
      otherKeys: join(folder, 'jwks.json'),
    });
  });

  test('traces a hundredth, and believes nobody, unless told otherwise', () => {
    const tracing = (yaml: string) => load(MINIMAL + yaml).config.tracing;
    const endpoint = 'http://127.0.0.1:4318/v1/traces';
    expect(tracing('')).toBeUndefined();
    expect(tracing(`tracing: { endpoint: "${endpoint}" }`)).toEqual({ endpoint, sampling: 0.01, trustIncoming: false });
    expect(tracing(`tracing: { endpoint: "${endpoint}", sampling: 1 }`)?.sampling).toBe(1);
  });

  test('several processes: as many as there are processors, and what each would have for itself is said', () => {
    const loaded = (yaml: string) => load(MINIMAL + yaml);
    expect(loaded('processes: cores').config.processes).toBe(availableParallelism());
    const apart = (yaml: string) =>
      loaded(yaml).warnings.flatMap(({ code, messages }) => (code === 'PROCESSES_APART' ? [messages.en] : []));
    expect(apart('processes: 2')).toEqual([expect.stringContaining('its own revocations, quotas and memory')]);
    expect(apart('processes: 2\nstate: { file: ./revoked }')).toEqual([expect.stringContaining('its own quotas and')]);
    expect(apart('processes: 2\nstate: { redis: redis://127.0.0.1:6379 }')).toEqual([]);
    expect(apart('processes: 1')).toEqual([]);
  });

  test('takes several caps of an issuer, and state in one place with what goes beside it', () => {
    const { config } = load(`${MINIMAL}state: { redis: redis://127.0.0.1:6379, copy: ./revoked, maxAge: 5s }
authentication:
  issuers:
    - issuer: https://other.example
      jwks: { url: https://other.example/jwks }
      allow:
        - { scopes: [a], orgs: [H48] }
        - { scopes: [b], purposes: [TTHC] }
`);
    expect(config.state).toEqual({ redis: 'redis://127.0.0.1:6379', copy: join(folder, 'revoked'), maxAge: 5_000 });
    expect(config.authentication.issuers[0]?.allow).toEqual([
      { scopes: ['a'], orgs: ['H48'] },
      { scopes: ['b'], purposes: ['TTHC'] },
    ]);
  });

  test('is frozen to its last corner', () => {
    const { config } = load(MINIMAL);
    expect(Object.isFrozen(config.authentication.dpop)).toBe(true);
    expect(Object.isFrozen(config.authentication.issuers)).toBe(true);
  });

  test('gives a department that it does not name the declared defaults', () => {
    const { config } = load(`${MINIMAL}departments: { health: {} }`);
    expect(departmentOf(config, 'land')).toEqual(departmentOf(config, 'health'));
    expect(departmentOf(config, '__proto__')).toEqual(departmentOf(config, 'health'));
  });
});

test('channel binding to this machine needs no certificate', () => {
  const { config } = load(
    `${MINIMAL}internalToken: { binding: channel }\ndepartments: { health: { url: "http://127.0.0.1:4102/graphql" } }`,
  );
  expect(config.internalToken.binding).toBe('channel');
});

test('calls are shared where tokens are not bound to one request', () => {
  const { config } = load(`${MINIMAL}internalToken: { binding: channel }\nexecution: { sharing: inFlight }`);
  expect(config.execution.sharing).toBe('inFlight');
});

describe('the environment', () => {
  test('fills in ${NAME}, also between braces', () => {
    const { config } = load(`${MINIMAL}listen: { host: "\${HOST}", port: \${PORT} }`, { HOST: '::1', PORT: '0' });
    expect(config.listen).toEqual({ host: '::1', port: 0 });
  });

  test('cannot add keys through ${NAME}', () => {
    const { config } = load(`${MINIMAL}introspection: { scope: \${SCOPE} }`, { SCOPE: 'x }\naudit: false # ' });
    expect(config.introspection).toEqual({ scope: 'x }\naudit: false # ' });
  });

  test('wins over the file', () => {
    const { config } = load(`${MINIMAL}listen: { port: 1 }\ndepartments: { one-stop: { timeout: 1s } }`, {
      LIENTHONG_LISTEN_PORT: '2',
      LIENTHONG_METRICS: 'false',
      LIENTHONG_DEPARTMENTS_ONE_STOP_TIMEOUT: '3s',
      LIENTHONG_DEPARTMENTS_WELFARE_URL: 'http://127.0.0.1:4105/graphql',
      LIENTHONG_AUTHORIZATION_MODE: '',
    });
    expect(config.listen.port).toBe(2);
    expect(config.metrics).toBe(false);
    expect(config.authorization.mode).toBe('filter');
    expect(departmentOf(config, 'one-stop').timeout).toBe(3_000);
    expect(departmentOf(config, 'welfare').url).toBe('http://127.0.0.1:4105/graphql');
  });

  test('does not mistake variables of other parts for settings', () => {
    expect(load(MINIMAL, { LIENTHONG_DATA: '/x', LIENTHONG_TEST_POSTGRES: 'y' }).config.environment).toBe(
      'development',
    );
  });
});

type Case = [yaml: string, code: ConfigCode, line: number | undefined, key: string, suggestion?: string];

/** Every refusal: what is written, and the code, line, key and suggestion that come back. */
const REFUSALS: Record<string, Case> = {
  'a misspelt key': ['listen:\n  prot: 1', 'CONFIG_UNKNOWN_KEY', 4, 'listen.prot', 'port'],
  'a misspelt feature': ['autorization: {}', 'CONFIG_UNKNOWN_KEY', 3, 'autorization', 'authorization'],
  'a key unlike any other': ['zzzzzz: {}', 'CONFIG_UNKNOWN_KEY', 3, 'zzzzzz'],
  'a key of an issuer': [
    'authentication:\n  issuers:\n    - issuer: a\n      jkws: {}\n      jwks: { file: jwks.json }',
    'CONFIG_UNKNOWN_KEY',
    6,
    'authentication.issuers[0].jkws',
    'jwks',
  ],
  'a merge key': ['listen: { <<: { port: 1 } }', 'CONFIG_UNKNOWN_KEY', 3, 'listen.<<'],
  'a key that stands twice': ['listen: {}\nlisten: {}', 'CONFIG_SYNTAX', 4, ''],
  'broken YAML': ['listen: { port: 1', 'CONFIG_SYNTAX', 3, ''],
  'a port out of range': ['listen: { port: 65536 }', 'CONFIG_INVALID_VALUE', 3, 'listen.port'],
  'a port with a point': ['listen: { port: 40.5 }', 'CONFIG_INVALID_VALUE', 3, 'listen.port'],
  'a word misspelt': ['authorization: { mode: filtre }', 'CONFIG_INVALID_VALUE', 3, 'authorization.mode', 'filter'],
  'yes for true': ['console: { enabled: yes }', 'CONFIG_INVALID_VALUE', 3, 'console.enabled'],
  'a duration without unit': [
    'authentication: { clockTolerance: 10 }',
    'CONFIG_INVALID_VALUE',
    3,
    'authentication.clockTolerance',
  ],
  'a size in kB': ['limits: { bodySize: 256kB }', 'CONFIG_INVALID_VALUE', 3, 'limits.bodySize'],
  'a list for a value': ['limits: { depth: [1] }', 'CONFIG_INVALID_VALUE', 3, 'limits.depth'],
  'a value for keys': ['limits: 5', 'CONFIG_INVALID_VALUE', 3, 'limits'],
  'a key without value': ['listen:\n  host:', 'CONFIG_INVALID_VALUE', 4, 'listen.host'],
  'a shared-secret algorithm': [
    'authentication:\n  issuers:\n    - { issuer: a, jwks: { file: jwks.json }, algorithms: [ES256, HS256] }',
    'CONFIG_INVALID_VALUE',
    5,
    'authentication.issuers[0].algorithms',
    'ES256',
  ],
  'no algorithm at all': [
    'authentication:\n  issuers:\n    - { issuer: a, jwks: { file: jwks.json }, algorithms: [] }',
    'CONFIG_INVALID_VALUE',
    5,
    'authentication.issuers[0].algorithms',
  ],
  'an issuer without keys': [
    'authentication:\n  issuers:\n    - issuer: a',
    'CONFIG_MISSING_KEY',
    5,
    'authentication.issuers[0].jwks',
  ],
  'an issuer with two key sources': [
    'authentication:\n  issuers:\n    - issuer: a\n      jwks: { file: jwks.json, url: https://a }',
    'CONFIG_INVALID_VALUE',
    6,
    'authentication.issuers[0].jwks',
  ],
  'a key file that is not there': [
    'authentication:\n  issuers:\n    - issuer: a\n      jwks: { file: no.json }',
    'CONFIG_FILE_MISSING',
    6,
    'authentication.issuers[0].jwks.file',
  ],
  'plain http to another machine': [
    'departments:\n  health: { url: http://10.0.0.5/graphql }',
    'CONFIG_INSECURE_URL',
    4,
    'departments.health.url',
  ],
  'plain http to a name that begins like loopback': [
    'departments:\n  health: { url: http://127.0.0.1.evil.example/ }',
    'CONFIG_INSECURE_URL',
    4,
    'departments.health.url',
  ],
  'a public address with a path': ['publicUrl: https://data.example/api', 'CONFIG_INVALID_VALUE', 3, 'publicUrl'],
  'a variable that is not set': ['listen: { port: ${NO_PORT} }', 'CONFIG_MISSING_VARIABLE', 3, 'listen.port'],
  'spans to another machine without encryption': [
    'tracing: { endpoint: "http://10.0.0.5:4318/v1/traces" }',
    'CONFIG_INSECURE_URL',
    3,
    'tracing.endpoint',
  ],
  'more than all requests': [
    'tracing: { endpoint: "https://spans.example/v1/traces", sampling: 1.5 }',
    'CONFIG_INVALID_VALUE',
    3,
    'tracing.sampling',
  ],
  'no process at all': ['processes: 0', 'CONFIG_INVALID_VALUE', 3, 'processes'],
  'processes by a misspelt word': ['processes: core', 'CONFIG_INVALID_VALUE', 3, 'processes', 'cores'],
  'state in two places': [
    'state: { redis: redis://127.0.0.1:6379, file: ./state.json }',
    'CONFIG_INVALID_VALUE',
    3,
    'state',
  ],
  'state nowhere': ['state: { maxAge: 5s }', 'CONFIG_MISSING_KEY', 3, 'state'],
  'an unknown key beside it': ['state: { file: ./state.json, copi: x }', 'CONFIG_UNKNOWN_KEY', 3, 'state.copi', 'copy'],
  'a proxy that is no address': [
    'listen: { clientCertificate: { from: [10.0.0.0/33] } }',
    'CONFIG_INVALID_VALUE',
    3,
    'listen.clientCertificate.from',
  ],
  'channel binding over a network without a certificate of the gateway': [
    'internalToken: { binding: channel }\ndepartments:\n  health:\n    url: https://health.example/graphql',
    'CONFIG_INVALID_VALUE',
    5,
    'departments.health.tls',
  ],
  'channel binding without a certificate, TLS to this machine': [
    'internalToken: { binding: channel }\ndepartments:\n  health: { url: "https://127.0.0.1:4102/graphql" }',
    'CONFIG_INVALID_VALUE',
    5,
    'departments.health.tls',
  ],
  'shared calls with tokens that are bound to one request': [
    'execution: { sharing: batched }',
    'CONFIG_INVALID_VALUE',
    3,
    'execution.sharing',
  ],
  'channel binding with half a certificate': [
    'internalToken: { binding: channel }\ndepartments:\n  health:\n    url: https://h.example/graphql\n    tls: { key: jwks.json }',
    'CONFIG_INVALID_VALUE',
    7,
    'departments.health.tls.certificate',
  ],
  'TLS files that are not there': [
    'departments:\n  health: { url: "https://h.example/", tls: { ca: ./absent.pem } }',
    'CONFIG_FILE_MISSING',
    4,
    'departments.health.tls.ca',
  ],
  'TLS files that are something else': [
    'departments:\n  health: { url: "https://h.example/", tls: { ca: jwks.json } }',
    'CONFIG_INVALID_VALUE',
    4,
    'departments.health.tls.ca',
  ],
  'TLS over plain http': [
    'departments:\n  health: { url: "http://127.0.0.1:4102/", tls: {} }',
    'CONFIG_INVALID_VALUE',
    4,
    'departments.health.tls',
  ],
  'a quota that there is not': ['quotas: { perMinute: 5 }', 'CONFIG_UNKNOWN_KEY', 3, 'quotas.perMinute'],
  'a ledger nowhere': ['audit: { mode: strict }', 'CONFIG_MISSING_KEY', 3, 'audit.database'],
  'a ledger that never waits': [
    'audit: { database: "postgres://127.0.0.1/ledger", timeout: 0s }',
    'CONFIG_INVALID_VALUE',
    3,
    'audit.timeout',
  ],
};

describe('a bad configuration is refused:', () => {
  test.each(Object.entries(REFUSALS))('%s', (_, [yaml, code, line, key, suggestion]) => {
    const error = refusal(MINIMAL + yaml);
    expect({ code: error.code, line: error.line, key: error.key, suggestion: error.suggestion }).toEqual({
      code,
      line,
      key,
      suggestion,
    });
    expect(error.problems).toHaveLength(1);
    expect(error.messages.vi).not.toBe(error.messages.en);
  });

  test('production refuses unsafe settings, and silence means production', () => {
    const unsafe =
      'supergraph: { file: supergraph.graphql }\nauthorization: { mode: report }\nconsole: { demo: { issuer: "http://127.0.0.1:4100", registry: jwks.json } }\n';
    const problems = (yaml: string) =>
      refusal(yaml)
        .problems.map(({ code, key }) => `${code} ${key}`)
        .sort();
    const others = ['CONFIG_UNSAFE_IN_PRODUCTION authorization.mode', 'CONFIG_UNSAFE_IN_PRODUCTION console.demo'];
    expect(problems(unsafe)).toEqual(['CONFIG_UNSAFE_IN_PRODUCTION audit', ...others]);
    expect(problems(`environment: production\n${unsafe}audit: false`)).toEqual(others);
  });

  test('production refuses several processes that know nothing of each other', () => {
    const production = 'supergraph: { file: supergraph.graphql }\naudit: false\nprocesses: 2\n';
    for (const state of ['', 'state: { file: ./revoked }']) {
      const { problems, code, line, key } = refusal(production + state);
      expect([problems.length, code, line, key]).toEqual([1, 'CONFIG_UNSAFE_IN_PRODUCTION', 3, 'processes']);
    }
    expect(load(`${production}state: { redis: rediss://state.example }`).config.processes).toBe(2);
  });

  test('production may go without a ledger when that is said, and says so itself', () => {
    const { config, warnings } = load(`${MINIMAL.replace('development', 'production')}audit: false`);
    expect([config.environment, config.audit]).toEqual(['production', false]);
    expect(warnings.map(({ code }) => code)).toContain('AUDIT_OFF');
  });

  test('a variable of the environment names itself', () => {
    const error = refusal(MINIMAL, { LIENTHONG_LIMITS_DEPTH: 'deep' });
    expect([error.code, error.key, error.line]).toEqual(['CONFIG_INVALID_VALUE', 'LIENTHONG_LIMITS_DEPTH', undefined]);
  });

  test('a misspelt variable is not ignored', () => {
    const error = refusal(MINIMAL, { LIENTHONG_AUTHORIZATION_MOED: 'reject' });
    expect([error.code, error.suggestion]).toEqual(['CONFIG_UNKNOWN_VARIABLE', 'LIENTHONG_AUTHORIZATION_MODE']);
  });

  test('no supergraph', () => {
    const error = refusal('environment: development');
    expect([error.code, error.key]).toEqual(['CONFIG_MISSING_KEY', 'supergraph']);
  });

  test('no file', () => {
    expect(() => loadConfig(join(folder, 'absent.yaml'), {})).toThrow(
      /absent\.yaml: the configuration file cannot be read \(ENOENT\)/,
    );
  });

  test('every problem is told at once, in the order of the file, in both languages', () => {
    const error = refusal(`${MINIMAL}listen: { prot: 1 }\nlimits: { depth: 0 }`);
    expect(error.describe('en').split('\n')).toEqual([
      `${join(folder, 'gateway.yaml')}:3 listen.prot: there is no such key. The keys here: host, port, tls, clientCertificate. Did you mean "port"? [CONFIG_UNKNOWN_KEY]`,
      `${join(folder, 'gateway.yaml')}:4 limits.depth: must be a whole number from 1 to 1000. [CONFIG_INVALID_VALUE]`,
    ]);
    expect(error.describe('vi')).toContain('không có khoá này');
  });

  test('a password in an address is not repeated', () => {
    const error = refusal(`${MINIMAL}departments: { health: { url: "ftp://user:secret@host" } }`);
    expect(error.describe('en') + error.message).not.toContain('secret');
  });
});
