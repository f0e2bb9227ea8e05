/**
 * What shared calls save (`execution.sharing`): one partner with one token asks over 32 connections for 16 different pages
 * in turn, of departments that take as long as a database does. Calls to departments for one request, and their ratio to
 * those without sharing; processor time of the gateway's process; the time of an answer.
 *
 *   npm run bench -w test -- sharing [--seconds 3] [--department-ms 5] [--connections 32] [--only small,big]
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { progress } from './figures.ts';
import { type EngineKind, oursOf } from './gateways/engines.ts';
import { Rig } from './gateways/rig.ts';
import { workloads } from './gateways/workloads.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    'department-ms': { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: 'small,medium,big' },
  },
});
const seconds = Number(values.seconds);
const delay = Number(values['department-ms']);
const connections = Number(values.connections);

const ours = oursOf('compiled');
const shared = (name: string, execution: object): EngineKind => ({
  ...ours,
  name,
  input: { ...ours.input, execution },
});
const kinds: readonly EngineKind[] = [
  shared('off', { sharing: 'off' }),
  shared('inFlight', { sharing: 'inFlight' }),
  shared('batched', { sharing: 'batched', batchDelay: 0 }),
  shared('batched, 2 ms', { sharing: 'batched', batchDelay: 2 }),
];
const only = values.only.split(',');
const chosen = [workloads.small, workloads.medium, workloads.big].filter(({ name }) => only.includes(name));

const rig = await Rig.start({ engines: kinds, workloads: chosen, citizens: 1_000, delay, progress });
try {
  for (const { name, why } of rig.engines.notMeasured) throw new Error(`${name}: ${why}`);
  process.stdout.write(
    `load average ${loadavg()[0]?.toFixed(2)}, ${connections} connections, ${delay} ms a department\n`,
  );
  process.stdout.write('workload  sharing        calls/request   × off  CPU ms/request   p50 ms   p99 ms\n');
  for (const workload of chosen) {
    let off: number | undefined;
    for (const engine of rig.engines.running) {
      progress(`${workload.name}, ${engine.name}`);
      const { requests } = await rig.prepare(engine, workload);
      // One partner, whatever he asks for.
      const { authorization = '' } = rig.request(workload, 0).headers;
      const asked = requests.map((request) => ({ ...request, headers: { ...request.headers, authorization } }));
      await rig.stretch(engine, asked, { connections, seconds: Math.min(seconds, 1.5), atLeast: workload.warm });
      const before = await rig.calls();
      const { requests: answered, cpu, p50, p99 } = await rig.stretch(engine, asked, { connections, seconds });
      const calls = ((await rig.calls()) - before) / answered;
      off ??= calls;
      progress('');
      const row = [
        workload.name.padEnd(8),
        ` ${engine.name.padEnd(14)}`,
        calls.toFixed(2).padStart(12),
        (calls / off).toFixed(2).padStart(7),
        cpu.toFixed(2).padStart(15),
        p50.toFixed(1).padStart(8),
        p99.toFixed(1).padStart(8),
      ];
      process.stdout.write(`${row.join(' ')}\n`);
    }
  }
} finally {
  progress('');
  await rig.close();
}
