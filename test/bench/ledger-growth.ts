/**
 * A ledger that has grown large: how long proofs, pages and a head take, how long an export and its check, and how much
 * of the disk it takes. Records go straight into the tables, because appending that many would take a day; every hash of them is
 * true, which the check of the export shows.
 *
 *   npm run bench -w test -- ledger-growth                       a hundred thousand records
 *   npm run bench -w test -- ledger-growth --records 10000000    ten million: about an hour, and 30 GB of disk
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

import { countEntries, readEntries } from '@lienthong/disclosures/entries';
import { openDatabase } from '@lienthong/kit/database';
import { startPostgres } from '@lienthong/kit/postgres';
import { migrateLedger, openHeads, openReader } from '@lienthong/ledger';
import {
  bytesOf,
  commonText,
  entryText,
  type Hash,
  InnerTree,
  keySigner,
  leafHash,
  logNode,
  operationText,
  sha256,
  subjectsBy,
} from '@lienthong/ledger/format';
import { readKeys, verify } from '@lienthong/verify';
import { from as copyFrom } from 'pg-copy-streams';

import { type Figure, median, printFigures, progress } from './figures.ts';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '100000' }, quick: { type: 'boolean' } },
});
const many = Number(values.records);
const CITIZENS = 1_250_000;
const HEADS = 20;
const ASKED = 40;
/** Lines that go to the store at once. */
const CHUNK = 500;
const ORIGIN = 'data.example/ledger';
const START = Date.parse('2025-01-01T00:00:00Z');
/** 10 million in a year. */
const STEP_MS = 3_154;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'EdDSA' }] };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const subjectOf = subjectsBy(Buffer.alloc(32, 1));
const citizenOf = (seq: number): string => subjectOf(`k1.${(seq * 7_919) % CITIZENS}`);
const hex = (seq: number, digits: number) => seq.toString(16).padStart(digits, '0');

/** What the tables get of one record; the log's tree grows along. */
class Grown {
  size = 0;
  readonly frontier: Hash[] = [];
  nodes: string[] = [];

  record(): { readonly record: string; readonly entry: string } {
    const seq = this.size;
    const time = new Date(START + STEP_MS * seq).toISOString();
    const id = `019b0000-0000-7000-8000-${hex(seq, 12)}`;
    const key = sha256(Buffer.from(`key ${seq}`));
    const subject = citizenOf(seq);
    const parts = [
      commonText({ kind: 'ANSWER', id, time, partner: 'mot-cua', agency: 'H48.53', purpose: 'TTHC' }),
      operationText(
        {
          request: hex(seq, 16),
          officer: `officer-${seq % 2_000}`,
          disclosed: ['Citizen.fullName'],
          denied: [],
          departments: [],
          status: 200,
        },
        1,
      ),
      entryText({ subject, coordinates: ['Citizen.fullName'] }),
    ];
    const { root } = new InnerTree(key, parts);
    this.#grow(leafHash(root));
    const row = [seq, bytea(root), id, 'ANSWER', time, bytea(key), parts.join('\\t')];
    return { record: `${row.join('\t')}\n`, entry: `${subject}\t${seq}\t2\n` };
  }

  #grow(leaf: Hash): void {
    let hash = leaf;
    let rest = this.size;
    for (let level = 1; rest % 2 === 1; level++) {
      hash = logNode(this.frontier.pop() ?? hash, hash);
      rest = (rest - 1) / 2;
      if (level % 8 === 0) this.nodes.push(`${level}\t${rest}\t${bytea(hash)}\n`);
    }
    this.frontier.push(hash);
    this.size += 1;
  }
}

/** As COPY reads it. */
const bytea = (hash: Hash): string => `\\\\x${bytesOf(hash).toString('hex')}`;

