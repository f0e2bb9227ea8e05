/**
 * What `lienthong audit verify` costs: a made-up export is written by one process and checked by another, through a pipe.
 *
 *   npm run bench -w test -- verify                      a million records
 *   npm run bench -w test -- verify --records 10000000   the ten million that have to fit, about half an hour
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readKeys, verify } from '@lienthong/verify';
import { MadeUpLedger } from '@lienthong/verify/testing';

import { type Figure, printFigures, progress } from './figures.ts';

/** MiB that the checking process may take, however long the export. */
const MEMORY = 256;
/** Records between two heads. */
const HEADS = 1_000;

const { records, role } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    role: { type: 'string', default: 'both' },
    quick: { type: 'boolean' },
  },
}).values;
const count = Number(records);

if (role === 'write') await write();
else await measure();

/** The export on stdout; its keys come first, on a line of their own. */
async function write(): Promise<void> {
  const ledger = new MadeUpLedger();
  const put = async (lines: readonly string[]): Promise<void> => {
    if (!process.stdout.write(lines.map((line) => `${line}\n`).join(''))) await once(process.stdout, 'drain');
  };
  await put([JSON.stringify(ledger.jwks), ledger.first()]);
  while (ledger.size < count) {
    // As in a day: most answers are about one person, some about none, some about twenty.
    for (let n = 0; n < HEADS - 2; n++) ledger.record({ people: n % 50 === 0 ? 20 : n % 10 === 0 ? 0 : 1 });
    ledger.mutation();
    ledger.head();
    await put(ledger.drain());
  }
  await put([ledger.last()]);
  process.stdout.end();
}

async function measure(): Promise<void> {
  const writer = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), '--role', 'write', '--records', String(count)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const source = await exportOf(writer);
  const start = performance.now();
  const before = process.cpuUsage();
  let [highest, half, bytes] = [0, 0, 0];
  const watched = async function* () {
    for await (const chunk of source.rest) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const verdict = await verify(watched(), {
    keys: source.keys,
    progress: (_lines, checked) => {
      highest = Math.max(highest, process.memoryUsage.rss());
      if (checked <= count / 2) half = highest;
      progress(`${checked.toLocaleString('en')} records`);
    },
  });
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  if (!verdict.ok || verdict.size < count) throw new Error(JSON.stringify(verdict.faults.slice(0, 3)));
  const mebibytes = (value: number): number => value / 2 ** 20;
  const figures: readonly Figure[] = [
    { name: `records, with ${verdict.heads} heads`, value: verdict.size },
    { name: 'bytes of export a record', value: bytes / verdict.size },
    { name: 'records a second of processor time', value: verdict.size / ((user + system) / 1e6) },
    { name: 'records a second by the clock, the writer beside it', value: verdict.size / seconds },
    { name: 'MiB resident after half of them, at most', value: mebibytes(half) },
    {
      name: `MiB resident, at most (the process has ${Math.round(mebibytes(peak()))} at its peak)`,
      value: mebibytes(highest),
      goal: MEMORY,
    },
  ];
  printFigures('', figures);
  if (mebibytes(highest) > MEMORY) process.exitCode = 1;
}

/** What this process has ever had, as Linux tells it. */
function peak(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1_024;
}

async function exportOf({ stdout }: ChildProcess) {
  if (stdout === null) throw new TypeError('the writer has no stdout');
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (!first.includes(0x0a)) first = Buffer.concat([first, (await chunks.next()).value]);
  const end = first.indexOf(0x0a);
  const keys = readKeys(JSON.parse(first.subarray(0, end).toString()));
  const rest = async function* () {
    yield first.subarray(end + 1);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  return { keys, rest: rest() };
}
