import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { Hash } from '../format/index.ts';
import type { LedgerLog } from '../log.ts';
import { silent } from '../testing/some-record.ts';
import type { Connection } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import type { Prepared } from './new-record.ts';

const record = (id: string): Prepared => ({ id, key: '' as Hash, root: '' as Hash, line: id });
const POISON = 'poison';

const commits: GroupCommit[] = [];
afterEach(async () => {
  await Promise.all(commits.splice(0).map((each) => each.close()));
});

/**
 * @param append of batches without the record that no store takes
 * @param expected how many records may come soon
 * @param milliseconds how long others are waited for
 */
const over = (
  append: Connection['append'],
  expected = () => 0,
  milliseconds = 0,
  log: LedgerLog = silent,
  capacity = 10,
  timeout = 40,
): GroupCommit => {
  const connection: Connection = {
    append: async (batch) => {
      if (batch.some(({ id }) => id === POISON)) throw Object.assign(new Error('refused'), { code: '22023' });
      return append(batch);
    },
    ready: async () => undefined,
    close: async () => undefined,
  };
  const batch = { records: 256, characters: 1_000_000 };
  const deferred = { records: 3, characters: 100 };
  const made = new GroupCommit({
    ...{ connection, log, timeout, capacity, batch, deferred },
    expected,
    gather: { from: 8, records: 32, perStraggler: 8, milliseconds },
  });
  commits.push(made);
  return made;
};

test('a record in whose company another was refused waits no longer than any', async () => {
  let answer = (_seqs: readonly number[]): void => undefined;
  const stuck = new Promise<readonly number[]>((resolve) => {
    answer = resolve;
  });
  const ledger = over(() => stuck);
  const [poison, good] = [ledger.add(record(POISON)), ledger.add(record('good'))];
  await expect(poison.written).rejects.toMatchObject({ code: 'LEDGER_RECORD_REFUSED' });
  expect(ledger.standing.waiting).toBe(1);
  await expect(good.written).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE', reason: 'timeout' });
  answer([0]);
});

test('what has happened is taken however many wait, and written', async () => {
  const written: string[] = [];
  let thaw = (): void => undefined;
  const frozen = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const ledger = over(async (batch) => {
    await frozen;
    written.push(...batch.map(({ id }) => id));
    return batch.map((_, n) => n);
  });
  const given = Array.from({ length: 10 }, (_, n) => ledger.add(record(`${n}`)).written.catch(() => undefined));
  expect(() => ledger.add(record('one more'))).toThrow(expect.objectContaining({ reason: 'full' }));
  const outcome = ledger.add(record('outcome'), 'lasting').written.catch(() => undefined);
  thaw();
  await Promise.all([...given, outcome]);
  await ledger.close();
  expect(written).toContain('outcome');
});

test('those who come in bad company are written, in their order', async () => {
  const written: string[] = [];
  const ledger = over(async (batch) => {
    written.push(...batch.map(({ id }) => id));
    return batch.map((_, n) => n);
  });
  const tickets = ['a', 'b', POISON, 'c', 'd'].map((id) => ledger.add(record(id)));
  const ended = await Promise.allSettled(tickets.map((ticket) => ticket.written));
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(written).toEqual(['a', 'b', 'c', 'd']);
  expect(ledger.standing).toMatchObject({ waiting: 0, available: true });
});

