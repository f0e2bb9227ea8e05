import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashOf, leafHash, sha256 } from '../format/index.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { naiveTree } from '../testing/naive-tree.ts';
import { argumentsOf, nextId, type RawRecord, rawRecord, someSubject } from '../testing/raw-record.ts';

let database: LedgerDatabase;
beforeAll(async () => {
  database = await ledgerDatabase();
});
afterAll(() => database.drop());

/** What the table's records say, in their order. */
const stored = () =>
  connected(database.owner, async (client) => {
    const { rows } = await client.query<{ seq: string; id: string; root: Buffer }>(
      'select seq, id, root from ledger.records order by seq',
    );
    return rows;
  });

const append = (...records: RawRecord[]): Promise<number[]> =>
  connected(database.writer, async (client) => {
    const { rows } = await client.query<{ seqs: string[] }>(
      'select ledger.append($1, $2) as seqs',
      argumentsOf(records),
    );
    return (rows[0]?.seqs ?? []).map(Number);
  });

const refusedWith = (code: string, records: string, secrets: Buffer) =>
  expect(
    connected(database.writer, (client) => client.query('select ledger.append($1, $2)', [records, secrets])),
  ).rejects.toMatchObject({ code });

describe('records are appended', () => {
  test('without a gap, in the order in which they come', async () => {
    const size = (await stored()).length;
    const records = Array.from({ length: 5 }, () => rawRecord());
    expect(await append(...records)).toEqual(records.map((_, n) => size + n));
    expect((await stored()).slice(size).map(({ id }) => id)).toEqual(records.map(({ id }) => id));
  });

  test('once, however often they come', async () => {
    const [one, two, three] = [rawRecord(), rawRecord(), rawRecord({ kind: 'INTENT' })];
    const seqs = await append(one, two);
    expect(await append(two, three, one)).toEqual([seqs[1], (seqs[1] ?? 0) + 1, seqs[0]]);
    expect(await append(three)).toEqual([(seqs[1] ?? 0) + 1]);
    // Its outcome may bear the same id: it is of another kind.
    expect(await append(rawRecord({ kind: 'OUTCOME', id: three.id }))).toEqual([(seqs[1] ?? 0) + 2]);
  });

  test('but no other one under an id that is there', async () => {
    const id = nextId();
    await append(rawRecord({ id }));
    const size = (await stored()).length;
    await refusedWith('23505', ...argumentsOf([rawRecord(), rawRecord({ id })]));
    expect(await stored()).toHaveLength(size);
  });

  test('not twice in one batch', async () => {
    const one = rawRecord();
    await refusedWith('23505', ...argumentsOf([one, one]));
  });

  test('by several at a time, each once', async () => {
    const size = (await stored()).length;
    const batches = Array.from({ length: 12 }, () => Array.from({ length: 20 }, () => rawRecord()));
    const seqs = await Promise.all(batches.map((batch) => append(...batch)));
    expect(seqs.flat().sort((one, other) => one - other)).toEqual(Array.from({ length: 240 }, (_, n) => size + n));
    // What one brought together stands together.
    for (const batch of seqs) expect(batch.map((seq) => seq - (batch[0] ?? 0))).toEqual([...batch.keys()]);
  });

  test('with the tree over them, at every size', async () => {
    for (const many of [1, 1, 3, 250, 300]) await append(...Array.from({ length: many }, () => rawRecord()));
    const leaves = (await stored()).map(({ root }) => leafHash(hashOf(root) ?? sha256(root)));
    const tree = naiveTree(leaves);
    const { size, frontier, nodes } = await connected(database.owner, async (client) => {
      const state = await client.query<{ size: string; frontier: Buffer }>('select * from ledger.state()');
      const kept = await client.query<{ index: string; hash: Buffer }>('select * from ledger.nodes order by index');
      return { size: Number(state.rows[0]?.size), frontier: state.rows[0]?.frontier ?? Buffer.of(), nodes: kept.rows };
    });
    expect(size).toBe(leaves.length);
    let from = 0;
    const bits = [...Array(40).keys()].reverse().filter((bit) => Math.floor(size / 2 ** bit) % 2 === 1);
    bits.forEach((bit, n) => {
      expect(hashOf(frontier.subarray(32 * n, 32 * n + 32))).toBe(tree.root(from, from + 2 ** bit));
      from += 2 ** bit;
    });
    expect(nodes).toHaveLength(Math.floor(size / 256));
    nodes.forEach(({ index, hash }, n) => {
      expect([Number(index), hashOf(hash)]).toEqual([n, tree.root(256 * n, 256 * n + 256)]);
    });
  });

  test('with the data subjects they name', async () => {
    const subjects = ['an', 'bình', 'chi'].map(someSubject).sort();
    const record = rawRecord({ entries: subjects.map((subject) => ({ subject, coordinates: ['Citizen.id'] })) });
    const [seq] = await append(rawRecord(), record).then((seqs) => seqs.slice(1));
    const { rows } = await connected(database.owner, (client) =>
      client.query('select subject, slot from ledger.entries where seq = $1 order by slot', [seq]),
    );
    expect(rows).toEqual(subjects.map((subject, n) => ({ subject, slot: n + 2 })));
  });

  test('and a mutation is unfinished until its outcome is there', async () => {
    const unfinished = () =>
      connected(database.owner, async (client) => {
        const { rows } = await client.query<{ id: string }>('select id from ledger.unfinished order by seq');
        return rows.map(({ id }) => id);
      });
    const before = await unfinished();
    const [one, two] = [rawRecord({ kind: 'INTENT' }), rawRecord({ kind: 'INTENT' })];
    await append(one, two);
    expect(await unfinished()).toEqual([...before, one.id, two.id]);
    await append(rawRecord({ kind: 'OUTCOME', operation: { intent: one.id } }));
    expect(await unfinished()).toEqual([...before, two.id]);
    // A retry of the intent after its outcome must not open it again.
    await append(one);
    expect(await unfinished()).toEqual([...before, two.id]);
  });
});

