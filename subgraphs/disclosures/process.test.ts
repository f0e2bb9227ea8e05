import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ask, type TestGateway, testGateway } from '@lienthong/kit/testing';
import { openHeads } from '@lienthong/ledger';
import { keySigner, subjectsBy } from '@lienthong/ledger/format';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { readKeys, verifyProof } from '@lienthong/verify';
import { person, self, writeTo } from './testing.ts';

// Each test starts a process, on machines that may be busy.
jest.setTimeout(60_000);

const MAIN = join(import.meta.dirname, 'index.ts');
const ORIGIN = 'data.example/ledger';
const SUBJECT_KEY = randomBytes(32);

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test' }] };

const folder = mkdtempSync(join(tmpdir(), 'disclosures-'));
let ledger: LedgerDatabase;
let gateway: TestGateway;
let env: Record<string, string>;

beforeAll(async () => {
  ledger = await ledgerDatabase();
  gateway = testGateway();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  env = {
    DISCLOSURES_DATABASE_URL: ledger.reader,
    DISCLOSURES_PORT: '0',
    LEDGER_SUBJECT_KEY_FILE: file('subject.key', `s1.${SUBJECT_KEY.toString('base64url')}\n`),
    PROVINCE_KEY_FILE: file('province.key', `${gateway.provinceKey}\n`),
    GATEWAY_JWKS: file('jwks.json', JSON.stringify(gateway.jwks)),
  };
});
afterAll(async () => {
  await ledger.drop();
  rmSync(folder, { recursive: true });
});

const run = (args: readonly string[], changes: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env: { PATH: process.env.PATH, ...env, ...changes },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      output[name] += text;
    });
  }
  return { child, output, ended: once(child, 'close').then(([code]) => ({ code, ...output })) };
};

test('has a proof of its entry for the person, once a head covers it, that anybody can check', async () => {
  const me = person('me');
  const subject = subjectsBy(SUBJECT_KEY)(me);
  const [id = ''] = await writeTo(
    ledger,
    [{ purpose: 'TTHC', of: { [me]: ['Citizen.fullName'] } }],
    subjectsBy(SUBJECT_KEY),
  );
  const { child, output, ended } = run(['start']);
  try {
    while (!output.stdout.includes('\n')) await Promise.race([once(child.stdout, 'data'), ended]);
    const url = output.stdout.trim().replace('ready ', '');
    const proof = async (citizen: string): Promise<unknown> => {
      const { body } = await ask(
        { name: 'disclosures', url, gateway },
        {
          query:
            'query ($of: [_Any!]!, $id: ID!) { _entities(representations: $of) { ... on Citizen { disclosure(id: $id) { proof } } } }',
          variables: { of: [{ __typename: 'Citizen', id: citizen }], id },
          ...self(citizen),
        },
      );
      expect(body.errors).toBeUndefined();
      const [{ disclosure }] = (body.data as { _entities: [{ disclosure: { proof: unknown } | null }] })._entities;
      return disclosure?.proof;
    };
    expect(await proof(me)).toBeNull();

    const heads = openHeads({
      database: ledger.writer,
      origin: ORIGIN,
      signer: keySigner(privateKey, 'test'),
      keys,
      every: 0,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    await heads.sign();
    await heads.close();

    const known = readKeys(JSON.parse(JSON.stringify(keys)));
    if (known === undefined) throw new Error('no keys');
    const verdict = await verifyProof((await proof(me)) as Parameters<typeof verifyProof>[0], {
      keys: known,
      origin: ORIGIN,
    });
    expect(verdict).toMatchObject({
      ok: true,
      seq: 0,
      common: { id, purpose: 'TTHC' },
      entry: { subject, coordinates: ['Citizen.fullName'] },
      head: { origin: ORIGIN, size: 1 },
    });
    expect(await proof(person('somebody else'))).toBeUndefined();
  } finally {
    child.kill('SIGTERM');
  }
  expect((await ended).code).toBe(0);
});

test.each(['seed', 'migrate'])('%s has nothing to do: the ledger is the gateway’s', async (command) => {
  const { code, stderr } = await run([command]).ended;
  expect([code, stderr.includes('nothing to migrate or seed')]).toEqual([0, true]);
});

test.each([
  ['is missing', { LEDGER_SUBJECT_KEY_FILE: '' }, 'The environment variable LEDGER_SUBJECT_KEY_FILE is missing'],
  ['cannot be read', { LEDGER_SUBJECT_KEY_FILE: '/nowhere' }, 'no key can be read from /nowhere'],
])('does not start where the key of data subjects %s', async (_what, changes, message) => {
  const { code, stdout, stderr } = await run([], changes).ended;
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(message);
});
