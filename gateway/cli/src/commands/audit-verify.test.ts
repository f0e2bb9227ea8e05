import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MadeUpLedger } from '@lienthong/verify/testing';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const ledger = new MadeUpLedger();
ledger.record();
const head = ledger.head();
ledger.mutation();
ledger.head();

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const jwks = JSON.stringify(ledger.jwks);
const good = file('good.jsonl', text(ledger.lines()));
const altered = file('altered.jsonl', text(ledger.lines()).replace('cán bộ', 'Cán bộ'));
const keys = file('jwks.json', jwks);

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    if (path === '/moved') response.writeHead(302, { location: '/export' }).end();
    else if (path === '/export') response.end(text(ledger.lines()));
    else if (path === '/jwks.json') response.end(jwks);
    else if (path === '/broken') {
      response.write(text(ledger.lines()).slice(0, 200));
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly exit: number;
  readonly out: string;
}

/** What a command prints, or the code of its refusal. */
const audit = async (language: 'vi' | 'en', ...argv: string[]): Promise<Ran> => {
  let out = '';
  process.exitCode = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((written) => {
    out += String(written);
    return true;
  });
  try {
    await createProgram(language).parseAsync(['audit', ...argv], { from: 'user' });
    return { exit: Number(process.exitCode), out };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    expect(error.messages.vi).not.toBe(error.messages.en);
    return { exit: 1, out: error.code };
  }
};

