/**
 * How long a newcomer waits: `npm start` until each part is ready and until the first federated answer, once with an
 * empty data folder (`first start`) and then with a full one. Prints wall time, and processor time of all processes
 * together, which a busy machine changes less.
 *
 *   npm run bench:start [-- later starts, default 3]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { requestToken } from '@lienthong/issuer/client';
import { developmentRegistry } from '@lienthong/registry';

import { familyOf } from '../kit/proc.ts';
import { repository } from '../kit/process.ts';

/** Asks every department. */
const QUERY = `{
  citizen(personalNumber: "051085000001") {
    fullName insurance { validTo } enrolments(current: true) { grade } holdings { share }
  }
}`;

interface Event {
  readonly what: string;
  readonly seconds: number;
}

interface Measurement {
  readonly events: readonly Event[];
  /** Processor seconds until the first answer, by process and `sum`; empty where the system does not tell. */
  readonly processor: readonly Event[];
}

interface State {
  readonly pid: number;
  readonly urls: { readonly gateway: string; readonly issuer: string };
  readonly processes: Readonly<Record<string, number>>;
}

const data = mkdtempSync(join(tmpdir(), 'lienthong-bench-'));

async function measure(): Promise<Measurement> {
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const npm = spawn('npm', ['start', '--silent', '--', '--ports', 'auto'], {
    cwd: repository,
    env: { ...process.env, LIENTHONG_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a shell would give it.
    detached: true,
  });
  const closed = once(npm, 'close');
  try {
    const events: Event[] = [];
    createInterface({ input: npm.stderr }).on('line', (line) => {
      const name = /^✓ (\S+) /.exec(line)?.[1];
      if (name !== undefined) events.push({ what: name, seconds: since() });
      else if (!line.startsWith('…')) process.stderr.write(`${line}\n`);
    });
    await said(npm, /^Ctrl-C/m);
    events.push({ what: 'all', seconds: since() });
    await firstAnswer();
    events.push({ what: 'first answer', seconds: since() });
    return { events, processor: processorTimes(npm.pid ?? 0) };
  } finally {
    // As Ctrl-C does it: to the whole group.
    if (npm.exitCode === null && npm.pid !== undefined) process.kill(-npm.pid, 'SIGINT');
    // Closed, not only ended: npm goes at once, its output closes with the last process that writes to it.
    await closed;
  }
}

/** Resolves when standard output holds the pattern. @throws when the process ends before */
function said(npm: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    npm.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (pattern.test(output)) resolve();
    });
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
}

/** What the running federation says of itself. */
const state = (): State => JSON.parse(readFileSync(join(data, 'up.json'), 'utf8'));

async function firstAnswer(): Promise<void> {
  const { urls } = state();
  const issued = await requestToken({ issuer: urls.issuer, registryFile: developmentRegistry, client: 'mot-cua' });
  if (!issued.ok) throw new Error(issued.messages.en);
  const answer = await fetch(urls.gateway, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issued.token}` },
    body: JSON.stringify({ query: QUERY }),
  });
  const body: unknown = await answer.json();
  if (answer.status !== 200 || Object(body).errors !== undefined) throw new Error(JSON.stringify(body));
}

/** Ticks per second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** Of everything below npm, those that ended included; Linux alone tells. */
function processorTimes(npm: number): readonly Event[] {
  if (process.platform !== 'linux') return [];
  const { pid: up, processes } = state();
  const names = new Map([
    [npm, 'npm'],
    [up, 'up'],
    ...Object.entries(processes).map(([name, pid]) => [pid, name] as const),
  ]);
  const byName = new Map<string, number>();
  for (const { pid, ticks } of familyOf(npm))
    for (const key of [names.get(pid) ?? 'others', 'sum']) byName.set(key, (byName.get(key) ?? 0) + ticks / TICKS);
  return [...byName].map(([what, seconds]) => ({ what, seconds })).sort((one, other) => other.seconds - one.seconds);
}

const list = (events: readonly Event[]): string =>
  events.map(({ what, seconds }) => `${what} ${seconds.toFixed(2)}`).join(' · ');

const later = Number(process.argv[2] ?? 3);
try {
  process.stdout.write(`load average ${loadavg()[0]?.toFixed(2)}; seconds since the start, seconds of processor\n`);
  for (let start = 1; start <= later + 1; start += 1) {
    const { events, processor } = await measure();
    process.stdout.write(`start ${start}    ${list(events)}\nprocessor  ${list(processor)}\n`);
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