const folder = await mkdtemp(join(tmpdir(), 'lienthong-bench-growth-'));
const server = await startPostgres({ folder: join(folder, 'postgres'), port: 0, durability: 'none' });
const owner = await server.createDatabase('ledger');
const [writer, reads] = [
  await server.createRole('ledger_writer', { database: 'ledger' }),
  await server.createRole('ledger_reader', { database: 'ledger' }),
];
await migrateLedger({
  database: owner,
  roles: [
    { role: 'ledger_writer', work: ['write'] },
    { role: 'ledger_reader', work: ['read'] },
  ],
});
const { pool, close } = openDatabase({ url: owner, log: { warn: () => undefined }, connections: 2 });
/** As the department asks that shows persons their entries. */
const pages = openDatabase({ url: reads, log: { warn: () => undefined }, connections: 2 });
const now = new Date();
const byThemselves = {
  delays: { madeBefore: new Map([['TTHC', now]]), othersMadeBefore: new Date(now.getTime() - 30 * 86_400_000) },
};
const heads = openHeads({
  database: writer,
  origin: ORIGIN,
  signer: keySigner(privateKey, 'bench'),
  keys: jwks,
  every: 0,
  log,
});
const reader = openReader({ database: reads, origin: ORIGIN, log });
try {
  const client = await pool.connect();
  await client.query('set statement_timeout = 0');
  const copy = (table: string, lines: Iterable<string>) =>
    pipeline(Readable.from(lines), client.query(copyFrom(`copy ledger.${table} from stdin`)));

  // Indexes that are made at the end are made in a tenth of the time.
  await client.query('alter table ledger.entries drop constraint entries_pkey');
  const grown = new Grown();
  const began = performance.now();
  for (let head = 1; head <= HEADS; head++) {
    const upTo = Math.round((many * head) / HEADS);
    while (grown.size < upTo) {
      progress(`records: ${grown.size}`);
      const entries: string[] = [];
      const records = function* (limit: number) {
        while (grown.size < limit) {
          const lines: string[] = [];
          while (lines.length < CHUNK && grown.size < limit) {
            const { record, entry } = grown.record();
            lines.push(record);
            entries.push(entry);
          }
          yield lines.join('');
        }
      };
      await copy('records', records(Math.min(upTo, grown.size + 50_000)));
      await copy('entries', [entries.join('')]);
      await copy('nodes', grown.nodes.splice(0));
    }
    await client.query('update ledger.tip set size = $1, frontier = $2', [
      grown.size,
      Buffer.concat(grown.frontier.map(bytesOf)),
    ]);
    await heads.sign();
  }
  progress('index of entries');
  await client.query('alter table ledger.entries add primary key (subject, seq)');
  await client.query('analyze');
  client.release(true);
  const made = (performance.now() - began) / 1000;

  /** Milliseconds of one call: the median, and the worst. */
  const timed = async (name: string, act: (seq: number) => Promise<unknown>, goal?: number): Promise<Figure[]> => {
    const times: number[] = [];
    for (let n = 0; n < ASKED; n++) {
      progress(`${name}: ${n}`);
      const seq = createHash('sha256').update(`${name} ${n}`).digest().readUIntBE(0, 6) % many;
      const since = performance.now();
      await act(seq);
      times.push(performance.now() - since);
    }
    const worst = Math.max(...times);
    return [
      { name, value: median(times) },
      goal === undefined ? { name: '   the longest', value: worst } : { name: '   the longest', value: worst, goal },
    ];
  };
  printFigures('ms', [
    ...(await timed('proof of inclusion', (seq) => reader.inclusion(seq, many), 1_000)),
    ...(await timed('proof of consistency', (seq) => reader.consistency(seq + 1, many), 1_000)),
    ...(await timed('a person’s proof of one record', (seq) => reader.proof(citizenOf(seq), seq), 1_000)),
    ...(await timed('a page of a person’s entries', (seq) =>
      readEntries(pages.db, [citizenOf(seq)], byThemselves, { limit: 21 }, now),
    )),
    ...(await timed('their number', (seq) => countEntries(pages.db, [citizenOf(seq)], byThemselves, now))),
    ...(await timed('review of one hour', (seq) => {
      const since = new Date(START + STEP_MS * Math.max(0, seq - 1_141));
      return reader.review({ since, until: new Date(since.getTime() + 3_600_000), bulk: 20, volume: 100 });
    })),
  ]);

  const { rows } = await pool.query<{ name: string; bytes: number }>(
    `select relname as name, pg_relation_size(oid) as bytes from pg_class
       where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'i') and pg_relation_size(oid) > 65536 order by bytes desc`,
  );
  printFigures('bytes', [
    { name: 'of the disk, for each record', value: rows.reduce((sum, row) => sum + row.bytes, 0) / many },
    ...rows.map((row) => ({ name: `   ${row.name}`, value: row.bytes / many })),
  ]);

  progress('export');
  let bytes = 0;
  let since = performance.now();
  for await (const line of reader.export()) bytes += Buffer.byteLength(line);
  printFigures('', [
    { name: 'seconds to make the records', value: made },
    { name: 'seconds for an export', value: (performance.now() - since) / 1000 },
    { name: 'bytes of it, for each record', value: bytes / many },
    { name: 'MiB of resident memory of this process', value: process.memoryUsage().rss / 2 ** 20 },
  ]);

  since = performance.now();
  const verdict = await verify(reader.export(), {
    keys: readKeys(jwks),
    progress: (_, records) => progress(`verified: ${records}`),
  });
  if (!verdict.ok || verdict.signatures !== 'checked' || verdict.size !== many) {
    throw new Error(`the export is not sound: ${JSON.stringify(verdict.counts)}`);
  }
  printFigures('', [{ name: 'seconds for an export and its check', value: (performance.now() - since) / 1000 }]);
} finally {
  await Promise.all([heads.close(), reader.close(), pages.close()]);
  await close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
