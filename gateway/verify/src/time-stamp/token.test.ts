import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fromBase64url } from '../bytes.ts';
import { readKeys, verify } from '../index.ts';
import { type Certificate, readCertificates, readTimeStampResponse, verifyTimeStamp } from './index.ts';

// Made by OpenSSL (gateway/ledger/vectors/stamp.py).
const file = (name: string): string =>
  readFileSync(new URL(`../../../ledger/vectors/${name}`, import.meta.url), 'utf8');
const pem = file('time-stamps-ca.pem');
const trusted = readCertificates(pem) ?? [];
const lines = file('export-time-stamps.jsonl').trimEnd().split('\n');
const tokens = lines.flatMap((line, at) => {
  const { timeStamp } = JSON.parse(line);
  if (timeStamp === undefined) return [];
  const head = lines.slice(0, at).findLast((each) => each.startsWith('{"head"')) ?? '';
  return [{ token: fromBase64url(timeStamp) ?? new Uint8Array(), head: Buffer.from(JSON.parse(head).head) }];
});
const [first = { token: new Uint8Array(), head: Buffer.alloc(0) }] = tokens;

async function* source(changed: readonly string[]) {
  yield changed.map((line) => `${line}\n`).join('');
}
const judge = (changed: readonly string[], timeStampsBy: readonly Certificate[] | 'nobody' = trusted) =>
  verify(source(changed), {
    keys: readKeys(JSON.parse(file('jwks.json'))),
    ...(timeStampsBy === 'nobody' ? {} : { timeStampsBy }),
  });
const faultsOf = async (changed: readonly string[]) =>
  (await judge(changed)).faults.map(({ code, line = '' }) => `${code} ${line}`);

test('tokens of another program are true, by ECDSA and RSA, over SHA-256 and SHA-512', () => {
  const policies = tokens.map(({ token, head }) => verifyTimeStamp(token, head, { trusted }));
  expect(policies).toMatchObject([
    { ok: true, policy: '1.3.6.1.4.1.32473.1', serial: '02' },
    { ok: true, policy: '1.3.6.1.4.1.32473.1', serial: '03' },
    { ok: true, policy: '1.3.6.1.4.1.32473.2', serial: '04' },
  ]);
});

describe('a token is not', () => {
  const { token, head } = first;
  test.each([
    ['of another head', Buffer.from('another'), {}, 'IMPRINT'],
    ['of another policy', head, { policy: '1.2.3' }, 'POLICY'],
    ['of another request', head, { nonce: '01' }, 'NONCE'],
    ['of an authority that nobody trusts', head, { trusted: [] }, 'CHAIN'],
  ])('%s', (_what, message, options, fault) => {
    expect(verifyTimeStamp(token, message, { trusted, ...options })).toEqual({ ok: false, fault });
  });

  test('altered: no bit of it may be another', () => {
    const survived: number[] = [];
    for (let at = 0; at < token.length; at++) {
      const altered = Uint8Array.from(token);
      altered[at] = (altered[at] ?? 0) ^ (1 << ((at * 5) % 8));
      if (verifyTimeStamp(altered, head, { trusted }).ok) survived.push(at);
    }
    expect(survived).toEqual([]);
  });

  test('cut off, or followed by something', () => {
    for (let length = 0; length < token.length; length += 7) {
      expect(verifyTimeStamp(token.subarray(0, length), head, { trusted })).toEqual({ ok: false, fault: 'FORM' });
    }
    const longer = Uint8Array.from([...token, 0]);
    expect(verifyTimeStamp(longer, head, { trusted })).toEqual({ ok: false, fault: 'FORM' });
  });
});

test('whatever the bytes are, the answer is a verdict', () => {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const { token, head } = first;
  for (let n = 0; n < 2_000; n++) {
    const altered = Uint8Array.from(token);
    for (let times = random(6); times >= 0; times--) altered[random(altered.length)] = random(256);
    const cut = random(4) === 0 ? altered.subarray(random(altered.length)) : altered;
    expect(typeof verifyTimeStamp(cut, head, { trusted }).ok).toBe('boolean');
    expect(readTimeStampResponse(cut)).toBeDefined();
  }
});

describe('an export with time stamps', () => {
  test('is in order, and says since when the ledger has been like this', async () => {
    const verdict = await judge(lines);
    expect(verdict).toMatchObject({ ok: true, timeStamps: { given: 3, true: 3, last: { size: 5 } } });
    expect(Date.parse(verdict.timeStamps.last?.time ?? '')).toBeGreaterThan(Date.parse('2026-11-23T02:01:05Z'));
  });

  test('where nobody says whose count, they are counted and no more', async () => {
    expect((await judge(lines, 'nobody')).timeStamps).toEqual({ given: 3 });
  });

  const at = lines.map((line, index) => (line.includes('"timeStamp":') ? index : -1)).filter((index) => index >= 0);
  const [one = 0, two = 0, three = 0] = at;
  const change = (index: number, act: (line: string) => readonly string[]) =>
    lines.flatMap((line, each) => (each === index ? act(line) : [line]));

  test.each<[string, () => readonly string[], readonly string[]]>([
    ['one is missing', () => change(one, () => []), [`TIME_STAMP_NUMBER ${two}`]],
    ['the last is missing', () => change(three, () => []), [`END ${lines.length - 1}`]],
    ['one stands twice', () => change(two, (line) => [line, line]), [`TIME_STAMP_NUMBER ${two + 2}`]],
    [
      'one is of another head',
      () => change(two, () => [(lines[one] ?? '').replace('"number":0', '"number":1')]),
      [`TIME_STAMP ${two + 1}`],
    ],
    [
      'one stands behind a record',
      () => change(one - 2, (line) => [lines[one] ?? '', line]),
      [`TIME_STAMP_HEAD ${one - 1}`, `TIME_STAMP_NUMBER ${one + 2}`],
    ],
    [
      'one is no base64url',
      () => change(one, (line) => [line.replace('"timeStamp":"', '"timeStamp":"=')]),
      [`TIME_STAMP ${one + 1}`],
    ],
    ['one is a number', () => change(one, () => ['{"number":0,"timeStamp":1}']), [`TIME_STAMP ${one + 1}`]],
    [
      'there is none',
      () =>
        lines.filter((_, each) => !at.includes(each)).map((line) => line.replace('"timeStamps":3', '"timeStamps":0')),
      ['NO_TIME_STAMP '],
    ],
  ])('%s: is told', async (_what, changed, expected) => {
    expect(await faultsOf(changed())).toEqual(expected);
  });
});

describe('certificates', () => {
  test.each([
    ['nothing', ''],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----'],
  ])('are not %s', (_what, text) => {
    expect(readCertificates(text)).toBeUndefined();
  });

  test('are read among other things', () => {
    expect(readCertificates(`subject=…\n${pem}\nissuer=…\n${pem}`)).toHaveLength(2);
  });
});

describe('an answer of an authority', () => {
  const answer = (hex: string) => readTimeStampResponse(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
  test.each<[string, string, unknown]>([
    ['granted', '3007 3003020100 3000', { token: new Uint8Array([0x30, 0]) }],
    ['granted with changes', '3007 3003020101 3000', { token: new Uint8Array([0x30, 0]) }],
    ['rejected', '3005 3003020102', { status: 2 }],
    ['granted without a token', '3005 3003020100', { status: -1 }],
    ['something else', '0400', { status: -1 }],
    ['nothing', '', { status: -1 }],
  ])('%s', (_what, hex, expected) => {
    expect(answer(hex)).toEqual(expected);
  });
});
