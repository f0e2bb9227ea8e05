import { describe, expect, test } from '@jest/globals';
import { readKeys } from './keys.ts';
import { MadeUpLedger } from './testing/index.ts';
import type { Verdict, VerifyOptions } from './verdict.ts';
import { verify } from './verify.ts';

/** Fifteen lines: nine records, of them a mutation and one about twenty people, and four heads. */
const madeUp = (): MadeUpLedger => {
  const ledger = new MadeUpLedger();
  ledger.record();
  ledger.record({ people: 0 });
  ledger.head(); // line 4
  ledger.mutation();
  ledger.record({ people: 20 });
  ledger.head(); // line 8
  for (let n = 0; n < 3; n++) ledger.record({ people: n });
  ledger.head(); // line 12
  ledger.record();
  ledger.head(); // line 14
  return ledger;
};

const keysOf = ({ jwks }: MadeUpLedger) => readKeys(jwks);

async function* bytesOf(text: string, chunk = 64 * 1_024): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += chunk) yield bytes.subarray(from, from + chunk);
}

const judge = (
  ledger: MadeUpLedger,
  lines: readonly string[],
  options: Partial<VerifyOptions> = {},
): Promise<Verdict> => verify(bytesOf(lines.map((line) => `${line}\n`).join('')), { keys: keysOf(ledger), ...options });

/** `CODE line/seq` of each fault. */
const faultsOf = ({ faults }: Verdict): string[] =>
  faults.map(({ code, line = '', seq = '' }) => `${code} ${line}/${seq}`);

/** Members that a made-up record shall be without. */
const ABSENT = { requestCommitment: undefined, answerCommitment: undefined };

const ledger = madeUp();
const lines = ledger.lines();
/** The export with some lines (from 1) replaced by none, one or several. */
const changed = (changes: Readonly<Record<number, (line: string) => string | readonly string[]>>): string[] =>
  lines.flatMap((line, at) => changes[at + 1]?.(line) ?? line);
const without = (...numbers: readonly number[]): string[] => lines.filter((_, at) => !numbers.includes(at + 1));
const swapped = (one: number, other: number): string[] =>
  changed({ [one]: () => lines[other - 1] ?? '', [other]: () => lines[one - 1] ?? '' });
test('a whole export is in order', async () => {
  const verdict = await judge(ledger, lines, { origin: ledger.origin });
  expect(verdict).toEqual({
    ok: true,
    signatures: 'checked',
    origin: 'made-up.example/ledger',
    files: 1,
    from: 0,
    size: 9,
    root: ledger.root(),
    deleted: 0,
    kinds: { ANSWER: 7, INTENT: 1, OUTCOME: 1 },
    first: '2026-11-23T02:00:00.000Z',
    last: '2026-11-23T02:00:00.160Z',
    heads: 4,
    signed: 9,
    timeStamps: { given: 0 },
    witnessed: { given: 0, met: 0, before: 0 },
    faults: [],
    warnings: [],
    counts: {},
  });
});

test.each([1, 7, 1_000])('in pieces of %i bytes too', async (chunk) => {
  const verdict = await verify(bytesOf(`${lines.join('\n')}\n`, chunk), { keys: keysOf(ledger) });
  expect(verdict).toMatchObject({ ok: true, size: 9 });
});

test('Ed25519 signs as well', async () => {
  const other = new MadeUpLedger({ alg: 'EdDSA' });
  other.record();
  other.head();
  expect((await judge(other, other.lines())).ok).toBe(true);
});

