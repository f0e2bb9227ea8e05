import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  decodeHash,
  encodeHash,
  type Hash,
  hashOf,
  joined,
  leafHash,
  type Proof,
  rootByPath,
  sha256,
  verifyConsistency,
  verifyHead,
  verifyInclusion,
} from '../format/index.ts';
import { openHeads } from '../heads/index.ts';
import { appended } from '../testing/appended.ts';
import { type ExportLine, linesOf, logRoot, rootsIn } from '../testing/check-export.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { nextId, rawRecord, someSubject } from '../testing/raw-record.ts';
import { keys, ORIGIN as origin, signer } from '../testing/signing.ts';
import { silent as log } from '../testing/some-record.ts';
import { type LedgerReader, openReader } from './index.ts';

const NOW = Date.parse('2026-11-23T03:00:00Z');
const [an, binh, chi, dung] = ['an', 'bình', 'chi', 'dung'].map(someSubject) as [string, string, string, string];
const entry = (subject: string) => ({ subject, coordinates: ['Citizen.fullName'] });
const about = (...subjects: string[]) => [...subjects].sort().map(entry);
const at = (minute: number) => new Date(Date.parse('2026-11-23T02:00:00Z') + 60_000 * minute).toISOString();

let database: LedgerDatabase;
let reader: LedgerReader;
beforeAll(async () => {
  database = await ledgerDatabase();
  reader = openReader({ database: database.reader, origin, log, now: () => NOW });
});
afterAll(async () => {
  await reader.close();
  await database.drop();
});

const heads = async () => {
  const signing = openHeads({ database: database.writer, origin, signer, keys, every: 0, log });
  const head = await signing.sign();
  await signing.close();
  if (head === undefined) throw new TypeError('nothing was signed');
  return head;
};