describe('a store that is away for a moment', () => {
  /**
   * Nobody's patience ends before it is back.
   *
   * @param code what it says to the first batches that it gets to see
   * @param times how many of them
   */
  const away = (code: string, times = 1) => {
    const written: string[] = [];
    let asked = 0;
    const append: Connection['append'] = async (batch) => {
      asked += 1;
      const isAway = asked <= times;
      await new Promise((turn) => setImmediate(turn));
      if (isAway) throw Object.assign(new Error('away'), { code });
      written.push(...batch.map(({ id }) => id));
      return batch.map((_, n) => n);
    };
    return { ledger: over(append, undefined, undefined, undefined, undefined, 60_000), written };
  };

  test.each([
    ['is a standby by now', '25006'],
    ['is shutting down', '57P01'],
    ['has no connection left', '53300'],
    ['has no room left', '53100'],
    ['does not answer', ''],
  ])('because it %s gets every record again', async (_why, code) => {
    const { ledger, written } = away(code, 3);
    await Promise.all(['a', 'b'].map((id) => ledger.add(record(id)).written));
    expect(written).toEqual(['a', 'b']);
  });

  test('gets the first again first', async () => {
    const { ledger, written } = away('57P01');
    const first = ledger.add(record('a')).written;
    await new Promise((turn) => setImmediate(turn));
    await Promise.all([first, ledger.add(record('b')).written]);
    expect(written).toEqual(['a', 'b']);
  });

  test('while a batch is divided because of one record, gets all others of it', async () => {
    const { ledger, written } = away('57P01');
    const tickets = ['a', 'b', POISON, 'c', 'd'].map((id) => ledger.add(record(id)).written);
    const ended = await Promise.allSettled(tickets);
    expect(ended[2]).toMatchObject({ reason: { code: 'LEDGER_RECORD_REFUSED' } });
    expect(written.sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('what goes wrong in the writer itself', () => {
  const bug = new TypeError('a bug');
  const broken = (id: string): Prepared => ({
    ...record(id),
    get line(): string {
      throw bug;
    },
  });
  const told: object[] = [];
  const log = { ...silent, error: (fields: object) => void told.push(fields) };
  const written: string[] = [];
  const taking: Connection['append'] = async (batch) => {
    written.push(...batch.map(({ id }) => id));
    return batch.map((_, n) => n);
  };
  beforeEach(() => {
    told.splice(0);
    written.splice(0);
  });

  test('a record that cannot be made is told to who waits for it, and to nobody else', async () => {
    const ledger = over(taking, undefined, undefined, log);
    const tickets = [record('a'), broken('b'), record('c')].map((each) => ledger.add(each, 'lasting').written);
    const ended = await Promise.allSettled(tickets);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ended[1]).toMatchObject({ reason: { code: 'LEDGER_RECORD_REFUSED', cause: bug } });
    await ledger.add(record('d')).written;
    expect([written, told]).toEqual([['a', 'c', 'd'], [{ record: 'b', code: 'LEDGER_RECORD_REFUSED' }]]);
  });

  test('a record that cannot be made is not kept for a store that is away', async () => {
    let answer = (_seqs: readonly number[]): void => undefined;
    const stuck = new Promise<readonly number[]>((resolve) => {
      answer = resolve;
    });
    const ledger = over(() => stuck, undefined, undefined, log);
    ledger.add(record('stuck')).written.catch(() => undefined);
    await new Promise((turn) => setImmediate(turn));
    await expect(ledger.add(broken('b'), 'deferrable').written).rejects.toMatchObject({ cause: bug });
    expect(ledger.standing.deferred).toBe(0);
    answer([0]);
  });

  test('anything else is told to all that wait, once to the log, and the next are written', async () => {
    let failing = true;
    const expected = () => {
      if (failing) throw bug;
      return 0;
    };
    const ledger = over(taking, expected, undefined, log);
    const ended = await Promise.allSettled(['a', 'b'].map((id) => ledger.add(record(id), 'lasting').written));
    expect(ended).toEqual(ended.map(() => ({ status: 'rejected', reason: bug })));
    expect(told).toEqual([{ code: 'LEDGER_WRITER_FAULT', lost: 2, err: bug }]);
    failing = false;
    await ledger.add(record('c')).written;
    expect(written).toEqual(['c']);
    await ledger.close();
  });
});

describe('the wait for company', () => {
  const batches: number[] = [];
  const taking: Connection['append'] = async (batch) => {
    batches.push(batch.length);
    return batch.map((_, n) => n);
  };
  beforeEach(() => void batches.splice(0));

  /** One record more in each turn of the loop, until all that were expected have come. */
  const oneByOne = async (many: number): Promise<void> => {
    let coming = many;
    const ledger = over(taking, () => coming, 60_000, silent, many);
    const written: Promise<unknown>[] = [];
    while (coming > 0) {
      coming -= 1;
      written.push(ledger.add(record(`${coming}`)).written);
      await new Promise((turn) => setImmediate(turn));
    }
    await Promise.all(written);
  };

  test('ends when only the last one in nine may still come', async () => {
    await oneByOne(20);
    expect(batches[0]).toBe(18);
    expect(batches.reduce((sum, each) => sum + each)).toBe(20);
  });

  test('ends when enough have come, however many may', async () => {
    await oneByOne(70);
    expect(batches.slice(0, 2)).toEqual([32, 32]);
  });

  test('ends by itself, where those who may come do not', async () => {
    await over(taking, () => 1_000, 10).add(record('patient')).written;
    expect(batches).toEqual([1]);
  });

  test('is nobody’s who is nearly alone', async () => {
    let looked = 0;
    const alone = () => {
      looked += 1;
      return 6;
    };
    const ledger = over(taking, alone, 60_000);
    await ledger.add(record('alone')).written;
    expect([batches, looked]).toEqual([[1], 1]);
  });
});
