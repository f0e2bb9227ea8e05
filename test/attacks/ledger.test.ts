import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connected, recordsOf } from '@lienthong/ledger/testing';
import { type Keys, readKeys, type Verdict, verify, verifyArchive, verifyProof } from '@lienthong/verify';
import { MadeUpLedger } from '@lienthong/verify/testing';

import { Random } from '../fuzz/random.ts';
import { about, type RealLedger, realLedger, subjectOf } from '../kit/real-ledger.ts';
import { flipped, type Tampered, tamperings } from '../kit/tampering.ts';

jest.setTimeout(180_000);

/** An export that is in order, and what it is to be checked with. */
interface Export {
  readonly lines: readonly string[];
  readonly keys: Keys | undefined;
  readonly origin: string;
}

async function* of(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const judge = ({ keys, origin }: Export, bytes: Uint8Array, witnessed: readonly string[] = []): Promise<Verdict> =>
  verify(of(bytes), { keys, origin, witnessed });

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** Whether a verdict names the place: the line itself, or two heads that the line stands between. */
function names({ faults }: Verdict, { lines }: Tampered): boolean {
  return faults.some(({ code, line, what }) => {
    if (line !== undefined && lines.has(line)) return true;
    const above = Number(/the head on line (\d+)/.exec(what.en)?.[1] ?? 1);
    return (
      (code === 'HEAD_ROOT' || code === 'HEAD_NUMBER') &&
      line !== undefined &&
      [...lines].some((each) => above <= each && each <= line)
    );
  });
}

async function expectNamed(whole: Export, tampered: Tampered): Promise<void> {
  const verdict = await judge(whole, tampered.bytes);
  if (!verdict.ok && names(verdict, tampered)) return;
  const told = verdict.faults.map(({ code, line, seq }) => `${code} ${line}/${seq}`);
  throw new Error(`${tampered.what} was told as: ${told.join(', ') || 'nothing is wrong'}`);
}

/** A ledger of chance: records about none to forty people, mutations, heads, deletions. */
function chance(seed: string, steps: number): Export {
  const random = new Random(seed);
  const ledger = new MadeUpLedger({ seed, alg: random.chance(0.5) ? 'ES256' : 'EdDSA' });
  let deleted = 0;
  ledger.record();
  for (let step = 0; step < steps; step++) {
    const what = random.next();
    if (what < 0.6) ledger.record({ people: random.pick([0, 1, 1, 1, 2, 14, 15, 40]) });
    else if (what < 0.75) ledger.mutation();
    else if (what < 0.95) ledger.head();
    else if (ledger.size > deleted + 2) {
      const last = random.int(deleted, ledger.size - 1);
      // Bodies of RETENTION records stay.
      const kinds = ledger.items.flatMap((item) => (item.is === 'record' ? [item.parts[0] ?? ''] : []));
      if (!kinds.slice(deleted, last + 1).some((kind) => kind.includes('RETENTION'))) {
        ledger.retain(deleted, last);
        deleted = last + 1;
      }
    }
  }
  ledger.head();
  return { lines: ledger.lines(), keys: readKeys(ledger.jwks), origin: ledger.origin };
}

describe('an export that was made up from the documented format', () => {
  let small: Export;
  beforeAll(() => {
    const ledger = new MadeUpLedger();
    ledger.record();
    ledger.retain(0, 0);
    ledger.head();
    ledger.record({ people: 3 });
    ledger.head();
    small = { lines: ledger.lines(), keys: readKeys(ledger.jwks), origin: ledger.origin };
  });

  test('is in order, whatever it holds', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const whole = chance(`whole ${seed}`, seed * 2);
      const verdict = await judge(whole, bytesOf(whole.lines));
      expect({ seed, faults: verdict.faults }).toEqual({ seed, faults: [] });
    }
  });

  test('each of its bytes counts', async () => {
    const random = new Random('bytes');
    const { length } = bytesOf(small.lines);
    // The line feed behind the last line ends nothing that is missing without it.
    for (let at = 0; at < length - 1; at++) await expectNamed(small, flipped(small.lines, at, random.int(0, 7)));
  });

  test.each([...Object.keys(tamperings)])('%s: is told at its place', async (name) => {
    const tamper = tamperings[name];
    for (let seed = 0; seed < 15; seed++) {
      const whole = chance(`${name} ${seed}`, 30);
      for (let time = 0; time < 4; time++) {
        const tampered = tamper?.(whole.lines, new Random(`${name} ${seed} ${time}`));
        if (tampered && !tampered.bytes.equals(bytesOf(whole.lines))) await expectNamed(whole, tampered);
      }
    }
  });
});