describe('proofs', () => {
  const roots: Hash[] = [];

  test('of inclusion and consistency, over sizes that end within and at the edge of what is stored', async () => {
    for (const many of [255, 1, 1, 254, 1, 300, 65_536 - 812, 3]) {
      for (let left = many; left > 0; left -= 4_000) {
        const records = Array.from({ length: Math.min(left, 4_000) }, () => rawRecord());
        await appended(database, records);
        roots.push(...records.map(({ root }) => root));
      }
    }
    const sizes = [1, 2, 255, 256, 257, 511, 512, 812, 4_096, 65_535, 65_536, roots.length];
    const rootAt = new Map(sizes.map((size) => [size, logRoot(roots.slice(0, size))]));
    for (const size of sizes) {
      const root = rootAt.get(size) ?? sha256(Buffer.of());
      for (const index of [0, 1, 254, 255, 256, 511, 65_535, size - 1].filter((one) => one < size)) {
        const leaf = leafHash(roots[index] ?? root);
        expect(verifyInclusion(leaf, index, size, await reader.inclusion(index, size), root)).toBe(true);
      }
      for (const first of sizes.filter((one) => one <= size)) {
        const then = { size: first, root: rootAt.get(first) ?? root };
        expect(verifyConsistency(then, { size, root }, await reader.consistency(first, size))).toBe(true);
      }
    }
  });

  test('of what is not there are none', async () => {
    await expect(reader.inclusion(roots.length, roots.length + 1)).rejects.toThrow(RangeError);
    await expect(reader.inclusion(5, 5)).rejects.toThrow(RangeError);
    await expect(reader.consistency(5, roots.length + 1)).rejects.toThrow(RangeError);
  });

  const leads = async (proof: Proof) => {
    const hash = (text: string): Hash => decodeHash(text) ?? sha256(Buffer.of());
    const [root, same] = [proof.common, proof.entry].map(({ text, salt, slot, path }) =>
      rootByPath(text, hash(salt), slot, path.map(hash)),
    );
    const head = await verifyHead(proof.head, origin, keys);
    if (root === undefined || root !== same || head === undefined) return false;
    return verifyInclusion(leafHash(root), proof.seq, head.size, proof.inclusion.map(hash), head.root);
  };

  test('of one person’s entry hold, and tell of nobody else', async () => {
    // One head stands over all that was before, and not over this.
    await heads();
    const [seq = -1] = await appended(database, [
      rawRecord({ entries: about(an, binh, chi), operation: { officer: 'o-17' } }),
    ]);
    await expect(reader.proof(binh, seq)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
    const head = await heads();
    const proof = await reader.proof(binh, seq);
    expect(proof).toMatchObject({ format: 'lienthong-proof/1', seq, head: head.jws, common: { slot: 0 } });
    expect(JSON.parse(proof.entry.text)).toEqual(entry(binh));
    expect(await leads(proof)).toBe(true);
    for (const other of [an, chi, 'o-17']) expect(JSON.stringify(proof)).not.toContain(other);
    await expect(reader.proof(dung, seq)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
    await expect(reader.proof(an, 10_000_000)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
    // Later heads prove it as well.
    await appended(database, [rawRecord()]);
    await heads();
    expect(await leads(await reader.proof(an, seq))).toBe(true);
  });

  test('of a record that was altered are none: nobody is handed what the log does not lead to', async () => {
    const [seq = -1] = await appended(database, [rawRecord({ entries: about(an) })]);
    await heads();
    await connected(database.owner, async (client) => {
      await client.query('alter table ledger.records disable trigger user');
      await client.query("update ledger.records set parts = replace(parts, 'TTHC', 'KYC') where seq = $1", [seq]);
      await client.query('alter table ledger.records enable trigger user');
    });
    await expect(reader.proof(an, seq)).rejects.toThrow(`record ${seq} does not lead to its root`);
  });
});

test('an INTENT is proven after its OUTCOME too: that people are shown one of them is no matter of evidence', async () => {
  const id = nextId();
  const intent = rawRecord({ kind: 'INTENT', id, entries: about(an) });
  const outcome = rawRecord({ kind: 'OUTCOME', entries: about(an), operation: { intent: id } });
  const seqs = await appended(database, [intent, outcome]);
  await heads();
  for (const seq of seqs) expect((await reader.proof(an, seq)).seq).toBe(seq);
});

describe('auditors', () => {
  test('read whole records, by seq and by id', async () => {
    const made = rawRecord({ entries: about(an, binh), operation: { officer: 'o', denied: ['Citizen.id'] } });
    const [seq = -1] = await appended(database, [made]);
    const record = await reader.record({ seq });
    expect(record).toMatchObject({ seq, common: { id: made.id }, operation: { officer: 'o', denied: ['Citizen.id'] } });
    expect(record?.entries).toEqual(about(an, binh));
    expect(await reader.record({ id: made.id })).toEqual(record);
    expect(await reader.record({ seq: 10_000_000 })).toBeUndefined();
    const begun = rawRecord({ kind: 'INTENT', id: nextId() });
    await appended(database, [begun, rawRecord({ kind: 'OUTCOME', operation: { intent: begun.id } })]);
    expect(await reader.record({ id: begun.id })).toMatchObject({ common: { kind: 'INTENT', id: begun.id } });
  });

  test('find emergencies, bulks outside of working hours, and unusual days', async () => {
    // In another month than the other records; 2027-03-19 is a Friday.
    const moment = (local: string) => new Date(`2027-03-${local}:00+07:00`).toISOString();
    const record = (local: string, many: number, officer: string | undefined, purpose = 'TTHC') =>
      rawRecord({
        ...{ time: moment(local), entries: about(...Array.from({ length: many }, (_, n) => someSubject(`${n}`))) },
        ...{ purpose, operation: { officer, case: 'vụ' } },
      });
    const begun = nextId();
    const intent = (local: string, id = nextId()) =>
      rawRecord({
        ...{ kind: 'INTENT', id, time: moment(local), purpose: 'EMERGENCY' },
        operation: { officer: 'chi' },
      });
    const [usual, emergency, late, _small, weekend, unfinished, _begun, ended] = await appended(database, [
      record('18T09:00', 3, 'an'),
      record('19T11:00', 1, 'chi', 'EMERGENCY'),
      record('19T18:30', 20, 'an'),
      record('19T18:31', 19, 'an'),
      record('20T10:00', 25, undefined),
      intent('19T11:01'),
      intent('19T11:02', begun),
      rawRecord({
        ...{ kind: 'OUTCOME', time: moment('19T11:02'), purpose: 'EMERGENCY' },
        operation: { intent: begun },
      }),
    ]);
    const bounds = { since: new Date(moment('19T00:00')), bulk: 20, volume: 15 };
    const found = await reader.review(bounds);
    expect(found.emergencies).toMatchObject([
      { ...{ seq: emergency, time: new Date(moment('19T11:00')), officer: 'chi', case: 'vụ', people: 1 } },
      // Nobody has told how it ended; the other one's OUTCOME stands for it.
      { seq: unfinished, officer: 'chi' },
      { seq: ended },
    ]);
    expect(found.offHours.map(({ seq, people }) => [seq, people])).toEqual([
      [late, 20],
      [weekend, 25],
    ]);
    // One answer of 25 is no night of small ones.
    expect(found.busyNights.map(({ day, officer, records, people }) => [day, officer, records, people])).toEqual([
      ['2027-03-19', 'an', 2, 20],
    ]);
    const [first] = found.busyDays;
    // The same twenty people in two records.
    expect(first).toEqual({
      ...{ day: '2027-03-19', agency: null, partner: 'mot-cua', officer: 'an' },
      ...{ officers: 1, records: 2, people: 20, usual: 3 },
    });
    expect(found.busyDays.map(({ day, officer, officers }) => [day, officer, officers])).toEqual([
      ['2027-03-19', 'an', 1],
      ['2027-03-19', null, 2],
      ['2027-03-20', null, 1],
    ]);
    const earlier = { since: new Date(moment('18T00:00')), until: new Date(moment('19T00:00')), bulk: 1, volume: 3 };
    expect(await reader.review(earlier)).toMatchObject({
      ...{ emergencies: [], offHours: [], busyDays: [{ officer: 'an', people: 3, usual: null }] },
    });
    expect((await reader.record({ seq: usual ?? -1 }))?.entries).toHaveLength(3);
  });

  test('find who looks at many in one night, one at a time, unless that is usual', async () => {
    const looks = (local: string, officer: string, from: number) =>
      rawRecord({
        ...{ time: new Date(`2027-07-${local}:00+07:00`).toISOString(), purpose: 'TTHC' },
        ...{ operation: { officer }, entries: about(someSubject(`${from}`)) },
      });
    // 2027-07-15 is a Thursday. Half of them past midnight; on the evening before, the watch looked at as many.
    const many = Array.from({ length: 20 }, (_, n) => n);
    const night = (day: number, officer: string) =>
      many.map((n) => looks(n < 10 ? `${day}T23:${10 + n}` : `${day + 1}T02:${10 + n}`, officer, n));
    await appended(database, [
      ...night(14, 'trực đêm'),
      ...night(15, 'trực đêm'),
      ...night(15, 'tò mò'),
      ...many.slice(1).map((n) => looks('16T20:00', 'ít hơn', n)),
      // At work, though on the same day.
      ...many.map((n) => looks('16T09:00', 'ban ngày', n)),
    ]);
    const at = { since: new Date('2027-07-15T07:00:00+07:00'), until: new Date('2027-07-20T00:00:00+07:00') };
    const { offHours, busyNights, busyDays } = await reader.review({ ...at, bulk: 20, volume: 1_000 });
    expect([offHours, busyDays]).toEqual([[], []]);
    expect(busyNights.filter(({ officers }) => officers === 1)).toEqual([
      {
        ...{ day: '2027-07-15', agency: null, partner: 'mot-cua', officer: 'tò mò' },
        ...{ officers: 1, records: 20, people: 20, usual: null },
      },
    ]);
  });

  test('find a partner of whom many officers each look at few', async () => {
    const day = (officer: number, from: number) =>
      rawRecord({
        ...{ time: new Date('2027-05-14T09:00:00+07:00').toISOString(), purpose: 'TTHC' },
        operation: { officer: `can-bo-${officer}` },
        entries: about(...Array.from({ length: 4 }, (_, n) => someSubject(`${from + n}`))),
      });
    await appended(
      database,
      Array.from({ length: 5 }, (_, officer) => day(officer, 4 * officer)),
    );
    const at = { since: new Date('2027-05-14T00:00:00+07:00'), until: new Date('2027-05-15T00:00:00+07:00') };
    const { busyDays } = await reader.review({ ...at, bulk: 20, volume: 20 });
    expect(busyDays).toEqual([
      {
        ...{ day: '2027-05-14', agency: null, partner: 'mot-cua', officer: null },
        ...{ officers: 5, records: 5, people: 20, usual: null },
      },
    ]);
  });

  test('find mutations that nobody knows the end of', async () => {
    const made = [0, 30].map((minute) =>
      rawRecord({ kind: 'INTENT', time: at(minute), operation: { officer: 'dở dang' } }),
    );
    await appended(database, made);
    const ids = async (minutes: number) =>
      (await reader.unfinished(60_000 * minutes)).records.flatMap(({ id, officer }) =>
        officer === 'dở dang' ? id : [],
      );
    expect(await ids(45)).toEqual([made[0]?.id]);
    expect(await ids(10)).toEqual(made.map(({ id }) => id));
    const { all, records } = await reader.unfinished(0);
    expect(all).toBe(records.length);
    expect(await reader.unfinished(0, 1)).toEqual({ all, records: records.slice(0, 1) });
    expect(await reader.unfinished(NOW)).toEqual({ all: 0, records: [] });
  });
});

test('an export that continues holds what came since, and the hashes over what was before', async () => {
  const own = await ledgerDatabase();
  const signing = openHeads({ database: own.writer, origin, signer, keys, every: 0, log });
  const mine = openReader({ database: own.reader, origin, log });
  const all: Hash[] = [];
  const grow = async (many: number) => {
    const records = Array.from({ length: many }, () => rawRecord());
    await appended(own, records);
    all.push(...records.map(({ root }) => root));
    await signing.sign();
  };
  const known = (size: number) => ({ size, root: logRoot(all.slice(0, size)) });
  const lines: ExportLine[] = [];
  for (const many of [300, 1, 256, 43]) {
    const before = all.length;
    await grow(many);
    const some = await linesOf(mine.export(known(before)));
    if (before > 0) {
      const after = some[0]?.after;
      expect(after?.size).toBe(before);
      // The largest subtrees, from left to right, lead to the root of then.
      const hashes = (after?.hashes ?? []).map((each) => decodeHash(each) ?? sha256(Buffer.of()));
      expect(hashes).toHaveLength(before.toString(2).replaceAll('0', '').length);
      expect(joined(hashes)).toBe(known(before).root);
      // First the head under which the export before ended.
      expect(await verifyHead(some[1]?.head ?? '', origin, keys)).toMatchObject(known(before));
    }
    expect(some.at(-1)).toMatchObject({ end: { size: all.length, heads: before === 0 ? 1 : 2 } });
    lines.push(...some);
  }
  expect(rootsIn(lines)).toEqual(all);
  expect(lines.flatMap(({ record }) => record?.seq ?? [])).toEqual(all.map((_, seq) => seq));
  const nothing = await linesOf(mine.export(known(600)));
  expect(nothing.map((each) => Object.keys(each)[0])).toEqual(['format', 'head', 'end']);

  for (const other of [
    { size: 557, root: known(556).root },
    { size: 601, root: known(600).root },
  ]) {
    await expect(linesOf(mine.export(other))).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
  }
  await connected(own.owner, async (client) => {
    await client.query('alter table ledger.nodes disable trigger user');
    await client.query('delete from ledger.nodes');
  });
  await expect(linesOf(mine.export(known(600)))).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
  await Promise.all([signing.close(), mine.close()]);
  await own.drop();
});

test('an export holds every record as it was hashed, and every head in its place', async () => {
  const own = await ledgerDatabase();
  const signing = openHeads({ database: own.writer, origin, signer, keys, every: 0, log });
  const mine = openReader({ database: own.reader, origin, log });
  for (const many of [2, 254, 1, 300]) {
    await appended(
      own,
      Array.from({ length: many }, (_, n) => rawRecord(n === 0 ? { entries: about(an, binh) } : {})),
    );
    await signing.sign();
  }
  const lines = await linesOf(mine.export());
  expect(lines[0]).toEqual({ format: 'lienthong-ledger/1', origin });
  const roots = rootsIn(lines);
  expect(roots).toHaveLength(557);
  expect(lines.at(-1)).toEqual({ end: { size: 557, root: encodeHash(logRoot(roots)), heads: 4 } });
  let size = 0;
  const signed: number[] = [];
  for (const { record, head } of lines) {
    if (record) expect(record.seq).toBe(size++);
    if (head === undefined) continue;
    expect(await verifyHead(head, origin, keys)).toMatchObject({ size, root: logRoot(roots.slice(0, size)) });
    signed.push(size);
  }
  expect(signed).toEqual([2, 256, 257, 557]);
  const { rows } = await connected(own.owner, (client) =>
    client.query<{ root: Buffer }>('select root from ledger.records order by seq'),
  );
  expect(roots).toEqual(rows.map(({ root }) => hashOf(root)));
  await Promise.all([signing.close(), mine.close()]);
  await own.drop();
});
