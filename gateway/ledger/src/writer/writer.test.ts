import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testServerUrl } from '@lienthong/kit/testing';
import {
  commitments,
  decodeHash,
  encodeHash,
  hashOf,
  InnerTree,
  leafHash,
  sha256,
  subjectsBy,
} from '../format/index.ts';
import { type FlakyProxy, flakyProxy } from '../testing/flaky-proxy.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { naiveTree } from '../testing/naive-tree.ts';
import { SUBJECT_KEY, silent, someRecord } from '../testing/some-record.ts';
import { type Ledger, type LedgerOptions, openLedger, type Receipt } from './index.ts';

let database: LedgerDatabase;
let proxy: FlakyProxy;
const opened: Ledger[] = [];

beforeAll(async () => {
  database = await ledgerDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = await flakyProxy(database.writer);
});
afterEach(async () => {
  proxy.behave('pass');
  await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  await proxy.close();
});

const open = (options: Partial<LedgerOptions> = {}): Ledger => {
  const ledger = openLedger({ database: proxy.url, subjectKey: SUBJECT_KEY, log: silent, ...options });
  opened.push(ledger);
  return ledger;
};

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly root: Buffer;
  readonly key: Buffer;
  readonly parts: string;
}

const rows = (): Promise<Row[]> =>
  connected(database.owner, async (client) => {
    const { rows: found } = await client.query<Row>(
      'select seq::integer, id, root, key, parts from ledger.records order by seq',
    );
    return found;
  });

