/**
 * What tracing costs: our gateway without it, with a hundredth of all requests traced, and with all of them, side by side
 * and in turn. Processor time of the gateway's process for one request, and its ratio to the gateway that traces nothing;
 * a second one that traces nothing shows how far equal ones are apart on this machine.
 *
 *   npm run bench -w test -- tracing [--rounds 8] [--seconds 2]
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { median, progress } from './figures.ts';
import { type EngineKind, oursOf, type RunningEngine } from './gateways/engines.ts';
import { Rig } from './gateways/rig.ts';
import { workloads } from './gateways/workloads.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '8' }, seconds: { type: 'string', default: '2' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
/** Of the request without tracing, at one in a hundred. */
const GOAL = 1.03;

let taken = 0;
const collector = createServer((request, response) => {
  request.on('data', (chunk: Buffer) => {
    taken += chunk.length;
  });
  request.once('end', () => response.setHeader('content-type', 'application/json').end('{}'));
}).listen(0, '127.0.0.1');
await once(collector, 'listening');
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;

const off = oursOf('compiled');
const traced = (name: string, sampling: number): EngineKind => ({
  ...off,
  name,
  input: { ...off.input, tracing: { endpoint, sampling, trustIncoming: false } },
});
const kinds: readonly EngineKind[] = [
  { ...off, name: 'off' },
  { ...off, name: 'off, once more' },
  traced('1 % traced', 0.01),
  traced('all traced', 1),
];
const chosen = [workloads.small, workloads.medium];

const rig = await Rig.start({ engines: kinds, workloads: chosen, citizens: 1_000, progress });
try {
  for (const { name, why } of rig.engines.notMeasured) throw new Error(`${name}: ${why}`);
  process.stdout.write(`load average ${loadavg()[0]?.toFixed(2)}, ${rounds} rounds of ${seconds} s\n`);
  for (const workload of chosen) {
    const { running } = rig.engines;
    const measured = new Map<RunningEngine, number[]>(running.map((engine) => [engine, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (let place = 0; place < running.length; place += 1) {
        // Each is first, and last, equally often: what comes before is felt by what comes after.
        const engine = running[(place + round + 1) % running.length];
        if (!engine) continue;
        progress(`${workload.name}, round ${round + 1} of ${rounds}, ${engine.name}`);
        const { requests } = await rig.prepare(engine, workload);
        const { cpu } = await rig.stretch(engine, requests, { connections: 32, seconds });
        // The first round warms up.
        if (round >= 0) measured.get(engine)?.push(cpu);
      }
    }
    progress('');
    const base = [...measured.values()][0] ?? [];
    process.stdout.write(`${workload.name.padEnd(16)} CPU ms/request    × off   goal\n`);
    for (const [{ name }, costs] of measured) {
      const ratio = median(costs.map((cost, round) => cost / (base[round] ?? Number.NaN)));
      const goal = name === '1 % traced' ? `${ratio <= GOAL ? '✓' : '✗'} ≤ ${GOAL}` : '';
      process.stdout.write(
        `${name.padEnd(16)} ${median(costs).toFixed(3).padStart(14)} ${ratio.toFixed(3).padStart(8)}   ${goal}\n`,
      );
    }
  }
  if (taken === 0) throw new Error('the collector got no span');
} finally {
  progress('');
  await rig.close();
  collector.closeAllConnections();
  collector.close();
}