test('an append reads as little of a ledger that grew as of one that is empty', async () => {
  const fresh = await ledgerDatabase();
  try {
    // Over one connection, as a gateway has it: what it plans while there is nothing serves it for long.
    const read = await connected(fresh.writer, async (client) => {
      await client.query('begin');
      for (let batch = 0; batch < 60; batch += 1) {
        const records = Array.from({ length: 16 }, () => rawRecord());
        await client.query({ name: 'append', text: 'select ledger.append($1, $2)', values: argumentsOf(records) });
      }
      // Of this transaction; what a server counts for all comes late.
      const { rows } = await client.query(
        `select relname, seq_tup_read, idx_tup_fetch from pg_stat_xact_all_tables
          where schemaname = 'ledger' and relname <> 'tip' and seq_tup_read + coalesce(idx_tup_fetch, 0) > 0`,
      );
      return rows;
    });
    expect(read).toEqual([]);
  } finally {
    await fresh.drop();
  }
});

describe('what is malformed is refused, with all that came with it', () => {
  const good = rawRecord();
  const [line, secrets] = argumentsOf([good]);
  const entries = (...names: string[]) => names.map((subject) => ({ subject, coordinates: ['Citizen.id'] }));
  const [an, binh] = ['an', 'bình'].map(someSubject).sort() as [string, string];
  const cases: [string, string, string, Buffer][] = [
    ['an empty line', '22023', '', Buffer.alloc(64)],
    ['a missing secret', '22023', `${line}\n${line}`, secrets],
    ['a short secret', '22023', line, secrets.subarray(1)],
    ['one part', '22023', good.parts[0] ?? '', secrets],
    ['no JSON', '22P02', `{\t${good.parts[1]}`, secrets],
    ['an array', '22023', `[]\t${good.parts[1]}`, secrets],
    ['another version', '22023', line.replace('"v":1', '"v":2'), secrets],
    ['an unknown kind', '23514', line.replace('ANSWER', 'QUESTION'), secrets],
    ['a RETENTION of its own', '22023', line.replace('ANSWER', 'RETENTION'), secrets],
    ['an id in capitals', '22023', line.replace(good.id, good.id.replace('b', 'B')), secrets],
    ['no id', '22023', line.replace('"id"', '"di"'), secrets],
    ['a time without its zone', '22023', line.replace('.000Z', ''), secrets],
    ['a wrong count of entries', '22023', line.replace('"subjects":0', '"subjects":1'), secrets],
    ['a subject in the clear', '23514', ...argumentsOf([rawRecord({ entries: entries('k1.an') })])],
    ['subjects out of order', '22023', ...argumentsOf([rawRecord({ entries: entries(binh, an) })])],
    ['a subject twice', '22023', ...argumentsOf([rawRecord({ entries: entries(an, an) })])],
  ];
  test.each(cases)('%s', async (_, code, records, bytes) => {
    const size = (await stored()).length;
    await refusedWith(code, records, bytes);
    const [before, itsSecrets] = argumentsOf([rawRecord()]);
    await refusedWith(code, `${before}\n${records}`, Buffer.concat([itsSecrets, bytes]));
    expect(await stored()).toHaveLength(size);
  });
});