/** What must hold of a ledger whatever happened to it: no gap, no record twice, each under its root, the tree over all. */
const expectSound = async (): Promise<Row[]> => {
  const found = await rows();
  expect(found.map(({ seq }) => seq)).toEqual([...found.keys()]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  const roots = found.map(({ key, parts }) => new InnerTree(hashOf(key) ?? sha256(key), parts.split('\t')).root);
  expect(found.map(({ root }) => hashOf(root))).toEqual(roots);
  const { frontier } = await connected(database.owner, async (client) => {
    const { rows: state } = await client.query<{ frontier: Buffer }>('select frontier from ledger.state()');
    return state[0] ?? { frontier: Buffer.of() };
  });
  const tree = naiveTree(roots.map(leafHash));
  let from = 0;
  for (let n = 0; n < frontier.length / 32; n++) {
    let span = 1;
    while (from + 2 * span <= found.length) span *= 2;
    expect(hashOf(frontier.subarray(32 * n, 32 * n + 32))).toBe(tree.root(from, from + span));
    from += span;
  }
  expect(from).toBe(found.length);
  return found;
};

/** Appends until it works: a refusal may come at once, and leaves the loop no time to reconnect. */
const untilWritten = async (ledger: Ledger): Promise<Receipt> => {
  for (;;) {
    const receipt = await ledger.append(someRecord()).catch(() => undefined);
    if (receipt) return receipt;
    await pause(10);
  }
};

describe('an append', () => {
  test('answers when the record is in the store, as it was handed in', async () => {
    const receipt = await open().append(
      someRecord({
        entries: [{ citizen: 'k1.an', coordinates: ['Citizen.fullName'], passed: [['Citizen.id', 'health']] }],
      }),
    );
    const row = (await expectSound()).find(({ id }) => id === receipt.id);
    expect(row?.seq).toBe(receipt.seq);
    const [common, operation, entry] = (row?.parts ?? '').split('\t').map((part) => JSON.parse(part));
    expect(common).toMatchObject({ kind: 'ANSWER', partner: 'mot-cua', id: receipt.id, v: 1 });
    expect(operation).toMatchObject({ officer: 'officer-17', subjects: 1, status: 200 });
    expect(entry).toEqual({
      subject: subjectsBy(SUBJECT_KEY)('k1.an'),
      coordinates: ['Citizen.fullName'],
      passed: [['Citizen.id', 'health']],
    });
    expect(row?.parts).not.toContain('k1.an');
  });

  test('holds no digest, but commitments under a nonce that is its own and stands nowhere', async () => {
    const ledger = open();
    const digests = { requestDigest: `sha-256=:${'a'.repeat(43)}=:`, answerDigest: `sha-256=:${'b'.repeat(43)}=:` };
    const receipts = await Promise.all([1, 2, 3].map(() => ledger.append(someRecord(digests))));
    const found = (await rows()).filter(({ id }) => receipts.some((receipt) => receipt.id === id));
    const seen = found.map(({ id, key, parts }) => {
      const nonce = decodeHash(receipts.find((receipt) => receipt.id === id)?.nonce ?? '');
      if (nonce === undefined) throw new TypeError('no nonce');
      expect(JSON.parse(parts.split('\t')[1] ?? '')).toMatchObject({
        requestCommitment: commitments.toRequest(nonce, digests.requestDigest),
        answerCommitment: commitments.toAnswer(nonce, digests.answerDigest),
      });
      expect(parts).not.toContain('Digest');
      expect(parts).not.toContain(encodeHash(nonce));
      expect(hashOf(key)).not.toBe(nonce);
      return nonce;
    });
    expect(new Set(seen).size).toBe(3);
    // An INTENT is of no answer.
    const none = { requestDigest: undefined, answerDigest: undefined };
    const { nonce, id } = await ledger.append(someRecord({ kind: 'INTENT', ...none }));
    expect([nonce, (await rows()).find((row) => row.id === id)?.parts.includes('Commitment')]).toEqual([
      undefined,
      false,
    ]);
  });

  test.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('is durable where the server’s default is synchronous_commit = %s', async (given, kept) => {
    const own = await ledgerDatabase();
    // What the commit of the records themselves goes by.
    await connected(own.owner, (client) =>
      client.query(`create table seen (setting text);
        create function see() returns trigger language plpgsql as $$
          begin insert into public.seen select current_setting('synchronous_commit'); return null; end $$;
        create trigger see after insert on ledger.records for each statement execute function see()`),
    );
    const url = new URL(own.writer);
    url.searchParams.set('options', `-c synchronous_commit=${given}`);
    const ledger = openLedger({ database: url.href, subjectKey: SUBJECT_KEY, log: silent });
    await ledger.append(someRecord());
    await ledger.close();
    const { rows: seen } = await connected(own.owner, (client) => client.query('select setting from seen'));
    expect(seen).toEqual([{ setting: kept }]);
    await own.drop();
  });

  test('shares its commit with those that come at the same time', async () => {
    const ledger = open();
    await ledger.append(someRecord());
    const { commits } = ledger.standing;
    const receipts = await Promise.all(Array.from({ length: 600 }, () => ledger.append(someRecord())));
    const seqs = receipts.map(({ seq }) => seq ?? -1).sort((one, other) => one - other);
    expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] ?? 0) + n));
    // 256 at most in one.
    expect(ledger.standing.commits - commits).toBe(3);
    expect(ledger.standing).toMatchObject({ available: true, waiting: 0, records: 601 });
  });

  test('by several writers at once leaves one log', async () => {
    const ledgers = [open(), open(), open()];
    const receipts = await Promise.all(
      Array.from({ length: 300 }, (_, n) => ledgers[n % 3]?.append(someRecord({ request: `${n}` }))),
    );
    expect(new Set(receipts.map((receipt) => receipt?.seq)).size).toBe(300);
    await expectSound();
  });

  test('of a record that the store refuses fails alone', async () => {
    const ledger = open();
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, n) =>
        ledger.append(someRecord(n === 4 ? { kind: 'OUTCOME', intent: 'no id at all' } : {})),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(results.map((_, n) => (n === 4 ? 'rejected' : 'fulfilled')));
    expect(results[4]).toMatchObject({ reason: { code: 'LEDGER_RECORD_REFUSED' } });
    expect(ledger.standing.available).toBe(true);
    await expectSound();
  });

  test('about ids that are one and the same in UTF-8 has one entry for them, and takes nobody along', async () => {
    const told: object[] = [];
    const ledger = open({ log: { ...silent, error: (fields) => told.push(fields) } });
    await ledger.append(someRecord());
    const { commits } = ledger.standing;
    const entries = [
      { citizen: 'k1.\ud800', coordinates: ['Mutation.b', 'Query.c'], passed: [['Citizen.id', 'land'] as const] },
      { citizen: 'k1.an', coordinates: ['Query.c'] },
      { citizen: 'k1.\ud801', coordinates: ['Mutation.a', 'Query.c'], passed: [['Citizen.id', 'health'] as const] },
      { citizen: 'k1.\ud802', coordinates: [] },
    ];
    const [receipt] = await Promise.all([ledger.append(someRecord({ entries })), ledger.append(someRecord())]);
    expect([ledger.standing.commits - commits, told]).toEqual([1, []]);
    const row = (await expectSound()).find(({ id }) => id === receipt.id);
    const [, operation, ...about] = (row?.parts ?? '').split('\t').map((part) => JSON.parse(part));
    expect(operation).toMatchObject({ subjects: 2 });
    const subjectOf = subjectsBy(SUBJECT_KEY);
    expect(new Map(about.map((entry) => [entry.subject, entry]))).toEqual(
      new Map([
        [subjectOf('k1.an'), { subject: subjectOf('k1.an'), coordinates: ['Query.c'] }],
        [
          subjectOf('k1.\ufffd'),
          {
            subject: subjectOf('k1.\ufffd'),
            coordinates: ['Mutation.a', 'Mutation.b', 'Query.c'],
            passed: [
              ['Citizen.id', 'health'],
              ['Citizen.id', 'land'],
            ],
          },
        ],
      ]),
    );
  });

  test('takes whatever a token may bring along', async () => {
    const odd = 'a\0b\t\n\\ \ud800 "Nguyễn" \u{1f600}\u2028';
    const receipt = await open().append(someRecord({ case: odd, officer: odd, partner: odd }));
    const row = (await expectSound()).find(({ id }) => id === receipt.id);
    const [common, operation] = (row?.parts ?? '').split('\t').map((part) => JSON.parse(part));
    const kept = odd.replace(/\0|\ud800/gu, '\ufffd');
    expect([common.partner, operation.case, operation.officer]).toEqual([kept, kept, kept]);
  });

  test('about too many people fails at once', async () => {
    const entries = Array.from({ length: 10_001 }, (_, n) => ({ citizen: `${n}`, coordinates: [] }));
    await expect(open().append(someRecord({ entries }))).rejects.toMatchObject({ code: 'LEDGER_RECORD_REFUSED' });
  });
});

