import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openTimeStamps, type TimeStamps } from '@lienthong/ledger';
import { connected } from '@lienthong/ledger/testing';
import { readKeys, verify } from '@lienthong/verify';
import { MadeUpLedger } from '@lienthong/verify/testing';
import { type Certificate, readCertificates, verifyTimeStamp } from '@lienthong/verify/time-stamp';

import { type RealLedger, realLedger } from '../kit/real-ledger.ts';
import { LINK, startSmallFederation } from '../kit/small-federation.ts';
import { type Misbehaviour, type TimeStampAuthority, timeStampAuthority } from '../kit/time-stamp-authority.ts';

jest.setTimeout(60_000);

const MESSAGE = Buffer.from('a head');
const DIGEST = createHash('sha256').update(MESSAGE).digest();
const POLICY = '1.3.6.1.4.1.32473.1';

let authority: TimeStampAuthority;
let trusted: readonly Certificate[];
beforeAll(async () => {
  authority = await timeStampAuthority();
  trusted = readCertificates(authority.certificates) ?? [];
});
afterAll(() => authority.close());

describe('a token', () => {
  const judged = async (how: Misbehaviour, policy?: string) =>
    verifyTimeStamp(await authority.token(DIGEST, how), MESSAGE, { trusted, policy });

  test('of an authority that does as it should is true', async () => {
    const verdict = await judged({}, POLICY);
    expect(verdict).toMatchObject({ ok: true, policy: POLICY });
    if (verdict.ok) expect(Math.abs(Date.parse(verdict.time) - Date.now())).toBeLessThan(60_000);
  });

  test.each<[string, Misbehaviour, string]>([
    ['of something else', { imprint: 'other' }, 'IMPRINT'],
    ['over a hash that does not count any more', { imprint: 'sha1' }, 'ALGORITHM'],
    ['under another policy', { policy: '1.3.6.1.4.1.32473.2' }, 'POLICY'],
    ['signed by nobody', { signature: 'other' }, 'SIGNATURE'],
    ['whose signature is over another text', { signature: 'otherDigest' }, 'SIGNATURE'],
    ['with another certificate of the same key', { signature: 'otherCertificate' }, 'CERTIFICATE'],
    ['without its certificate', { signature: 'noCertificate' }, 'CERTIFICATE'],
    ['that names no certificate in what is signed', { signature: 'unnamedCertificate' }, 'CERTIFICATE'],
    ['without the authority between', { chain: 'short' }, 'CHAIN'],
    ['by a certificate that was over', { signer: 'expired' }, 'CHAIN'],
    ['by a certificate that is still to come', { signer: 'future' }, 'CHAIN'],
    ['by a certificate for nothing', { signer: 'noPurpose' }, 'CERTIFICATE'],
    ['by a certificate for code', { signer: 'otherPurpose' }, 'CERTIFICATE'],
    ['by a certificate for more than time stamps', { signer: 'morePurposes' }, 'CERTIFICATE'],
    ['by a certificate whose purpose is not critical', { signer: 'notCritical' }, 'CERTIFICATE'],
    ['by a certificate that certifies others', { signer: 'authority' }, 'CERTIFICATE'],
    ['by a key that is not for signatures', { signer: 'noSignatures' }, 'CERTIFICATE'],
    ['by a certificate that nobody understands', { signer: 'unknownExtension' }, 'CERTIFICATE'],
    ['by whoever takes the name of the root', { signer: 'selfSigned' }, 'CHAIN'],
    ['of another authority', { signer: 'otherAuthority' }, 'CHAIN'],
    ['below something that is no authority', { signer: 'belowNoAuthority' }, 'CHAIN'],
    ['below an authority that was over', { signer: 'belowExpired' }, 'CHAIN'],
    ['among authorities that all certify each other', { signer: 'crowd', chain: 'crowd' }, 'CHAIN'],
  ])('%s proves nothing', async (_what, how, fault) => {
    expect(await judged(how, POLICY)).toEqual({ ok: false, fault });
  });
});

