/**
 * What the ledger costs the gateway's process: microseconds of its processor time for one record, over an embedded
 * PostgreSQL that flushes to the disk; and how many records that store takes, in how many commits, on how much of its disk.
 *
 *   npm run bench -w test -- ledger
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDatabase } from '@lienthong/kit/database';
import { startPostgres } from '@lienthong/kit/postgres';
import { type Ledger, migrateLedger, type NewRecord, openLedger } from '@lienthong/ledger';

import { type Figure, median, printFigures, progress } from './figures.ts';

const ROUNDS = 7;
const COORDINATES = [
  'Citizen.birthDate',
  'Citizen.fullName',
  'Citizen.residence',
  'Residence.commune',
  'Residence.since',
];
const digest = `sha-256=:${Buffer.alloc(32, 1).toString('base64')}:`;

let turn = 0;
/** A record about so many people, never the same ones. */
const recordOf = (people: number): NewRecord => {
  turn += 1;
  return {
    kind: 'ANSWER',
    issuer: 'https://idp.quangngai.example',
    partner: 'mot-cua',
    agency: 'H48.53',
    purpose: 'TTHC',
    legalBasis: 'MANDATORY_SHARE',
    request: `01a20650-6445-7427-a68c-${turn.toString(16).padStart(12, '0')}`,
    officer: `officer-${turn % 200}`,
    case: `H48.53-261123-${turn % 5_000}`,
    operation: { type: 'query', hash: 'a'.repeat(64) },
    disclosed: COORDINATES,
    denied: ['Citizen.identityNumber'],
    departments: [
      { name: 'citizens', status: 'ok' },
      { name: 'health', status: 'ok' },
    ],
    status: 200,
    requestDigest: digest,
    answerDigest: digest,
    entries: Array.from({ length: people }, (_, n) => ({
      citizen: `k1.${Buffer.from(`citizen ${turn} ${n}`.padEnd(32)).toString('base64url')}`,
      coordinates: COORDINATES,
    })),
  };
};

const folder = await mkdtemp(join(tmpdir(), 'lienthong-bench-ledger-'));
const server = await startPostgres({ folder: join(folder, 'postgres'), port: 0 });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let ledger: Ledger | undefined;
try {
  const owner = await server.createDatabase('ledger');
  const database = await server.createRole('ledger_writer', { database: 'ledger' });
  await migrateLedger({ database: owner, roles: [{ role: 'ledger_writer', work: ['write'] }] });
  const writing = openLedger({ database, subjectKey: Buffer.alloc(32, 1), log, timeout: 30_000 });
  ledger = writing;

  /** Keeps so many appends under way, each of which makes its record first, as a request would. */
  const load = async (records: readonly NewRecord[], inFlight: number) => {
    let next = 0;
    const client = async () => {
      for (let record = records[next++]; record !== undefined; record = records[next++]) await writing.append(record);
    };
    const [cpu, commits, since] = [process.cpuUsage(), writing.standing.commits, performance.now()];
    await Promise.all(Array.from({ length: inFlight }, client));
    const used = process.cpuUsage(cpu);
    const seconds = (performance.now() - since) / 1000;
    return {
      micros: (used.user + used.system) / records.length,
      perSecond: records.length / seconds,
      commits: (writing.standing.commits - commits) / seconds,
    };
  };
  const measured = async (people: number, inFlight: number, many: number) => {
    progress(`records about ${people}, ${inFlight} in flight`);
    const rounds: Awaited<ReturnType<typeof load>>[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const records = Array.from({ length: many }, () => recordOf(people));
      rounds.push(await load(records, inFlight));
    }
    // The first warms up.
    const of = (name: 'micros' | 'perSecond' | 'commits') => median(rounds.slice(1).map((round) => round[name]));
    return { micros: of('micros'), perSecond: of('perSecond'), commits: of('commits') };
  };
  const size = async () => {
    const { pool, close } = openDatabase({ url: owner, log: { warn: () => undefined }, connections: 1 });
    try {
      const { rows } = await pool.query<{ records: number; bytes: number }>(
        `select (select size from ledger.tip) as records, sum(pg_total_relation_size(oid))::bigint as bytes
           from pg_class where relnamespace = 'ledger'::regnamespace and relkind = 'r'`,
      );
      return { records: Number(rows[0]?.records), bytes: Number(rows[0]?.bytes) };
    } finally {
      await close();
    }
  };

  const cost: Figure[] = [];
  const rate: Figure[] = [];
  const growth: Figure[] = [];
  for (const [people, inFlight, many, goal] of [
    [1, 32, 4_000, 60],
    [1, 1, 1_000, undefined],
    [0, 32, 4_000, undefined],
    [20, 32, 1_000, undefined],
    [100, 32, 500, 400],
  ] as const) {
    const before = await size();
    const { micros, perSecond, commits } = await measured(people, inFlight, many);
    const after = await size();
    const name = `a record about ${people}, ${inFlight} in flight`;
    cost.push(goal === undefined ? { name, value: micros } : { name, value: micros, goal });
    rate.push(
      { name: `records a second: ${name}`, value: perSecond },
      { name: '   in so many commits', value: commits },
    );
    growth.push({ name, value: (after.bytes - before.bytes) / (after.records - before.records) });
  }
  printFigures('µs of CPU', cost);
  printFigures('a second', rate);
  printFigures('bytes', growth);
} finally {
  await ledger?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
