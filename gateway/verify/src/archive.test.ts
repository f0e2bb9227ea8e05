import { describe, expect, test } from '@jest/globals';
import { readKeys } from './keys.ts';
import { MadeUpLedger } from './testing/index.ts';
import type { Verdict, VerifyOptions } from './verdict.ts';
import { verifyArchive } from './verify.ts';

/** Ten records and four heads, exported when there were three, six and ten: heads stand at 2, 3, 6, 10. */
const madeUp = ({ seed = 'seed', officer = 'cán bộ 17' } = {}): MadeUpLedger => {
  const ledger = new MadeUpLedger({ seed });
  ledger.record();
  ledger.record({ people: 0 });
  ledger.head();
  const intent = ledger.record({ kind: 'INTENT' });
  ledger.head();
  ledger.record({ kind: 'OUTCOME', operation: { intent, officer } });
  ledger.record({ people: 20 });
  ledger.record();
  ledger.head();
  for (let n = 0; n < 4; n++) ledger.record({ people: n });
  ledger.head();
  return ledger;
};
const ledger = madeUp();
const [one = [], two = [], three = []] = ledger.files(3, 6);
const headAt = (size: number): string =>
  ledger.items.flatMap((item) => (item.is === 'head' ? [item.jws] : []))[[2, 3, 6, 10].indexOf(size)] ?? '';
const endOf = (lines: readonly string[]): { size: number; root: string } => JSON.parse(lines.at(-1) ?? '').end;

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
const judge = (files: readonly (readonly string[])[], options: Partial<VerifyOptions> = {}): Promise<Verdict> =>
  verifyArchive(files.map(bytesOf), { keys: readKeys(ledger.jwks), ...options });
/** `CODE file:line/seq` of each finding. */
const told = ({ faults, warnings }: Verdict): string[] =>
  [...faults, ...warnings].map(({ code, file = '', line = '', seq = '' }) => `${code} ${file}:${line}/${seq}`);

describe('files that continue each other', () => {
  test('are in order as one export is', async () => {
    expect(one).toHaveLength(7);
    expect(JSON.parse(two[0] ?? '').after).toMatchObject({ size: 3 });
    const verdict = await judge([one, two, three]);
    expect(verdict).toMatchObject({ ok: true, files: 3, from: 0, size: 10, signed: 10, heads: 6, root: ledger.root() });
    expect(verdict.kinds).toEqual({ ANSWER: 8, INTENT: 1, OUTCOME: 1 });
    expect(told(verdict)).toEqual([]);
  });

  test('wherever they were cut', async () => {
    for (let first = 1; first < 10; first++) {
      for (let second = first; second <= 10; second++) {
        expect([first, second, told(await judge(ledger.files(first, second)))]).toEqual([first, second, []]);
      }
    }
  });

  test('lead to heads of witnesses, also of just as many records as stand before one', async () => {
    const witnessed = [2, 3, 6, 10].map(headAt);
    expect(await judge([one, two, three], { witnessed })).toMatchObject({ ok: true, witnessed: { met: 4, before: 0 } });
  });

  test('are opened one by one', async () => {
    const opened: string[] = [];
    async function* sources() {
      for (const [name, lines] of Object.entries({ one, two })) {
        opened.push(name);
        yield bytesOf(lines);
      }
    }
    expect(await verifyArchive(sources(), { keys: readKeys(ledger.jwks) })).toMatchObject({ ok: true, size: 6 });
    expect(opened).toEqual(['one', 'two']);
  });

  test('may be cut before a body was deleted', async () => {
    const other = new MadeUpLedger();
    for (let n = 0; n < 4; n++) other.record();
    const [before = []] = other.files(4);
    other.retain(1, 2);
    other.head();
    const [, after = []] = other.files(4);
    const options = { keys: readKeys(other.jwks) };
    expect(told(await verifyArchive([before, after].map(bytesOf), options))).toEqual([]);
    expect(told(await verifyArchive([other.files(4)[0] ?? [], after].map(bytesOf), options))).toEqual([]);
    expect(told(await verifyArchive([bytesOf(other.files(4)[0] ?? [])], options))).toEqual(['GAP :3/1', 'NO_HEAD :/']);
  });
});

