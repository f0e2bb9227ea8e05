/**
 * What evidence costs: our gateway without it, with signed answers, and with the ledger besides, in mode `strict` over an
 * embedded PostgreSQL that flushes to the disk; side by side and in turn, at 32 connections. Processor time of the gateway's
 * process for one request, and what it is more than without; a second one without shows how far equal ones are apart. Beside it
 * what PostgreSQL's own processes take for one request; like the departments they are kept off the gateway's core.
 *
 * A gateway without evidence is busy all the time; one that waits for commits is not, and its core would halt, hundreds of times
 * in a second. That core is kept awake, for all of them alike; `--halting` leaves it to itself.
 *
 *   npm run bench -w test -- evidence [--rounds 8] [--seconds 2] [--only small,medium,big] [--halting]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startPostgres } from '@lienthong/kit/postgres';
import { migrateLedger } from '@lienthong/ledger';

import { keptAwake } from './awake.ts';
import { median, progress } from './figures.ts';
import type { EngineInput } from './gateways/engines/meter.ts';
import { type EngineKind, oursOf, type RunningEngine } from './gateways/engines.ts';
import { pinning, startedOn } from './gateways/parts.ts';
import { Rig } from './gateways/rig.ts';
import { WORKLOADS, workloads } from './gateways/workloads.ts';
import { storeCpu } from './store-cpu.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: 'small,medium' },
    halting: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const named = values.only.split(',');
const chosen = WORKLOADS.filter((name) => named.includes(name)).map((name) => workloads[name]);
/** Milliseconds for one request. */
const GOAL = 0.15;
/** What records and signs is compiled late: after three thousand requests it still takes twice its time. */
const WARM = 4;

const folder = await mkdtemp(join(tmpdir(), 'lienthong-evidence-'));
const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  progress('PostgreSQL');
  // Like everything else that is not the gateway: what is measured is the gateway's core.
  const postgres = join(folder, 'postgres');
  const server = await startedOn(pinning().others, () => startPostgres({ folder: postgres, port: 0 }));
  undo.push(() => server.stop());
  const owner = await server.createDatabase('ledger');
  const database = await server.createRole('ledger_writer', { database: 'ledger' });
  await migrateLedger({ database: owner, roles: [{ role: 'ledger_writer', work: ['write'] }] });

  const off = oursOf('compiled');
  const signing = { keyFile: join(folder, 'signing-key.pem') };
  const subjectKeyFile = join(folder, 'subject.key');
  const heads = { every: 60_000 };
  const audit = {
    database,
    origin: 'bench',
    mode: 'strict',
    delay: 20,
    timeout: 10_000,
    subjectKeyFile,
    heads,
  } as const;
  const withEvidence = (name: string, evidence: EngineInput['evidence']): EngineKind => ({
    ...off,
    name,
    input: { ...off.input, evidence },
  });
  const kinds: readonly EngineKind[] = [
    { ...off, name: 'neither' },
    { ...off, name: 'neither, once more' },
    withEvidence('signed', { signing }),
    withEvidence('ledger', { audit }),
    withEvidence('signed, ledger', { signing, audit }),
  ];
  const rig = await Rig.start({ engines: kinds, workloads: chosen, citizens: 1_000, progress });
  undo.push(() => rig.close());
  for (const { name, why } of rig.engines.notMeasured) throw new Error(`${name}: ${why}`);
  const rest = values.halting ? undefined : keptAwake(pinning().gateway);
  if (rest) undo.push(rest);
  process.stdout.write(
    `load average ${loadavg()[0]?.toFixed(2)}, ${rounds} rounds of ${seconds} s, the gateway's core ${rest ? 'kept awake' : 'may halt'}\n`,
  );
  for (const workload of chosen) {
    const { running } = rig.engines;
    const measured = new Map<RunningEngine, number[]>(running.map((engine) => [engine, []]));
    const perSecond = new Map<RunningEngine, number[]>(running.map((engine) => [engine, []]));
    const storeTook = new Map<RunningEngine, number[]>(running.map((engine) => [engine, []]));
    const loaded = async (engine: RunningEngine, stretch: { readonly seconds: number; readonly atLeast?: number }) => {
      const { requests } = await rig.prepare(engine, workload);
      return await rig.stretch(engine, requests, { connections: 32, ...stretch });
    };
    for (const engine of running) {
      progress(`${workload.name}, warming up ${engine.name}`);
      await loaded(engine, { seconds, atLeast: WARM * (workload.warm ?? 0) });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (let place = 0; place < running.length; place += 1) {
        // Each is first, and last, equally often: what comes before is felt by what comes after.
        const engine = running[(place + round) % running.length];
        if (!engine) continue;
        progress(`${workload.name}, round ${round + 1} of ${rounds}, ${engine.name}`);
        const storeBefore = storeCpu(postgres) ?? Number.NaN;
        const stretch = await loaded(engine, { seconds });
        storeTook.get(engine)?.push(((storeCpu(postgres) ?? Number.NaN) - storeBefore) / stretch.requests);
        measured.get(engine)?.push(stretch.cpu);
        perSecond.get(engine)?.push((stretch.requests * 1_000) / stretch.milliseconds);
      }
    }
    progress('');
    const base = [...measured.values()][0] ?? [];
    process.stdout.write(`${workload.name.padEnd(20)} CPU ms/request     more  PostgreSQL's  requests/s   goal\n`);
    for (const [engine, costs] of measured) {
      const more = median(costs.map((cost, round) => cost - (base[round] ?? Number.NaN)));
      const goal = engine.name === 'signed, ledger' ? `${more <= GOAL ? '✓' : '✗'} ≤ ${GOAL}` : '';
      const rate = median(perSecond.get(engine) ?? []);
      const store = median(storeTook.get(engine) ?? []);
      process.stdout.write(
        `${engine.name.padEnd(20)} ${median(costs).toFixed(3).padStart(14)} ${more.toFixed(3).padStart(8)} ${store.toFixed(3).padStart(13)} ${rate.toFixed(0).padStart(11)}   ${goal}\n`,
      );
    }
  }
} finally {
  progress('');
  for (const step of undo.reverse()) await step();
}