describe('audit verify', () => {
  test('a good export, in both languages', async () => {
    const { exit, out } = await audit('en', 'verify', good, '--keys', keys, '--origin', ledger.origin);
    expect([exit, out]).toEqual([
      0,
      `✓ Nothing is wrong.

  ledger        made-up.example/ledger
  records       3 · ANSWER 1 · INTENT 1 · OUTCOME 1
  time          2026-11-23T02:00:00.000Z – 2026-11-23T02:00:00.040Z
  signed heads  2; 3 records stand before the last
  witnesses     none: an export that was cut at an earlier head would not be noticed (--heads)
  root          ${ledger.root()}
`,
    ]);
    const vietnamese = await audit('vi', 'verify', good, '--keys', keys);
    expect(vietnamese.out).toMatch(/^✓ Không có gì sai\.\n\n {2}sổ {2,}made-up\.example\/ledger\n {2}bản ghi {2,}3 · /);
  });

  test('an altered one is told by place, exit code 1', async () => {
    const { exit, out } = await audit('en', 'verify', altered, '--keys', keys);
    expect(exit).toBe(1);
    expect(out).toMatch(/^✗ line 2, record 0: RECORD_ALTERED: .*\n✗ This export is NOT in order\.\n/);
    expect((await audit('vi', 'verify', altered, '--keys', keys)).out).toMatch(
      /^✗ dòng 2, bản ghi 0: RECORD_ALTERED: /,
    );
    const { out: json } = await audit('en', 'verify', altered, '--keys', keys, '--json');
    expect(JSON.parse(json)).toMatchObject({ ok: false, faults: [{ code: 'RECORD_ALTERED', line: 2, seq: 0 }] });
  });

  test('export and keys from this machine’s addresses', async () => {
    expect(await audit('en', 'verify', `${url}/export`, '--keys', `${url}/jwks.json`)).toMatchObject({ exit: 0 });
  });

  test('keys of several times', async () => {
    const older = file('older.json', JSON.stringify(new MadeUpLedger({ kid: 'older' }).jwks));
    expect(await audit('en', 'verify', good, '--keys', older)).toMatchObject({ exit: 1 });
    expect(await audit('en', 'verify', good, '--keys', older, '--keys', keys)).toMatchObject({ exit: 0 });
  });

  test('heads of witnesses', async () => {
    const longer = new MadeUpLedger().head({ size: 9 });
    const heads = file('heads.txt', `${head}\n\n${longer}\n`);
    const { exit, out } = await audit('en', 'verify', good, '--no-signatures', '--heads', heads);
    expect(exit).toBe(1);
    expect(out).toMatch(/^✗ TRUNCATED_WITNESS: the ledger has 3 records, fewer than the witness's head 2 says \(9\)\n/);
    expect(out).toContain('the ledger leads to 1 of 2 heads');
  });

  describe('time stamps', () => {
    // Made by OpenSSL.
    const vector = (name: string): string => fileURLToPath(new URL(`../../../ledger/vectors/${name}`, import.meta.url));
    const stamped = [vector('export-time-stamps.jsonl'), '--keys', vector('jwks.json')];

    test('are checked where somebody says whose count', async () => {
      const { exit, out } = await audit('en', 'verify', ...stamped, '--time-stamps-ca', vector('time-stamps-ca.pem'));
      expect([exit, out]).toEqual([
        0,
        expect.stringMatching(/\n {2}time stamps {3}3 of 3 are true; 5 records were there at 20/),
      ]);
      const vietnamese = await audit('vi', 'verify', ...stamped, '--time-stamps-ca', vector('time-stamps-ca.pem'));
      expect(vietnamese.out).toMatch(/\n {2}dấu thời gian +đúng 3 trên 3; 5 bản ghi có từ trước 20/);
      expect((await audit('en', 'verify', ...stamped)).out).toContain('3; not checked (--time-stamps-ca)');
    });

    test('of others, or none at all, are told', async () => {
      const { exit, out } = await audit(
        'en',
        'verify',
        good,
        '--keys',
        keys,
        '--time-stamps-ca',
        vector('time-stamps-ca.pem'),
      );
      expect([exit, out.split(':')[0]]).toEqual([1, '✗ NO_TIME_STAMP']);
      expect(await audit('en', 'verify', ...stamped, '--time-stamps-ca', keys)).toEqual({
        exit: 1,
        out: 'CERTIFICATES_UNUSABLE',
      });
    });
  });

  test('what was not checked is said', async () => {
    const { exit, out } = await audit('en', 'verify', good, '--no-signatures');
    expect(exit).toBe(0);
    expect(out).toContain('SIGNATURES WERE NOT CHECKED');
  });

  test.each<[string, () => string[], string]>([
    ['without keys', () => [good], 'KEYS_NEEDED'],
    ['with keys and none', () => [good, '--keys', keys, '--no-signatures'], 'KEYS_OR_NONE'],
    ['with keys that are none', () => [good, '--keys', good], 'KEYS_UNUSABLE'],
    ['with an empty key set', () => [good, '--keys', file('none.json', '{"keys":[]}')], 'KEYS_UNUSABLE'],
    ['no file', () => [join(folder, 'none'), '--keys', keys], 'UNREADABLE'],
    ['a folder', () => [folder, '--keys', keys], 'INTERRUPTED'],
    ['no keys', () => [good, '--keys', join(folder, 'none')], 'UNREADABLE'],
    ['nothing at the address', () => [`${url}/none`, '--keys', keys], 'UNREADABLE'],
    ['somewhere else than at the address', () => [`${url}/moved`, '--keys', keys], 'UNREADABLE'],
    ['half of it', () => [`${url}/broken`, '--keys', keys], 'INTERRUPTED'],
    ['over an open network', () => ['http://data.example/export', '--keys', keys], 'HTTPS_NEEDED'],
    ['keys over an open network', () => [good, '--keys', 'http://data.example/jwks'], 'HTTPS_NEEDED'],
  ])('refuses %s', async (_what, argv, code) => {
    expect(await audit('en', 'verify', ...argv())).toEqual({ exit: 1, out: code });
  });
});

describe('audit verify-proof', () => {
  test('what is no proof', async () => {
    const { exit, out } = await audit('en', 'verify-proof', good, '--keys', keys);
    expect([exit, out]).toEqual([1, '✗ FORMAT: this is no proof (lienthong-proof/1)\n']);
    expect((await audit('vi', 'verify-proof', good, '--keys', keys)).out).toContain('không phải một bằng chứng');
    expect(JSON.parse((await audit('en', 'verify-proof', good, '--keys', keys, '--json')).out)).toEqual({
      ok: false,
      fault: 'FORMAT',
    });
  });

  test('is not done without keys', async () => {
    expect(await audit('en', 'verify-proof', good)).toEqual({ exit: 1, out: 'KEYS_NEEDED' });
  });
});
