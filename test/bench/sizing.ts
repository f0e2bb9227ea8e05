/**
 * What one machine carries: `lienthong gateway` with one process and with several, as an operator starts it, under 32
 * connections. Requests in a second, their times, processor time of all its processes for one request, and memory. Load and
 * departments run on the same machine and take their part of it (docs/sizing.md).
 *
 *   npm run bench -w test -- sizing [--seconds 5]
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { familyOf, memoryOf } from '../kit/proc.ts';
import { start } from '../kit/process.ts';
import { progress } from './figures.ts';
import { OURS, type RunningEngine } from './gateways/engines.ts';
import { Rig } from './gateways/rig.ts';
import { workloads } from './gateways/workloads.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const seconds = Number(values.seconds);
/** Milliseconds of one tick of /proc: 100 a second on every Linux that Node runs on. */
const TICK = 10;

/** `lienthong gateway`, measured with all its processes. */
const startGateway = async (config: string, processes: number): Promise<RunningEngine> => {
  const gateway = await start([...OURS.nodeOptions, 'gateway/cli/bin/lienthong.js', 'gateway', '--config', config], {
    ...OURS.env,
    NODE_ENV: 'production',
    LIENTHONG_PROCESSES: String(processes),
  });
  const pid = gateway.child.pid ?? 0;
  const usage = () => ({
    cpu: familyOf(pid).reduce((sum, { ticks }) => sum + ticks, 0) * TICK,
    rss: memoryOf(pid),
  });
  return {
    name: `${processes} process${processes === 1 ? '' : 'es'}`,
    ours: true,
    url: gateway.url,
    part: {
      ready: gateway.url,
      pid,
      ask: async () => usage() as never,
      stop: async () => void (await gateway.stop()),
    },
  };
};

if (process.platform !== 'linux') throw new Error('memory and processor time of several processes are read from /proc');
const cores = availableParallelism();
const counts = [1, 2, 4, 8].filter((count) => count <= Math.max(2, cores));
const chosen = [workloads.small, workloads.medium, workloads.big];
const rig = await Rig.start({ engines: [], workloads: chosen, citizens: 1_000, progress });
try {
  process.stdout.write(`${cores} cores (${cpus()[0]?.model}), load average before ${loadavg()[0]?.toFixed(2)}\n`);
  process.stdout.write('workload  processes  requests/s   p50 ms   p99 ms  CPU ms/request  MiB/process\n');
  for (const count of counts) {
    progress(`starting ${count}`);
    const gateway = await startGateway(rig.configs.compiled, count);
    try {
      for (const workload of chosen) {
        progress(`${workload.name}, ${gateway.name}`);
        // Each process plans and compiles for itself.
        for (let n = 0; n < 2 * count; n += 1) await rig.prepare(gateway, workload);
        const { requests } = await rig.prepare(gateway, workload);
        await rig.stretch(gateway, requests, { connections: 32, seconds });
        const {
          requests: answered,
          milliseconds,
          p50,
          p99,
          cpu,
        } = await rig.stretch(gateway, requests, {
          connections: 32,
          seconds,
        });
        const { rss } = await gateway.part.ask('usage', null);
        progress('');
        const row = [
          workload.name.padEnd(8),
          String(count).padStart(10),
          ((answered * 1_000) / milliseconds).toFixed(0).padStart(11),
          p50.toFixed(1).padStart(8),
          p99.toFixed(1).padStart(8),
          cpu.toFixed(2).padStart(15),
          rss.toFixed(0).padStart(12),
        ];
        process.stdout.write(`${row.join(' ')}\n`);
      }
    } finally {
      await gateway.part.stop();
    }
  }
} finally {
  progress('');
  await rig.close();
}