describe('an archive, whose files continue each other', () => {
  /** A ledger of chance, in three files. */
  const archiveOf = (seed: string, steps = 24) => {
    const random = new Random(seed);
    const ledger = new MadeUpLedger({ seed });
    ledger.record();
    for (let step = 0; step < steps; step++) {
      const what = random.next();
      if (what < 0.7) ledger.record({ people: random.pick([0, 1, 2, 15]) });
      else if (what < 0.8) ledger.mutation();
      else ledger.head();
    }
    ledger.record();
    ledger.head();
    const first = random.int(1, ledger.size - 1);
    return { files: ledger.files(first, random.int(first, ledger.size - 1)), keys: readKeys(ledger.jwks), ledger };
  };
  type Archive = ReturnType<typeof archiveOf>;
  const judged = ({ keys }: Archive, files: readonly Uint8Array[], after?: string) =>
    verifyArchive(files.map(of), { keys, after });
  const bytesOfAll = (files: readonly (readonly string[])[]) => files.map(bytesOf);

  test('is in order, whole and file by file', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const archive = archiveOf(`archive ${seed}`);
      const verdict = await judged(archive, bytesOfAll(archive.files));
      expect({ seed, faults: verdict.faults }).toEqual({ seed, faults: [] });
      expect(verdict).toMatchObject({ root: archive.ledger.root(), size: archive.ledger.size });
      for (const lines of archive.files.slice(1)) {
        const alone = await judged(archive, [bytesOf(lines)]);
        expect(alone.faults.filter(({ code }) => code !== 'NO_HEAD')).toEqual([]);
      }
    }
  });

  test('each byte of a first line that continues counts', async () => {
    const archive = archiveOf('bytes', 8);
    const [one = [], two = [], three = []] = archive.files;
    const random = new Random('bits');
    for (let at = 0; at < (two[0] ?? '').length; at++) {
      const { bytes } = flipped(two, at, random.int(0, 7));
      const verdict = await judged(archive, [bytesOf(one), bytes, bytesOf(three)]);
      const named = verdict.faults.some(({ file, line }) => file === 2 && line === 1);
      expect({ at, ok: verdict.ok, named }).toEqual({ at, ok: false, named: true });
    }
  });

  test.each([...Object.keys(tamperings)])('%s in one of its files is told in that file', async (name) => {
    for (let seed = 0; seed < 8; seed++) {
      const archive = archiveOf(`${name} ${seed}`);
      for (const [at, lines] of archive.files.entries()) {
        if (lines.length < 4) continue;
        const tampered = tamperings[name]?.(lines, new Random(`${name} ${seed} ${at}`));
        if (!tampered || tampered.bytes.equals(bytesOf(lines))) continue;
        const files = archive.files.map((each, other) => (other === at ? tampered.bytes : bytesOf(each)));
        const { ok, faults } = await judged(archive, files);
        const told = faults.map(({ code, file, line }) => `${code} ${file}:${line}`);
        // What is altered past every hash of the record itself shows at the next head, which may be in the next file.
        const inFile = faults.some(({ code, file }) => file === at + 1 || (code === 'HEAD_ROOT' && file === at + 2));
        expect({ what: `${tampered.what} of file ${at + 1}`, ok, told, inFile }).toMatchObject({
          ok: false,
          inFile: true,
        });
      }
    }
  });

  test.each<[string, (files: readonly string[][]) => readonly (readonly string[] | undefined)[]]>([
    ['a file is left out', ([one, _two, three]) => [one, three]],
    ['files are exchanged', ([one, two, three]) => [one, three, two]],
    ['a file stands twice', ([one, two, three]) => [one, two, two, three]],
    ['files are exchanged at the beginning', ([one, two, three]) => [two, one, three]],
  ])('%s', async (_what, change) => {
    for (let seed = 0; seed < 10; seed++) {
      const archive = archiveOf(`files ${seed}`);
      const sizes = archive.files.map((lines) => JSON.parse(lines.at(-1) ?? '').end.size);
      // A night without records makes a file that may be left out.
      if (new Set(sizes).size < 3) continue;
      const files = change(archive.files).flatMap((lines) => (lines === undefined ? [] : [bytesOf(lines)]));
      const verdict = await judged(archive, files);
      expect(verdict.faults.map(({ code }) => code)).toContain('JOINT_SIZE');
    }
  });

  test('whoever has the key and forks the ledger between two files is found out at the joint', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const archive = archiveOf(`fork ${seed}`);
      const [one = []] = archive.files;
      const { size } = JSON.parse(one.at(-1) ?? '').end;
      const forged = new MadeUpLedger({ seed: `forged ${seed}`, signer: archive.ledger });
      for (let n = 0; n < size + 3; n++) forged.record({ people: n % 3 });
      forged.head();
      const [, other = []] = forged.files(size);
      const { faults } = await judged(archive, [bytesOf(one), bytesOf(other)]);
      expect(faults).toMatchObject([{ code: 'JOINT_FORK', file: 2, line: 1 }]);
    }
  });
});