describe('one file alone that continues', () => {
  test('is in order by its heads, and says that nothing joins it', async () => {
    const verdict = await judge([two]);
    expect(verdict).toMatchObject({ ok: true, from: 3, size: 6, signed: 6, files: 1 });
    expect(told(verdict)).toEqual(['UNJOINED :1/', 'INTENT_BEFORE :3/3']);
  });

  test.each<[string, () => VerifyOptions['after']]>([
    ['the head before it', () => headAt(3)],
    ['the end of the file before it', () => endOf(one)],
  ])('is joined to %s', async (_what, after) => {
    const verdict = await judge([two], { after: after() });
    expect([verdict.ok, told(verdict)]).toEqual([true, ['INTENT_BEFORE :3/3']]);
  });

  test('is joined to a witness that has seen as much or more', async () => {
    const verdict = await judge([two], { witnessed: [headAt(2), headAt(6)] });
    expect(told(verdict)).toEqual(['INTENT_BEFORE :3/3']);
    expect(verdict.witnessed).toEqual({ given: 2, met: 1, before: 1 });
  });

  test.each<[string, () => VerifyOptions['after'], readonly string[]]>([
    ['a head of fewer records', () => headAt(2), ['JOINT_SIZE :1/']],
    ['a head of more records', () => headAt(6), ['JOINT_SIZE :1/']],
    ['the end of another file', () => endOf(two), ['JOINT_SIZE :1/']],
    ['no head', () => 'x', ['JOINT_FORM :1/', 'UNJOINED :1/']],
    ['a root that is none', () => ({ size: 3, root: 'x' }), ['JOINT_FORM :1/', 'UNJOINED :1/']],
    ['a head by another key', () => new MadeUpLedger().head({ size: 3 }), ['JOINT_FORM :1/', 'UNJOINED :1/']],
    ['a head of another ledger', () => foreignHead(3), ['JOINT_FORM :1/', 'UNJOINED :1/']],
    ['the head of another history', () => forgedHead(3), ['JOINT_FORK :1/']],
    ['the end of another history', () => ({ size: 3, root: 'A'.repeat(43) }), ['JOINT_FORK :1/']],
  ])('is not joined to %s', async (_what, after, expected) => {
    const verdict = await judge([two], { after: after() });
    expect(verdict.ok).toBe(false);
    expect(told(verdict)).toEqual([...expected, 'INTENT_BEFORE :3/3']);
  });

  test('is not one that begins with the ledger', async () => {
    expect(told(await judge([one], { after: headAt(3) }))).toEqual(['JOINT_SIZE :1/', 'UNFINISHED :5/2']);
  });

  /** By the same key, and of the same records. */
  const foreignHead = (size: number): string => {
    const said = JSON.parse(Buffer.from(headAt(size).split('.')[1] ?? '', 'base64url').toString());
    return ledger.jws({ ...said, origin: 'x' }, 'lienthong-head+jwt');
  };

  const forgedHead = (size: number): string =>
    ledger.jws({ origin: ledger.origin, size, root: 'A'.repeat(43), time: ledger.now() }, 'lienthong-head+jwt');
});