describe('names the place where', () => {
  const alter = (from: string | RegExp, to: string) => (line: string) => {
    const altered = line.replace(from, to);
    if (altered === line) throw new Error(`nothing altered: ${line}`);
    return altered;
  };
  const key = alter(/"key":"(.)/, '"key":"$1$1');

  test.each<[string, () => readonly string[], readonly string[]]>([
    ['a line is broken', () => changed({ 7: (line) => line.slice(0, 99) }), ['LINE 7/']],
    ['a line has blanks', () => changed({ 7: alter('"seq":4', '"seq": 4') }), ['LINE 7/']],
    ['a member stands twice', () => changed({ 7: alter('"seq":4', '"seq":5,"seq":4') }), ['LINE 7/']],
    ['a member is unknown', () => changed({ 7: alter('"seq":4', '"x":1,"seq":4') }), ['LINE 7/']],
    ['a key is none', () => changed({ 7: key }), ['LINE 7/']],
    ['the format is another', () => changed({ 1: alter('ledger/1', 'ledger/2') }), ['FORMAT 1/']],
    ['the first line is missing', () => without(1), ['FORMAT 1/']],
    ['the first line stands again', () => changed({ 5: (line) => [lines[0] ?? '', line] }), ['LINE 5/']],
    ['something follows the end', () => [...lines, lines[3] ?? ''], ['LINE 16/']],
    ['a part was altered', () => changed({ 7: alter('cán bộ 17', 'cán bộ 18') }), ['RECORD_ALTERED 7/4']],
    [
      'an entry was altered',
      () => changed({ 7: alter('Citizen.residence', 'Citizen.fullnames') }),
      ['RECORD_ALTERED 7/4'],
    ],
    [
      'an entry was left out',
      () => changed({ 7: alter(/"entries":\[".*?[^\\]",/, '"entries":[') }),
      ['RECORD_ALTERED 7/4'],
    ],
    [
      'a root was altered',
      () => changed({ 7: alter(/"root":"..../, '"root":"AAAA') }),
      ['RECORD_ALTERED 7/4', 'HEAD_ROOT 8/'],
    ],
    ['a record is missing', () => without(7), ['SEQ_MISSING 8/4', 'HEAD_SIZE 7/']],
    [
      'a record is missing far below a head that cannot be read',
      () => changed({ 4: () => 'x', 10: () => [] }),
      ['LINE 4/', 'SEQ_MISSING 10/6'],
    ],
    ['two records are missing', () => without(6, 7, 8), ['HEAD_NUMBER 9/', 'SEQ_MISSING 6/3']],
    ['the last record is missing', () => without(13), ['HEAD_SIZE 13/', 'END 14/']],
    ['two records are swapped', () => swapped(9, 10), ['SEQ_MOVED 9/6']],
    ['two records far apart are swapped', () => swapped(3, 10), ['SEQ_WRONG 3/6', 'HEAD_ROOT 4/', 'SEQ_WRONG 10/1']],
    ['a record stands twice', () => changed({ 7: (line) => [line, line] }), ['SEQ_REPEATED 8/4']],
    ['a number was altered', () => changed({ 10: alter('"seq":6', '"seq":60') }), ['SEQ_WRONG 10/60']],
    ['a record came later', () => changed({ 5: () => [], 10: (line) => [lines[4] ?? '', line] }), ['SEQ_MOVED 9/2']],
    ['a head is missing', () => without(8), ['HEAD_NUMBER 11/']],
    ['the last head is missing', () => without(14), ['END 14/']],
    ['a head stands twice', () => changed({ 8: (line) => [line, line] }), ['HEAD_NUMBER 9/']],
    ['heads are swapped', () => swapped(4, 8), ['HEAD_NUMBER 4/', 'HEAD_SIZE 4/', 'HEAD_NUMBER 8/', 'HEAD_SIZE 8/']],
    ['a head came too early', () => swapped(7, 8), ['HEAD_SIZE 7/']],
    ['a head is no JWS', () => changed({ 8: alter('"head":"e', '"head":"f') }), ['HEAD_FORM 8/']],
    ['a signature was altered', () => changed({ 8: alter(/\.(..)([^."]*)"/, '.$2$1"') }), ['HEAD_SIGNATURE 8/']],
    ['the end is missing', () => without(15), ['TRUNCATED 14/']],
    ['the end has another size', () => changed({ 15: alter('"size":9', '"size":8') }), ['END 15/']],
    ['the end has another root', () => changed({ 15: alter(/"root":".../, '"root":"AAA') }), ['END 15/']],
  ])('%s', async (_what, tampered, expected) => {
    const verdict = await judge(ledger, tampered());
    expect(verdict.ok).toBe(false);
    expect(faultsOf(verdict).sort()).toEqual([...expected].sort());
    for (const { what } of verdict.faults) {
      expect(what.vi).not.toBe(what.en);
      expect(what.vi + what.en).not.toMatch(/\{\w+\}|undefined|\[object/);
    }
  });
});

test('the end of a file that was cut off in a line', async () => {
  const text = lines.join('\n').slice(0, -500);
  expect(faultsOf(await verify(bytesOf(text), { keys: keysOf(ledger) }))).toEqual(['TRUNCATED 13/']);
});

test('something behind the end, line feed or not', async () => {
  for (const more of ['x', 'x\n', '\n', ' ']) {
    const text = `${lines.join('\n')}\n${more}`;
    expect(faultsOf(await verify(bytesOf(text), { keys: keysOf(ledger) }))).toEqual(['LINE 16/']);
  }
});

test.each([
  ['nothing', '', ['TRUNCATED /']],
  ['no text', '\xff\xfe\n', ['LINE 1/', 'TRUNCATED 1/']],
  ['another file', '{"name":"x"}\n', ['LINE 1/', 'TRUNCATED 1/']],
  ['JSON without an end', `${'['.repeat(1e6)}\n`, ['LINE 1/', 'TRUNCATED 1/']],
])('%s is no export', async (_what, text, expected) => {
  async function* source() {
    yield Buffer.from(text, 'latin1');
  }
  expect(faultsOf(await verify(source(), { keys: keysOf(ledger) }))).toEqual(expected);
});

/** A ledger that was written with its key, and yet is not in order. */
const written = async (
  write: (ledger: MadeUpLedger) => void,
  options: Partial<VerifyOptions> = {},
): Promise<Verdict> => {
  const other = new MadeUpLedger();
  other.record();
  other.head();
  write(other);
  other.head();
  return judge(other, other.lines(), options);
};

test('records with digests in place of commitments, as they were at first, are in order', async () => {
  const before = new MadeUpLedger();
  const digest = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';
  const first = { ...{ requestDigest: digest, answerDigest: digest }, ...ABSENT };
  before.record({ operation: first });
  before.record();
  before.head();
  expect(before.lines()[1]).not.toContain('Commitment');
  expect((await judge(before, before.lines())).faults).toEqual([]);
  before.record({ operation: { answerDigest: 'sha-256=:x:' } });
  before.record({ operation: { answerCommitment: 'x' } });
  expect(faultsOf(await judge(before, before.lines()))).toEqual(['PART_FORM 5/2', 'PART_FORM 6/3']);
});

describe('records', () => {
  const id = '019ab000-0000-7000-8000-00000000000a';
  const common = `{"id":"${id}","kind":"ANSWER","time":"2026-11-23T02:00:00.000Z","v":1}`;

  test.each<[string, (ledger: MadeUpLedger) => void, readonly string[]]>([
    ['of another version', (to) => to.record({ common: { v: 2 } }), ['VERSION 4/1']],
    ['of another kind', (to) => to.record({ kind: 'QUERY' }), ['PART_FORM 4/1']],
    ['with an unknown member', (to) => to.record({ operation: { value: 'An' } }), ['PART_FORM 4/1']],
    ['with a time that is none', (to) => to.record({ common: { time: '2026-11-23' } }), ['PART_FORM 4/1']],
    ['with another number of entries', (to) => to.record({ operation: { subjects: 2 } }), ['PART_FORM 4/1']],
    ['that are not canonical', (to) => to.record({ parts: [common, '{"subjects": 0}'] }), ['PART_FORM 4/1']],
    ['with a member twice', (to) => to.record({ parts: [common, '{"subjects":0,"subjects":0}'] }), ['PART_FORM 4/1']],
    [
      'with a subject twice',
      (to) => {
        const entry = '{"coordinates":[],"subject":"s1.brqWzvpwdY0nnVRm15NtbA"}';
        to.record({ parts: [common, '{"subjects":2}', entry, entry] });
      },
      ['PART_FORM 4/1'],
    ],
    [
      'with an id twice',
      (to) => {
        to.record({ common: { id } });
        to.record({ common: { id } });
        to.record({ common: { id }, kind: 'INTENT' });
      },
      ['ID_REPEATED 5/2'],
    ],
    [
      'OUTCOME without INTENT',
      (to) => to.record({ kind: 'OUTCOME', operation: { intent: id } }),
      ['OUTCOME_WITHOUT_INTENT 4/1'],
    ],
    ['OUTCOME that says no INTENT', (to) => to.record({ kind: 'OUTCOME' }), ['OUTCOME_WITHOUT_INTENT 4/1']],
    [
      'two OUTCOMEs of one INTENT',
      (to) => {
        const intent = to.record({ kind: 'INTENT' });
        to.record({ kind: 'OUTCOME', operation: { intent } });
        to.record({ kind: 'OUTCOME', operation: { intent } });
      },
      ['OUTCOME_WITHOUT_INTENT 6/3'],
    ],
  ])('%s', async (_what, write, expected) => {
    expect(faultsOf(await written(write))).toEqual(expected);
  });

  test('an INTENT without OUTCOME is told and no fault', async () => {
    const verdict = await written((to) => to.record({ kind: 'INTENT' }));
    expect(verdict).toMatchObject({ ok: true, warnings: [{ code: 'UNFINISHED', line: 4, seq: 1 }] });
  });

  test('records that nobody has signed are told', async () => {
    const other = new MadeUpLedger();
    other.record();
    other.head();
    other.record();
    const verdict = await judge(other, other.lines());
    expect(verdict).toMatchObject({ ok: true, size: 2, signed: 1, warnings: [{ code: 'UNSIGNED' }] });
    expect(verdict.warnings[0]?.what.en).toContain('records 1 to 1');
  });

  test('without a single head nothing is proven', async () => {
    const other = new MadeUpLedger();
    other.record();
    expect(faultsOf(await judge(other, other.lines()))).toEqual(['NO_HEAD /']);
  });
});

describe('a history that was rewritten with all its hashes', () => {
  /** The same, but record 4 is of somebody else; heads as they were. */
  const forger = new MadeUpLedger();
  forger.record();
  forger.record({ people: 0 });
  forger.head();
  forger.mutation();
  forger.record({ people: 20, operation: { officer: 'somebody else' } });
  const record4 = forger.lines()[6] ?? '';

  test('is between two heads', async () => {
    const verdict = await judge(ledger, changed({ 7: () => record4 }));
    expect(faultsOf(verdict)).toEqual(['HEAD_ROOT 8/']);
    expect(verdict.faults[0]?.what.en).toBe(
      'the records do not lead to this head: one of 2 to 4 was altered, between the head on line 4 and this head (and 2 heads below it)',
    );
  });

  test('is a fork, where its head stands beside the true one', async () => {
    const root = JSON.parse(forger.last()).end.root;
    const jws = ledger.jws({ origin: ledger.origin, size: 5, root, time: ledger.now() }, 'lienthong-head+jwt');
    const withFork = changed({ 8: (line) => [line, line.replace(/"head":"[^"]*"/, `"head":"${jws}"`)] });
    expect(faultsOf(await judge(ledger, withFork))).toContain('FORK 9/');
  });

  test('is a fork too, where records below agree with other heads', async () => {
    const jws = ledger.jws(
      { origin: ledger.origin, size: 5, root: forger.root(), time: ledger.now() },
      'lienthong-head+jwt',
    );
    const verdict = await judge(ledger, changed({ 8: () => `{"head":"${jws}","number":1}` }));
    expect(faultsOf(verdict)).toEqual(['FORK 8/']);
  });
});

describe('heads', () => {
  test.each<[string, (ledger: MadeUpLedger) => void, readonly string[]]>([
    ['of another ledger', (to) => to.head({ origin: 'other.example' }), ['HEAD_ORIGIN 4/']],
    ['of another type', (to) => to.head({}, 'JWT'), ['HEAD_FORM 4/']],
    ['without a time', (to) => to.head({ time: undefined }), ['HEAD_FORM 4/']],
    ['of another size', (to) => to.head({ size: 2 }), ['HEAD_SIZE 4/']],
    ['from the future', (to) => to.head({ time: '2027-01-01T00:00:00.000Z' }), ['HEAD_TIME 5/']],
    ['of another clock', (to) => to.head({ time: '2026-11-23T02:00:59.000Z' }), []],
    ['of the same size with another root', (to) => to.head({ root: 'A'.repeat(43) }), ['FORK 4/']],
  ])('%s', async (_what, write, expected) => {
    expect(faultsOf(await written(write))).toEqual(expected);
  });

  test.each([
    ['another key of that name', { kid: 'key-1' }, 'HEAD_SIGNATURE'],
    ['a key of another name', { kid: 'key-2' }, 'HEAD_KEY'],
    ['a key of another algorithm', { alg: 'EdDSA' as const }, 'HEAD_KEY'],
  ])('by %s', async (_what, options, code) => {
    const verdict = await judge(ledger, lines, { keys: keysOf(new MadeUpLedger(options)) });
    expect(verdict.counts).toEqual({ [code]: 4, NO_HEAD: 1 });
  });

  test('by a key that was over', async () => {
    const until = (time: string) => {
      const jwks = { keys: ledger.jwks.keys.map((key) => ({ ...key, exp: Date.parse(time) / 1_000 })) };
      return judge(ledger, lines, { keys: readKeys(jwks) });
    };
    expect((await until('2026-11-23T02:00:01Z')).ok).toBe(true);
    expect((await until('2026-11-23T01:59:59Z')).counts).toEqual({ HEAD_KEY: 4, NO_HEAD: 1 });
  });

  test('by a key that leaked, up to one by the next key: those that the records lead to are no fault', async () => {
    const next = new MadeUpLedger({ kid: 'key-2' });
    const exp = Date.parse('2026-11-23T01:59:59Z') / 1_000;
    const keys = readKeys({ keys: [...ledger.jwks.keys.map((key) => ({ ...key, exp })), ...next.jwks.keys] });
    const head = (by: MadeUpLedger, number: number, size: number, root: string, origin = ledger.origin) => {
      const payload = { origin, size, root, time: ledger.now() };
      return JSON.stringify({ head: by.jws(payload, 'lienthong-head+jwt'), number });
    };
    const last = { 14: () => head(next, 3, 9, ledger.root()) };
    const verdict = await judge(ledger, changed(last), { keys });
    expect([verdict.ok, verdict.signed]).toEqual([true, 9]);
    expect(verdict.warnings.map(({ code, line }) => [code, line])).toEqual(
      [4, 8, 12].map((line) => ['HEAD_ENDED', line]),
    );
    // Whoever has that key signs whatever he likes.
    const forged = changed({ ...last, 8: () => head(ledger, 1, 5, 'A'.repeat(43)) });
    expect(faultsOf(await judge(ledger, forged, { keys }))).toEqual(['HEAD_KEY 8/']);
    const { root } = JSON.parse(Buffer.from(lines[7]?.split('.')[1] ?? '', 'base64url').toString());
    const foreign = changed({ ...last, 8: () => head(ledger, 1, 5, root, 'other.example') });
    expect(faultsOf(await judge(ledger, foreign, { keys }))).toEqual(['HEAD_KEY 8/']);
  });

  test('without keys no signature counts', async () => {
    const verdict = await judge(ledger, lines, { keys: undefined });
    expect(verdict).toMatchObject({ ok: true, signatures: 'unchecked' });
  });

  test('with something critical that nobody here understands', async () => {
    const payload = { origin: ledger.origin, size: 9, root: ledger.root(), time: ledger.now() };
    const jws = ledger.jws(payload, 'lienthong-head+jwt', undefined, { crit: ['b64'], b64: true });
    const verdict = await judge(ledger, changed({ 14: () => JSON.stringify({ head: jws, number: 3 }) }));
    expect(faultsOf(verdict)).toEqual(['HEAD_FORM 14/']);
  });

  test('the last of which says something else than the one above it', async () => {
    const payload = { origin: ledger.origin, size: 9, root: 'A'.repeat(43), time: ledger.now() };
    const fork = JSON.stringify({ head: ledger.jws(payload, 'lienthong-head+jwt'), number: 4 });
    const end = (line: string) => line.replace('"heads":4', '"heads":5');
    const verdict = await judge(ledger, changed({ 15: (line) => [fork, end(line)] }));
    expect(faultsOf(verdict)).toEqual(['FORK 15/']);
  });

  test('another ledger than the one that is meant', async () => {
    const verdict = await judge(ledger, lines, { origin: 'other.example' });
    expect(verdict.counts).toEqual({ ORIGIN: 1, HEAD_ORIGIN: 4, NO_HEAD: 1 });
  });
});

describe('witnesses', () => {
  const grown = madeUp();
  const early = grown.items.flatMap((item) => (item.is === 'head' ? [item.jws] : []));
  grown.record();
  const later = grown.head();

  test('every head that the ledger leads to is counted', async () => {
    const verdict = await judge(grown, grown.lines(), { witnessed: [...early, later] });
    expect(verdict).toMatchObject({ ok: true, witnessed: { given: 5, met: 5 } });
  });

  test('a ledger that is shorter was cut off', async () => {
    const rest = new MadeUpLedger();
    for (let n = 0; n < 3; n++) rest.record();
    const short = rest.head();
    const cut = rest.lines();
    rest.record();
    const long = rest.head();
    expect(faultsOf(await judge(rest, cut))).toEqual([]);
    const verdict = await judge(rest, cut, { witnessed: [short, long] });
    expect(faultsOf(verdict)).toEqual(['TRUNCATED_WITNESS /']);
    expect(verdict.witnessed).toEqual({ given: 2, met: 1, before: 0 });
  });

  test('a ledger with another history is a fork, though its own heads agree', async () => {
    const other = new MadeUpLedger();
    other.record({ people: 2 });
    const kept = other.jws(
      { origin: other.origin, size: 1, root: ledger.root(), time: other.now() },
      'lienthong-head+jwt',
    );
    other.head();
    expect(faultsOf(await judge(other, other.lines(), { witnessed: [kept] }))).toEqual(['WITNESS_FORK 2/0']);
  });

  test.each([
    ['no head', 'x', 'it is no head'],
    ['a head of another key', new MadeUpLedger().head({ size: 1 }), 'its signature is wrong'],
    [
      'a head of another ledger',
      new MadeUpLedger({ origin: 'other.example' }).head({ size: 1 }),
      'it is of another ledger',
    ],
  ])('%s is no witness', async (_what, witness, why) => {
    const verdict = await judge(ledger, lines, { witnessed: [witness] });
    expect(faultsOf(verdict)).toEqual(['WITNESS_FORM /']);
    expect(verdict.faults[0]?.what.en).toContain(why);
  });
});

describe('bodies that are gone', () => {
  test('are in order under a RETENTION record', async () => {
    const verdict = await written((to) => {
      to.mutation();
      to.record();
      to.retain(0, 1);
    });
    // The INTENT is gone with its body: its OUTCOME is not blamed.
    expect(verdict).toMatchObject({ ok: true, deleted: 2, faults: [], warnings: [] });
  });

  test('are in order under a second one, for what was on hold while the first deleted around it', async () => {
    const verdict = await written((to) => {
      for (let n = 0; n < 3; n++) to.record();
      to.retain(0, 3);
      to.retain(1, 1);
    });
    expect(verdict).toMatchObject({ ok: true, deleted: 4, faults: [] });
  });

  test.each<[string, (ledger: MadeUpLedger) => void, readonly string[]]>([
    ['without a RETENTION record', (to) => to.lose(0), ['GAP 2/0']],
    [
      'beyond its range',
      (to) => {
        to.record();
        to.record();
        to.lose(1);
        to.lose(2);
        to.retain(0, 0);
      },
      ['GAP /1'],
    ],
    ['for another ledger', (to) => to.retain(0, 0, { origin: 'other.example' }), ['GAP 2/0', 'RETENTION 4/1']],
    ['for other records', (to) => to.retain(0, 0, { from: 1 }), ['GAP 2/0', 'RETENTION 4/1']],
    ['for more records', (to) => to.retain(0, 0, { to: 1 }), ['GAP 2/0', 'RETENTION 4/1']],
    [
      'up to another moment',
      (to) => to.retain(0, 0, { before: '2026-11-23T02:00:00.000Z' }),
      ['GAP 2/0', 'RETENTION 4/1'],
    ],
    ['as another record', (to) => to.retain(0, 0, { id: to.idOf(7) }), ['GAP 2/0', 'RETENTION 4/1']],
    [
      'between the ranges of two',
      (to) => {
        to.record();
        to.record();
        to.lose(1);
        to.retain(0, 0);
        to.retain(2, 2);
      },
      ['GAP /1'],
    ],
    ['up to the RETENTION record itself', (to) => to.retain(0, 0, {}, { to: 1 }), ['GAP 2/0', 'RETENTION 4/1']],
    ['from behind the end of its range', (to) => to.retain(0, 0, {}, { from: 1 }), ['GAP 2/0', 'RETENTION 4/1']],
    [
      'before a moment that was still to come',
      (to) => to.retain(0, 0, {}, { before: '2026-11-24T02:00:00.000Z' }),
      ['GAP 2/0', 'RETENTION 4/1'],
    ],
  ])('%s', async (_what, write, expected) => {
    expect(faultsOf(await written(write))).toEqual(expected);
  });

  test('by another key', async () => {
    const other = new MadeUpLedger();
    other.record();
    other.retain(0, 0);
    const keys = keysOf(new MadeUpLedger());
    const verdict = await judge(other, other.lines(), { keys });
    expect(faultsOf(verdict)).toEqual(['GAP 2/0', 'RETENTION 3/1', 'NO_HEAD /']);
  });
});

test('a broken export is told in bounded space', async () => {
  const many = ['{"format":"lienthong-ledger/1","origin":"x"}', ...Array.from({ length: 5_000 }, () => 'x')];
  const verdict = await judge(ledger, many, { most: 10 });
  expect(verdict.faults).toHaveLength(10);
  expect(verdict.counts).toEqual({ LINE: 5_000, TRUNCATED: 1 });
});

test('progress is told', async () => {
  const told: number[] = [];
  const many = ['{"format":"lienthong-ledger/1","origin":"x"}', ...Array.from({ length: 25_000 }, () => 'x')];
  await judge(ledger, many, { progress: (count) => told.push(count) });
  expect(told).toEqual([10_000, 20_000]);
});