describe('an export of the ledger itself', () => {
  let ledger: RealLedger;
  let whole: Export;
  const heads: string[] = [];
  beforeAll(async () => {
    ledger = await realLedger();
    const sign = async () => heads.push((await ledger.heads.sign())?.jws ?? '');
    for (let n = 0; n < 4; n++) await ledger.append({ entries: about(n) });
    await ledger.keeper.place({ case: 'kept', reason: 'an investigation', by: 'test' });
    await ledger.append({ entries: about(1, 2), case: 'kept' });
    await sign();
    await ledger.keeper.retain(new Date());
    const { id } = await ledger.append({ kind: 'INTENT', entries: about(5) });
    await ledger.append({ kind: 'OUTCOME', intent: id, entries: about(5) });
    await sign();
    const many = Array.from({ length: 40 }, (_, n) => n);
    await ledger.append({
      entries: about(...many).map((entry) => ({ ...entry, passed: [['Citizen.sex', 'health']] })),
    });
    await Promise.all(many.slice(0, 10).map((n) => ledger.append({ entries: about(n) })));
    await sign();
    whole = { lines: await ledger.lines(), keys: ledger.keys, origin: ledger.origin };
  });
  afterAll(() => ledger?.close());

  test('is in order, and leads to every head that was signed', async () => {
    const verdict = await judge(whole, bytesOf(whole.lines), heads);
    expect(verdict).toMatchObject({
      ok: true,
      faults: [],
      warnings: [],
      size: 19,
      heads: 3,
      signed: 19,
      deleted: 4,
      kinds: { ANSWER: 12, INTENT: 1, OUTCOME: 1, RETENTION: 1 },
      witnessed: { given: 3, met: 3 },
    });
  });

  test('every entry can be proven to whom it is about', async () => {
    let proven = 0;
    for (let person = 0; person < 40; person++) {
      const subject = subjectOf(person);
      for (const seq of await recordsOf(ledger.database, subject)) {
        const proof = await ledger.reader.proof(subject, seq);
        const verdict = await verifyProof(proof, { keys: ledger.keys, origin: ledger.origin });
        expect(verdict).toMatchObject({ ok: true, seq, entry: { subject } });
        const other = { ...proof, entry: { ...proof.entry, text: proof.entry.text.replace('sex', 'xes') } };
        expect(await verifyProof(other, { keys: ledger.keys })).toEqual({ ok: false, fault: 'RECORD_ROOT' });
        proven += 1;
      }
    }
    expect(proven).toBeGreaterThan(40);
  });

  test.each([...Object.keys(tamperings)])('%s is told at its place', async (name) => {
    for (let time = 0; time < 25; time++) {
      const tampered = tamperings[name]?.(whole.lines, new Random(`real ${name} ${time}`));
      if (tampered && !tampered.bytes.equals(bytesOf(whole.lines))) await expectNamed(whole, tampered);
    }
  });

  test('whoever owns the database and rewrites it is found out', async () => {
    const rewrite = (statement: string) =>
      connected(ledger.database.owner, async (client) => {
        for (const table of ['records', 'tip', 'heads', 'entries', 'unfinished']) {
          await client.query(`alter table ledger.${table} disable trigger user`);
        }
        await client.query(statement);
      });
    await rewrite(`update ledger.records set parts = replace(parts, 'cán bộ 17', 'cán bộ 18') where seq = 12`);
    const altered = await judge(whole, bytesOf(await ledger.lines()));
    expect(altered.faults).toMatchObject([{ code: 'RECORD_ALTERED', seq: 12 }]);
    await rewrite(
      `update ledger.records set parts = null, key = null, id = null, kind = null, time = null where seq = 12`,
    );
    expect((await judge(whole, bytesOf(await ledger.lines()))).faults).toMatchObject([{ code: 'GAP', seq: 12 }]);
  });
});