describe('names the joint where', () => {
  const change = (lines: readonly string[], from: string | RegExp, to: string): string[] => {
    const [first = '', ...rest] = lines;
    const altered = first.replace(from, to);
    if (altered === first) throw new Error('nothing altered');
    return [altered, ...rest];
  };

  test.each<[string, () => readonly (readonly string[])[], readonly string[]]>([
    ['a file is missing', () => [one, three], ['JOINT_SIZE 2:1/']],
    ['the first file is missing', () => [two, three], ['UNJOINED 1:1/', 'INTENT_BEFORE 1:3/3']],
    ['a file stands twice', () => [one, two, two, three], ['JOINT_SIZE 3:1/', 'ID_REPEATED 3:3/3']],
    ['files are exchanged', () => [one, three, two], ['JOINT_SIZE 2:1/', 'JOINT_SIZE 3:1/']],
    ['hashes were altered', () => [one, change(two, /"hashes":\["./, '"hashes":["_')], ['JOINT_HASHES 2:1/']],
    ['a hash is missing', () => [one, change(two, /"hashes":\["[^"]*",/, '"hashes":[')], ['LINE 2:1/']],
    ['the size was altered', () => [one, change(two, '"size":3', '"size":5')], ['JOINT_SIZE 2:1/']],
    ['the first line is missing', () => [one, two.slice(1)], ['FORMAT 2:1/']],
    ['the first line says nothing of it', () => [one, change(two, /,"after".*/, '}')], ['JOINT_SIZE 2:1/']],
    ['a file was cut off', () => [one.slice(0, -2), two], ['TRUNCATED 1:5/']],
    ['its last record is missing', () => [one, [...two.slice(0, 4), ...two.slice(5)], three], ['HEAD_SIZE 2:5/']],
    ['its first record is missing', () => [one, [...two.slice(0, 2), ...two.slice(3)]], ['SEQ_MISSING 2:3/3']],
  ])('%s', async (_what, files, expected) => {
    const found = told(await judge(files()));
    for (const each of expected) expect(found).toContain(each);
    expect(found[0]?.split('/')[0]).toBe(expected[0]?.split('/')[0]);
  });

  test('altered hashes are all that is told, for the heads below agree with the records', async () => {
    const altered = change(two, /"hashes":\["./, '"hashes":["_');
    expect(told(await judge([one, altered, three]))).toEqual(['JOINT_HASHES 2:1/']);
    const alone = await judge([altered]);
    expect(told(alone)).toEqual(['HEAD_ROOT :2/', 'UNJOINED :1/', 'INTENT_BEFORE :3/3']);
    expect(alone.faults[0]?.what.en).toContain('between the beginning and this head');
  });

  test('the ledger forks: everything is signed, and continues something else', async () => {
    const forged = new MadeUpLedger({ signer: ledger });
    for (let n = 0; n < 6; n++) forged.record({ people: n });
    forged.head();
    const [, other = []] = forged.files(3);
    const verdict = await judge([one, other]);
    expect(told(verdict)).toEqual(['JOINT_FORK 2:1/', 'UNFINISHED 1:5/2']);
    expect(verdict.faults[0]?.what.en).toContain('(3 records)');
    expect(told(await judge([other], { after: headAt(3) }))).toEqual(['JOINT_FORK :1/']);
    // Whoever has the head of the joint itself sees two heads of one size.
    expect(told(await judge([other], { witnessed: [headAt(3)] }))).toContain('WITNESS_FORK :1/2');
  });

  test('the file before was rewritten: the heads of this one say so', async () => {
    const forged = new MadeUpLedger();
    for (let n = 0; n < 3; n++) forged.record({ people: n });
    const [rewritten = []] = forged.files(3);
    expect(told(await judge([rewritten, two]))[0]).toBe('JOINT_FORK 2:1/');
  });

  test('a finding of one file names another by its number', async () => {
    const altered = three.map((line) => line.replace('"people', 'x'));
    altered[3] = (altered[3] ?? '').replace(/"root":"..../, '"root":"AAAA');
    const verdict = await judge([one, two, altered]);
    expect(verdict.faults.map(({ code, what }) => `${code} ${what.en}`).join()).toMatch(
      /RECORD_ALTERED .*HEAD_ROOT .* between the head on line 2 of file 3 and this head/,
    );
  });
});