describe('heads of the ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'time-stamps-'));
  const file = join(folder, 'time-stamps.jsonl');
  const told: object[] = [];
  const remember = (fields: object): void => void told.push(fields);
  let ledger: RealLedger;
  let stamps: TimeStamps;
  let now = () => Date.now();
  const open = (more: Partial<Parameters<typeof openTimeStamps>[0]> = {}) =>
    openTimeStamps({
      database: ledger.database.writer,
      authority: { url: authority.url, trusted, policy: POLICY },
      every: 0,
      file,
      log: { info: remember, warn: remember, error: remember },
      now: () => now(),
      ...more,
    });
  const newHead = async () => {
    await ledger.append();
    const head = await ledger.heads.sign();
    if (head === undefined) throw new TypeError('nothing was signed');
    return head;
  };
  const kept = () =>
    connected(ledger.database.owner, async (client) => {
      const { rows } = await client.query('select head, time, token from ledger.time_stamps order by number');
      return rows.length;
    });
  beforeAll(async () => {
    ledger = await realLedger();
    stamps = open();
  });
  afterAll(async () => {
    await stamps.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  test('nothing is asked where there is no head', async () => {
    expect(await stamps.stamp()).toEqual({ done: 'nothing' });
    expect(authority.asked).toBe(0);
  });

  test('are stamped, kept, published, and verified with the export', async () => {
    const head = await newHead();
    authority.behave({});
    expect(await stamps.stamp()).toMatchObject({ done: 'stamped' });
    // All that leaves is the hash.
    expect(authority.lastRequest.includes(createHash('sha256').update(head.jws).digest())).toBe(true);
    expect(authority.lastRequest.length).toBeLessThan(96);
    expect(await stamps.stamp()).toEqual({ done: 'nothing' });
    expect(await kept()).toBe(1);
    const [published = ''] = readFileSync(file, 'utf8').split('\n');
    const { head: jws, timeStamp } = JSON.parse(published);
    expect(jws).toBe(head.jws);
    expect(verifyTimeStamp(Buffer.from(timeStamp, 'base64url'), Buffer.from(jws), { trusted }).ok).toBe(true);
    const verdict = await verify(ledger.reader.export(), { keys: ledger.keys, timeStampsBy: trusted });
    expect(verdict).toMatchObject({ ok: true, faults: [], timeStamps: { given: 1, true: 1, last: { size: 1 } } });
    const other = await timeStampAuthority();
    const by = readCertificates(other.certificates) ?? [];
    await other.close();
    const foreign = await verify(ledger.reader.export(), { keys: ledger.keys, timeStampsBy: by });
    expect(foreign.faults.map(({ code, line }) => `${code} ${line ?? ''}`)).toEqual(['TIME_STAMP 4', 'NO_TIME_STAMP ']);
  });

  test.each<[string, Misbehaviour, string]>([
    ['another nonce', { nonce: 'other' }, 'NONCE'],
    ['no nonce', { nonce: 'none' }, 'NONCE'],
    ['another imprint', { imprint: 'other' }, 'IMPRINT'],
    ['another policy', { policy: '1.3.6.1.4.1.32473.2' }, 'POLICY'],
    ['a certificate that was over', { signer: 'expired' }, 'CHAIN'],
    ['a certificate for nothing', { signer: 'noPurpose' }, 'CERTIFICATE'],
    ['a certificate of another authority', { signer: 'otherAuthority' }, 'CHAIN'],
    ['a clock that is ahead', { ahead: 6 * 60_000 }, 'CLOCK'],
    ['a clock that is behind', { ahead: -6 * 60_000 }, 'CLOCK'],
    ['a refusal', { status: 2 }, 'REJECTED'],
    ['a grant of nothing', { status: 0 }, 'ANSWER'],
    ['garbage', { answer: 'garbage' }, 'ANSWER'],
    ['nothing', { answer: 'nothing' }, 'ANSWER'],
    ['without end', { answer: 'huge' }, 'ANSWER'],
    ['an error of HTTP', { answer: 'status' }, 'ANSWER'],
    ['something else than an answer', { answer: 'type' }, 'ANSWER'],
    ['somebody else’s address', { answer: 'redirect' }, 'UNREACHABLE'],
    ['never', { answer: 'hang' }, 'UNREACHABLE'],
    ['never to the end', { answer: 'slow' }, 'UNREACHABLE'],
  ])('an authority that answers %s: nothing is kept, heads go on', async (_what, how, failure) => {
    const before = await kept();
    authority.behave(how);
    const head = await newHead();
    // Only for what never comes it is waited.
    const waits = how.answer === 'hang' || how.answer === 'slow';
    const hasty = open({ authority: { url: authority.url, trusted, policy: POLICY, timeout: waits ? 200 : 10_000 } });
    expect(await hasty.stamp()).toEqual({ done: 'failed', failure });
    await hasty.close();
    expect(await kept()).toBe(before);
    expect((await newHead()).size).toBe(head.size + 1);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  });

  test('what fails is told once, and for how long; it is over when it works again', async () => {
    authority.behave({ answer: 'garbage' });
    const start = Date.now();
    now = () => start;
    await newHead();
    const fresh = open();
    told.length = 0;
    await fresh.stamp();
    now = () => start + 60_000;
    await fresh.stamp();
    expect(fresh.failing).toBe(60_000);
    expect(told).toEqual([{ code: 'LEDGER_TIME_STAMP', failure: 'ANSWER' }]);
    authority.behave({});
    expect(await fresh.stamp()).toMatchObject({ done: 'stamped' });
    expect(fresh.failing).toBe(0);
    expect(told).toHaveLength(2);
    now = () => Date.now();
    await fresh.close();
  });

  test('on a schedule, by whichever gateway comes first, and not again where nothing was signed since', async () => {
    await newHead();
    const before = await kept();
    // A minute and more since the last stamp, as both of them see it.
    now = () => Date.now() + 61_000;
    const both = [open({ every: 200 }), open({ every: 200 })];
    while ((await kept()) === before) await new Promise((next) => void setTimeout(next, 50));
    await new Promise((next) => void setTimeout(next, 600));
    expect((await kept()) - before).toBeLessThanOrEqual(2);
    await Promise.all(both.map((each) => each.close()));
    now = () => Date.now();
  });

  test('a store that is away is told as that', async () => {
    const away = open({ database: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await away.stamp()).toEqual({ done: 'failed', failure: 'STORE' });
    await away.close();
  });

  test('a stamp that was kept stays; the gateway reads none', async () => {
    await expect(
      connected(ledger.database.owner, (client) => client.query('delete from ledger.time_stamps')),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      connected(ledger.database.writer, (client) => client.query('select * from ledger.time_stamps')),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('a gateway', () => {
  let ledger: RealLedger;
  let folder: string;
  beforeAll(async () => {
    ledger = await realLedger();
    await ledger.append();
    await ledger.heads.sign();
    folder = mkdtempSync(join(tmpdir(), 'time-stamps-'));
  });
  afterAll(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const kept = () =>
    connected(ledger.database.owner, async (client) => {
      const { rows } = await client.query<{ token: Buffer }>('select token from ledger.time_stamps');
      return rows.map(({ token }) => token);
    });
  const settings = (certificates: string) =>
    `heads: { every: 1d }, timeStamps: { url: "${authority.url}", certificates: "${certificates}", policy: ${POLICY} }`;
  const start = (certificates: string, config = 'signing: { keyFile: ./signing-key.pem }') =>
    startSmallFederation({
      departments: { hello: { sdl: `${LINK}type Query { hello: String @tag(name: "public") }` } },
      audit: { database: ledger.database.writer, settings: settings(certificates) },
      config,
    });

  test('that is configured to has heads stamped', async () => {
    authority.behave({});
    const pem = join(folder, 'ca.pem');
    writeFileSync(pem, authority.certificates);
    const federation = await start(pem);
    try {
      while ((await kept()).length === 0) await new Promise((next) => void setTimeout(next, 50));
      const head = (await ledger.reader.head()) ?? '';
      const [token = Buffer.alloc(0)] = await kept();
      expect(verifyTimeStamp(token, Buffer.from(head), { trusted }).ok).toBe(true);
    } finally {
      await federation.close();
    }
  });

  test.each([
    ['without a file of certificates', 'none.pem', undefined, 'audit.timeStamps.certificates'],
    ['with one that holds none', 'empty.pem', undefined, 'audit.timeStamps.certificates'],
    ['without a key that signs heads', 'ca.pem', 'signing: false', 'audit.timeStamps needs signing'],
  ])('does not start %s', async (_what, name, config, said) => {
    writeFileSync(join(folder, 'empty.pem'), 'nothing');
    await expect(start(join(folder, name), config)).rejects.toThrow(said);
  });
});

test('a head that says it was signed after it was stamped is told', async () => {
  const ledger = new MadeUpLedger();
  ledger.record();
  const dated = async (ahead: number) => {
    const jws = ledger.jws(
      { origin: ledger.origin, size: 1, root: ledger.root(), time: new Date(Date.now() + ahead).toISOString() },
      'lienthong-head+jwt',
    );
    const token = await authority.token(createHash('sha256').update(jws).digest());
    const [first = '', record = ''] = ledger.lines();
    const lines = [
      first,
      record,
      JSON.stringify({ head: jws, number: 0 }),
      JSON.stringify({ timeStamp: token.toString('base64url'), number: 0 }),
      JSON.stringify({ end: { size: 1, root: ledger.root(), heads: 1, timeStamps: 1 } }),
    ];
    async function* source() {
      yield lines.map((line) => `${line}\n`).join('');
    }
    const { faults } = await verify(source(), { keys: readKeys(ledger.jwks), timeStampsBy: trusted });
    return faults.map(({ code }) => code);
  };
  expect(await dated(0)).toEqual([]);
  expect(await dated(30_000)).toEqual([]);
  expect(await dated(120_000)).toEqual(['TIME_STAMP_TIME', 'NO_TIME_STAMP']);
});
