import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { openState } from '@lienthong/state';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

let database: TestDatabase;
const ignore = () => undefined;
const folder = mkdtempSync(join(tmpdir(), 'partner-'));

beforeAll(async () => {
  database = await testDatabase('registry');
  process.env.REGISTRY_DATABASE_URL = database.url;
  process.env.REGISTRY_ACTOR = 'quản trị';
  process.env.LIENTHONG_DATA = folder;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  for (const name of ['REGISTRY_DATABASE_URL', 'REGISTRY_ACTOR', 'LIENTHONG_DATA']) delete process.env[name];
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What a command prints, or the code and English message of its refusal. */
const partner = async (...argv: string[]): Promise<string> => {
  let out = '';
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await createProgram('en').parseAsync(['partner', ...argv], { from: 'user' });
    return out;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    expect(error.messages.vi).not.toBe(error.messages.en);
    return `${error.code} ${error.messages.en}`;
  }
};

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const keygen = async (name: string, ...more: string[]): Promise<string> =>
  file(`${name}.jwks`, await partner('keygen', '--out', join(folder, `${name}.key`), ...more));

const options = (client: string, keys: string): string[] =>
  `--client ${client} --name-vi Viettel --name-en Viettel --org viettel --contact-name An --contact-email an@viettel.example
   --expires 2099-12-31 --purpose KYC --legal-basis CONSENT --scope citizens:match:verify --keys ${keys}`.split(/\s+/);

const data = async (...argv: string[]): Promise<unknown> => JSON.parse(await partner(...argv, '--json'));

test('a partner makes its key, is admitted by options, shown, listed, suspended, resumed, removed', async () => {
  const keys = await keygen('viettel');
  expect(statSync(join(folder, 'viettel.key')).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(folder, 'viettel.key'), 'utf8'))).toHaveProperty('d');
  expect(readFileSync(keys, 'utf8')).not.toContain('"d"');

  const admitted = await partner('add', ...options('viettel', keys));
  expect(admitted).toContain('✓ viettel: private_key_jwt, tokens bound by dpop, until 2099-12-31');
  expect(admitted).toContain('its private key stays with it');
  const shown = await partner('show', 'viettel');
  expect(shown).toMatch(/^# active; revision 1 /);
  expect(shown).toContain('      - purpose: KYC\n');
  expect(await partner('list')).toMatch(/viettel +active +2099-12-31 +private_key_jwt\/dpop +KYC +Viettel/);

  await partner('suspend', 'viettel', '--reason', 'khoá lộ');
  expect(await data('show', 'viettel')).toMatchObject({ status: 'suspended', standing: 'suspended', revision: 2 });
  await partner('resume', 'viettel');
  await partner('remove', 'viettel');
  expect(await data('list')).toMatchObject([{ client: 'viettel', status: 'removed' }]);
  const history = await partner('history', 'viettel');
  expect(history.match(/ (add|suspend|resume|remove) {2}viettel {2}quản trị \(registry_/g)).toHaveLength(4);
  expect(history).toContain('    “khoá lộ”\n    status: "active" → "suspended"');
  expect(await partner('resume', 'viettel')).toMatch(/^CLIENT_REMOVED /);
});

test('suspending with a gateway’s configuration revokes what was issued, the moment included that the issuer needs', async () => {
  await partner('add', ...options('leaky', await keygen('leaky')));
  writeFileSync(join(folder, 'supergraph.graphql'), 'type Query { a: Int }');
  const config = file(
    'gateway.yaml',
    `environment: development
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [{ issuer: "https://idp.example", jwks: { url: "https://idp.example/jwks" } }] }
internalToken: { keyFile: ./gateway-key.pem }
state: { file: ./revoked }
`,
  );
  expect(await partner('suspend', 'leaky', '--config', config)).toContain('revoked client leaky (https://idp.example)');
  const state = await openState({ file: join(folder, 'revoked') }, { info: ignore, warn: ignore, error: ignore });
  const token = { issuer: 'https://idp.example', jti: 'j', client: 'leaky', subject: 'leaky', ancestors: [] };
  expect(state.revocations.has({ ...token, issuedAt: Date.now() + 500 })).toBe(true);
  expect(state.revocations.has({ ...token, issuedAt: Date.now() + 60_000 })).toBe(false);
  await state.close();
});

test('what show prints, changed, is what update takes; an older revision is refused', async () => {
  await partner('add', ...options('bank', await keygen('bank')));
  const { revision } = (await data('show', 'bank')) as { revision: number };
  const text = (await partner('show', 'bank')).replace('org: viettel', 'org: bank').replace('2099', '2098');
  const changed = file('bank.yaml', text);
  expect(await partner('update', changed, '--revision', String(revision))).toBe('✓ bank: updated\n');
  expect(await data('show', 'bank')).toMatchObject({ org: 'bank', expires: '2098-12-31' });
  expect(await partner('update', changed)).toMatch(/^NOTHING_TO_CHANGE /);
  expect(await partner('suspend', 'bank', '--revision', String(revision))).toMatch(/^CHANGED_MEANWHILE /);
});

test('keys rotate without a gap', async () => {
  const kids = async () => {
    const { authentication } = (await data('show', 'hospital')) as { authentication: { keys: { kid: string }[] } };
    return authentication.keys.map(({ kid }) => kid);
  };
  await partner('add', ...options('hospital', await keygen('hospital', '--kid', 'old', '--alg', 'PS256')));
  const next = await keygen('hospital-2', '--kid', 'new', '--alg', 'EdDSA');
  expect(await partner('rotate', 'hospital', '--keys', next, '--keep')).toContain('new and old keys both work');
  expect(await kids()).toEqual(['new', 'old']);
  expect(await partner('rotate', 'hospital', '--keys', next)).toContain('only the new key is left');
  expect(await kids()).toEqual(['new']);
});

describe('is refused and says what to do', () => {
  test('a key is never overwritten', async () => {
    await keygen('once');
    expect(await partner('keygen', '--out', join(folder, 'once.key'))).toMatch(/^KEY_FILE .* never overwritten/);
  });

  test('a private key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'a' };
    const refusal = await partner('add', ...options('leak', file('leak.jwk', JSON.stringify(jwk))));
    expect(refusal).toMatch(/^REGISTRY_INVALID --keys: this is a PRIVATE key/);
    expect(refusal).not.toContain(jwk.d);
  });

  test('options, by their names', async () => {
    const keys = await keygen('wrong');
    const wrong = options('wrong', keys)
      .join(' ')
      .replace('KYC', 'SPY')
      .replace('2099', '1999')
      .replace('citizens:match:verify', 'all');
    const refusal = await partner('add', ...wrong.split(' '));
    expect(refusal.split('\n').map((line) => line.replace(/^REGISTRY_INVALID /, '').split(':')[0])).toEqual([
      '--expires',
      '--purpose',
      '--scope',
    ]);
  });

  test('a file, by line and key', async () => {
    const yaml = file('short.yaml', 'partners:\n  x:\n    org: x\n');
    expect(await partner('add', yaml)).toContain(`${yaml}:2: partners.x: the key "name" is missing`);
  });

  test.each<[string[], RegExp]>([
    [['add'], /^OPTIONS_MISSING Still needed: --client --name-vi .*docs\/partners\.md/],
    [['add', 'x.yaml', '--client', 'a'], /^FILE_OR_OPTIONS /],
    [['add', '/khong/co.yaml'], /^FILE_UNREADABLE /],
    [['show', 'nobody'], /^CLIENT_UNKNOWN /],
    [['rotate', 'bank'], /^PROOF_NEEDED Give exactly one of: --keys/],
    [['list', '--registry', 'file.yaml'], /^REGISTRY_ADDRESS /],
    [['list', '--registry', 'postgres://x:geheim@127.0.0.1:1/x'], /^REGISTRY_UNAVAILABLE (?!.*geheim)/],
  ])('%j', async (argv, message) => {
    expect(await partner(...argv)).toMatch(message);
  });

  test('a shared secret, unless it is development', async () => {
    const yaml = file(
      'secret.yaml',
      `partners:
  demo:
    name: { vi: Thử, en: Trial }
    org: demo
    contact: { name: An, email: an@demo.example }
    expires: 2099-12-31
    authentication: { method: client_secret_basic, secret: demo-demo-khong-dung-that }
    bound: none
    purposes: [{ purpose: KYC, legalBasis: CONSENT, scopes: [citizens:match:verify] }]
`,
    );
    expect(await partner('add', yaml)).toMatch(/^UNSAFE_IN_PRODUCTION /);
    expect(await partner('add', yaml, '--development')).toContain('✓ demo');
    expect(await partner('show', 'demo')).not.toContain('khong-dung-that');
    expect(await partner('history', 'demo')).not.toContain('khong-dung-that');
  });

  test('no registry anywhere', async () => {
    delete process.env.REGISTRY_DATABASE_URL;
    expect(await partner('list')).toMatch(/^REGISTRY_UNKNOWN .*REGISTRY_DATABASE_URL/);
    process.env.REGISTRY_DATABASE_URL = database.url;
  });
});