describe('a connection that is lost', () => {
  test('before the answer: the record is written once', async () => {
    const ledger = open();
    await ledger.append(someRecord());
    const before = (await rows()).length;
    proxy.loseNextAnswer();
    const receipts = await Promise.all(Array.from({ length: 20 }, () => ledger.append(someRecord())));
    expect(receipts.map(({ seq }) => seq)).toEqual(receipts.map((_, n) => before + n));
    expect(await expectSound()).toHaveLength(before + 20);
  });

  test('again and again, by a server that ends its processes under load: nothing is lost, nothing twice', async () => {
    const ledgers = [open({ timeout: 20_000 }), open({ timeout: 20_000 })];
    const before = (await rows()).length;
    let killed = 0;
    const killing = connected(testServerUrl(), async (admin) => {
      while (killed < 8) {
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'lienthong-ledger' and state = 'active' and usename = $1`,
          [new URL(database.writer).username],
        );
        killed += rowCount ?? 0;
        await pause(rowCount ? 30 : 1);
      }
    });
    const receipts: Receipt[] = [];
    const client = async (n: number) => {
      while (killed < 8) {
        const receipt = await ledgers[n % 2]?.append(someRecord());
        if (receipt) receipts.push(receipt);
      }
    };
    await Promise.all([killing, ...Array.from({ length: 24 }, (_, n) => client(n))]);
    const found = await expectSound();
    expect(found).toHaveLength(before + receipts.length);
    const seqs = new Map(found.map(({ id, seq }) => [id, seq]));
    for (const { id, seq } of receipts) expect(seqs.get(id)).toBe(seq);
  });
});

describe('a store that is away', () => {
  test('keeps nobody longer than the timeout, then nobody at all, and is back when it is back', async () => {
    const ledger = open({ timeout: 1_000 });
    await untilWritten(ledger);
    proxy.behave('cut');
    await expect(ledger.append(someRecord())).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE', reason: 'timeout' });
    expect(ledger.standing.available).toBe(false);
    const reasons: string[] = [];
    while (reasons.at(-1) !== 'away') {
      reasons.push(await ledger.append(someRecord()).then(String, ({ reason }) => reason));
    }
    expect(new Set(reasons.slice(0, -1))).not.toContain('away');
    proxy.behave('pass');
    await untilWritten(ledger);
    expect(ledger.standing.available).toBe(true);
    await expectSound();
  });

  test('though connected counts as away, too', async () => {
    const ledger = open({ timeout: 1_000 });
    await untilWritten(ledger);
    proxy.behave('freeze');
    await expect(ledger.append(someRecord())).rejects.toMatchObject({ reason: 'timeout' });
    proxy.behave('pass');
    await untilWritten(ledger);
    await expectSound();
  });

  test('lets so many wait and no more', async () => {
    proxy.behave('cut');
    const ledger = open({ timeout: 300, capacity: 3 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => ledger.append(someRecord())));
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.reason : ''))).toEqual([
      ...['timeout', 'timeout', 'timeout', 'full', 'full'],
    ]);
  });

  test('gives up what nobody waits for any more', async () => {
    const before = (await rows()).length;
    proxy.behave('cut');
    const ledger = open({ timeout: 100 });
    await expect(ledger.append(someRecord())).rejects.toMatchObject({ reason: 'timeout' });
    proxy.behave('pass');
    await ledger.close();
    expect(await rows()).toHaveLength(before);
  });
});

describe('mode bounded', () => {
  test('lets an answer go that holds nothing personal; its record follows', async () => {
    const before = (await rows()).length;
    proxy.behave('cut');
    const ledger = open({ mode: 'bounded', delay: 10, timeout: 5_000 });
    const receipt = await ledger.append(someRecord(), { personal: false });
    // Not certain yet: a signed answer that named it would accuse a gateway that is killed now.
    expect(receipt).toEqual({ id: expect.any(String), nonce: expect.any(String), deferred: true });
    proxy.behave('pass');
    await ledger.close();
    expect((await expectSound()).slice(before).map(({ id }) => id)).toEqual([receipt.id]);
  });

  test.each([['bounded'], ['strict']] as const)(
    'what is personal waits for durability as in any mode: %s',
    async (mode) => {
      proxy.behave('cut');
      const ledger = open({ mode, delay: 10, timeout: 150 });
      await expect(ledger.append(someRecord(), { personal: true })).rejects.toMatchObject({ reason: 'timeout' });
    },
  );
});

describe('closing', () => {
  test('writes what waits, and takes nothing more', async () => {
    const ledger = open();
    const appended = Array.from({ length: 40 }, () => ledger.append(someRecord()));
    await ledger.close();
    expect(await Promise.all(appended)).toHaveLength(40);
    await expect(ledger.append(someRecord())).rejects.toMatchObject({ reason: 'closed' });
  });

  test('does not wait for a store that is away', async () => {
    proxy.behave('cut');
    const ledger = open({ timeout: 60_000 });
    const appended = ledger.append(someRecord());
    const told = expect(appended).rejects.toMatchObject({ reason: 'closed' });
    await ledger.close();
    await told;
  });
});
