import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { RegistryStore } from '@lienthong/registry/store';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase('registry');
  const store = await RegistryStore.open(database.url);
  const bank = {
    name: { vi: 'Ngân hàng', en: 'Bank' },
    org: 'bank',
    contact: { name: 'An', email: 'an@bank.example' },
    expires: 'never',
    authentication: { method: 'tls_client_auth', match: { attribute: 'san_dns', value: 'bank.example' } },
    bound: 'mtls',
    purposes: [{ purpose: 'KYC', legalBasis: 'CONSENT', scopes: ['citizens:match:verify'] }],
    persistedDocumentsOnly: true,
  };
  await store.add(JSON.stringify({ partners: { bank } }), 'test', { actor: 'test' });
  await store.close();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What a command prints, or the code and English message of its refusal. */
const document = async (...argv: string[]): Promise<string> => {
  let out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const whole = ['partner', ...argv, '--registry', database.url];
    await createProgram('en').parseAsync(whole, { from: 'user' });
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

const text = 'query { # đối chiếu\r\n  me { name } }\n';
const hash = createHash('sha256').update(text).digest('hex');
const add = (name: string, body: string, purpose = 'KYC', ...more: string[]) =>
  document('document', 'add', '--client', 'bank', '--purpose', purpose, '--file', file(name, body), ...more);

test('an operation is registered to the byte, listed, shown, withdrawn, and all of it is on record', async () => {
  expect(await add('q.graphql', text, 'KYC', '--name', 'Đối chiếu', '--actor', 'quản trị')).toBe(
    `✓ bank: registered for KYC. The partner sends: {"documentId": "sha256:${hash}"}\n`,
  );
  expect(await document('document', 'list', '--client', 'bank')).toContain(`KYC      ${hash}  Đối chiếu\n`);
  expect(JSON.parse(await document('document', 'list', '--client', 'bank', '--json'))).toEqual([
    { name: 'Đối chiếu', purpose: 'KYC', hash, body: text },
  ]);
  expect(await document('show', 'bank')).toContain(`hash: ${hash}`);
  expect(await add('q.graphql', text)).toMatch(/^NOTHING_TO_CHANGE bank has [0-9a-f]{64} for KYC already/);

  expect(await document('document', 'remove', '--client', 'bank', '--hash', `sha256:${hash}`)).toBe(
    `✓ bank: withdrawn: ${hash}\n`,
  );
  expect(await document('document', 'remove', '--client', 'bank', '--hash', hash)).toMatch(/^DOCUMENT_UNKNOWN /);
  expect(JSON.parse(await document('document', 'list', '--client', 'bank', '--json'))).toEqual([]);
  const history = await document('history', 'bank');
  expect(history.match(/ (document-\w+) {2}bank {2}/g)).toHaveLength(2);
  expect(history).toContain('quản trị');
});

test.each<[string, string, string, RegExp]>([
  ['a text that is no GraphQL', '{ me', 'KYC', /^REGISTRY_INVALID \S+broken\.graphql: is not valid GraphQL \(1:5\)/],
  ['a purpose that is not registered', '{ a }', 'TTHC', /^REGISTRY_INVALID --purpose: .*it is for: KYC/],
])('%s is refused by the name that the operator wrote', async (_what, body, purpose, message) => {
  expect(await add('broken.graphql', body, purpose)).toMatch(message);
});

test('so are a file that is not there and a client that is not', async () => {
  const argv = ['document', 'add', '--client', 'bank', '--purpose', 'KYC', '--file', '/khong/co.graphql'];
  expect(await document(...argv)).toMatch(/^FILE_UNREADABLE --file:/);
  expect(await document('document', 'list', '--client', 'nobody')).toMatch(/^CLIENT_UNKNOWN /);
});
