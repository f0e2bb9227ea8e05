import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readKeys, verify, verifyArchive, verifyProof } from '@lienthong/verify';
import { decodeHash, EMPTY_ROOT, subjectsBy } from './format/index.ts';
import { openHeads } from './heads/index.ts';
import { openKeeper } from './keeping/index.ts';
import { openReader } from './reader/index.ts';
import { type LedgerDatabase, ledgerDatabase, recordsOf } from './testing/ledger-database.ts';
import { keys, ORIGIN as origin, signer } from './testing/signing.ts';
import { silent as log, SUBJECT_KEY, someRecord } from './testing/some-record.ts';
import { openLedger } from './writer/index.ts';

// What this package writes, judged by the program that knows the documented format alone.

let database: LedgerDatabase;
beforeAll(async () => {
  database = await ledgerDatabase();
});
afterAll(() => database.drop());

const START = Date.parse('2026-01-01T00:00:00Z');
const DAY = 86_400_000;
const read = readKeys(JSON.parse(JSON.stringify(keys)));
if (read === undefined) throw new TypeError('the keys of the tests are none');
const options = { keys: read, origin };

const textsOf = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const line of lines) texts.push(line);
  return texts;
};
async function* streamOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

test('a ledger passes the verifier while it grows, and after bodies were deleted around a hold', async () => {
  let day = 0;
  const now = () => START + DAY * day;
  const ledger = openLedger({ database: database.writer, subjectKey: SUBJECT_KEY, log, now });
  const heads = openHeads({ database: database.writer, origin, signer, keys, every: 0, log });
  const keeper = openKeeper({ database: database.keeper, origin, signer, log });
  const reader = openReader({ database: database.reader, origin, log });
  const witnessed: string[] = [];
  /** What was exported each day, of that day alone. */
  const archive: string[][] = [];
  let archived = { size: 0, root: EMPTY_ROOT };
  const addToArchive = async () => {
    archive.push(await textsOf(reader.export(archived)));
    const { size, root }: { size: number; root: string } = JSON.parse(archive.at(-1)?.at(-1) ?? '').end;
    archived = { size, root: decodeHash(root) ?? EMPTY_ROOT };
  };
  const people = (many: number) =>
    Array.from({ length: many }, (_, n) => ({ citizen: `k1.${n}`, coordinates: ['Citizen.id'] }));
  try {
    for (const many of [0, 1, 14, 15, 300]) {
      day += 1;
      const intent = await ledger.append(someRecord({ kind: 'INTENT', entries: people(1) }));
      await Promise.all([
        ...Array.from({ length: 60 }, () => ledger.append(someRecord({ entries: people(many), case: `vụ ${day}` }))),
        ledger.append(someRecord({ kind: 'OUTCOME', entries: people(1), intent: intent.id })),
      ]);
      witnessed.push((await heads.sign())?.jws ?? '');
      const verdict = await verify(reader.export(), { ...options, witnessed });
      expect({ ok: verdict.ok, size: verdict.size, faults: verdict.faults }).toEqual({
        ok: true,
        size: 62 * day,
        faults: [],
      });
      expect(verdict.signed).toBe(verdict.size);
      await addToArchive();
    }
    await keeper.place({ case: 'vụ 2', reason: 'điều tra', by: 'VKS' });
    expect(await keeper.retain(new Date(START + 4 * DAY), 100)).toHaveLength(2);
    const after = await verify(reader.export(), { ...options, witnessed });
    expect({ ok: after.ok, deleted: after.deleted, faults: after.faults }).toEqual({
      ok: true,
      deleted: 2 * 62 + 2,
      faults: [],
    });

    await heads.sign();
    // The archive keeps the bodies that are gone in the ledger, and the RETENTION records that say so.
    await addToArchive();
    const kept = await verifyArchive(archive.map(streamOf), { ...options, witnessed });
    expect(kept).toMatchObject({ ok: true, files: 6, deleted: 0, size: after.size, signed: after.size, faults: [] });
    expect(kept.root).toBe(after.root);
    expect(kept.witnessed).toEqual({ given: 5, met: 5, before: 0 });
    const since = await verify(streamOf(archive[5] ?? []), { ...options, after: witnessed[4] });
    expect(since).toMatchObject({ ok: true, from: 310, size: 312, kinds: { RETENTION: 2 }, warnings: [] });

    const subject = subjectsBy(SUBJECT_KEY)('k1.0');
    for (const seq of (await recordsOf(database, subject)).slice(0, 5)) {
      expect(await verifyProof(JSON.parse(JSON.stringify(await reader.proof(subject, seq))), options)).toMatchObject({
        ok: true,
      });
    }
  } finally {
    await Promise.all([ledger.close(), heads.close(), keeper.close(), reader.close()]);
  }
});
