/**
 * What tracing costs: processor time of the gateway's process for one request while none, a hundredth and all of them are
 * traced. It is one process that is asked in turn, whose callers say which requests are traced: two processes of the same
 * program differ by more than what is looked for. `off` is another one, which does not trace at all.
 *
 *   npm run bench -w test -- tracing [--rounds 30] [--seconds 0.5]
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { median, progress } from './figures.ts';
import { type EngineKind, oursOf } from './gateways/engines.ts';
import type { LoadRequest } from './gateways/load/process.ts';
import { Rig } from './gateways/rig.ts';
import { workloads } from './gateways/workloads.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, seconds: { type: 'string', default: '0.5' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
/** Of a request of the same process where none is traced, at one in a hundred. */
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
const tracing: EngineKind = {
  ...off,
  name: 'tracing',
  input: { ...off.input, tracing: { endpoint, sampling: 0, trustIncoming: true } },
};

/** One in so many of the requests of a line is traced; absent: none. */
interface Line {
  readonly name: string;
  readonly kind: EngineKind;
  readonly oneIn?: number;
}
const NONE: Line = { name: 'none traced', kind: tracing };
const HUNDREDTH: Line = { name: '1 % traced', kind: tracing, oneIn: 100 };
const lines: readonly Line[] = [
  NONE,
  { ...NONE, name: 'none, once more' },
  HUNDREDTH,
  { name: 'all traced', kind: tracing, oneIn: 1 },
  { name: 'off', kind: off },
];

const marked = (requests: readonly LoadRequest[], oneIn: number | undefined): readonly LoadRequest[] =>
  oneIn === undefined
    ? requests
    : Array.from({ length: requests.length * oneIn }, (_, n) => {
        const request = requests[n % requests.length] as LoadRequest;
        if (n % oneIn > 0) return request;
        const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
        return { ...request, headers: { ...request.headers, traceparent } };
      });

const chosen = [workloads.small, workloads.medium];

const rig = await Rig.start({ engines: [tracing, off], workloads: chosen, citizens: 1_000, progress });
try {
  for (const { name, why } of rig.engines.notMeasured) throw new Error(`${name}: ${why}`);
  process.stdout.write(`load average ${loadavg()[0]?.toFixed(2)}, ${rounds} rounds of ${seconds} s\n`);
  for (const workload of chosen) {
    const measured = new Map<Line, number[]>(lines.map((line) => [line, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (let place = 0; place < lines.length; place += 1) {
        // Each is first, and last, equally often: what comes before is felt by what comes after.
        const line = lines[(place + round + 1) % lines.length] as Line;
        const engine = rig.engines.running.find(({ name }) => name === line.kind.name);
        if (!engine) throw new Error(`${line.kind.name} does not run`);
        progress(`${workload.name}, round ${round + 1} of ${rounds}, ${line.name}`);
        const { requests } = await rig.prepare(engine, workload);
        const { cpu } = await rig.stretch(engine, marked(requests, line.oneIn), { connections: 32, seconds });
        // The first round warms up.
        if (round >= 0) measured.get(line)?.push(cpu);
      }
    }
    progress('');
    const base = measured.get(NONE) ?? [];
    process.stdout.write(`${workload.name.padEnd(16)} CPU ms/request   × none   goal\n`);
    for (const [line, costs] of measured) {
      const ratio = median(costs.map((cost, round) => cost / (base[round] ?? Number.NaN)));
      const goal = line === HUNDREDTH ? `${ratio <= GOAL ? '✓' : '✗'} ≤ ${GOAL}` : '';
      process.stdout.write(
        `${line.name.padEnd(16)} ${median(costs).toFixed(3).padStart(14)} ${ratio.toFixed(3).padStart(8)}   ${goal}\n`,
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
