/** Where the processor time of a request goes, by what the code is for: ours beside the floor with JSON. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { CATEGORIES } from './engines/categories.ts';
import { FLOOR_JSON, floors, oursOf, type RunningEngine } from './engines.ts';
import type { Options } from './options.ts';
import { Rig } from './rig.ts';
import type { Output } from './run.ts';
import { spreadOf } from './statistics.ts';
import { figuresTable } from './table.ts';
import { WORKLOADS, type Workload, type WorkloadName, workloads } from './workloads.ts';

const CITIZENS = 10_000;
const CONNECTIONS = 32;
/** Requests until everything is compiled, by number and not by time: on a busy machine a second is few. */
const WARM = 3_000;

/** What one engine spends on one request of one workload. */
export interface ProfileColumn {
  readonly heading: string;
  /** Microseconds of the whole process, all threads, by category and in all. */
  readonly figures: readonly number[];
}

/**
 * Prints a table for the workloads that were chosen. The time is that of stretches without the profiler, which costs itself
 * a quarter of it; the profile says how it is divided.
 */
export const profileEngines = async (options: Options, { print, progress }: Output): Promise<void> => {
  const names = WORKLOADS.filter((name) => options.only.includes(name));
  if (options.keep !== undefined) mkdirSync(options.keep, { recursive: true });
  const rig = await Rig.start({
    engines: [oursOf('compiled'), ...floors.filter(({ name }) => name === FLOOR_JSON)],
    workloads: names.map((name) => workloads[name]),
    citizens: CITIZENS,
    progress,
  });
  try {
    for (const { name, why } of rig.engines.notMeasured) throw new Error(`${name}: ${why}`);
    const columns: ProfileColumn[] = [];
    for (const name of names) {
      progress(`${name}: profiles`);
      columns.push(...(await profileWorkload(rig, name, workloads[name], options)));
    }
    progress('');
    const rows = [...CATEGORIES, 'in all'].map((category, row) => ({
      name: category,
      figures: columns.map(({ figures }) => figures[row] ?? Number.NaN),
    }));
    const shown = rows.filter(({ figures }) => figures.some((figure) => figure >= 0.05));
    print(
      figuresTable(
        'CPU µs/request, 32 connections',
        columns.map(({ heading }) => heading),
        shown,
      ),
    );
  } finally {
    await rig.close();
  }
};

export const profileWorkload = async (
  rig: Rig,
  name: WorkloadName,
  workload: Workload,
  { rounds, seconds, keep }: Pick<Options, 'rounds' | 'seconds' | 'keep'>,
  warm = WARM,
): Promise<readonly ProfileColumn[]> => {
  const prepared = new Map<RunningEngine, Awaited<ReturnType<Rig['prepare']>>['requests']>();
  for (const engine of rig.engines.running) prepared.set(engine, (await rig.prepare(engine, workload)).requests);
  const load = { connections: CONNECTIONS, seconds };
  for (const [engine, requests] of prepared) await rig.stretch(engine, requests, { ...load, atLeast: warm });
  const plain = new Map<RunningEngine, number[]>([...prepared.keys()].map((engine) => [engine, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [engine, requests] of prepared) plain.get(engine)?.push((await rig.stretch(engine, requests, load)).cpu);
  }
  const columns: ProfileColumn[] = [];
  for (const [engine, requests] of prepared) {
    const file = `${name}-${engine.ours ? 'ours' : 'floor'}.cpuprofile`;
    await engine.part.ask('startProfile', null);
    await rig.stretch(engine, requests, { ...load, seconds: seconds * rounds });
    const profiled = await engine.part.ask('stopProfile', keep === undefined ? null : resolve(join(keep, file)));
    const sampled = Object.values(profiled).reduce((sum, milliseconds) => sum + milliseconds, 0);
    const whole = spreadOf(plain.get(engine) ?? []).median * 1_000;
    const figures = CATEGORIES.map((category) => (profiled[category] / sampled) * whole);
    columns.push({ heading: `${name}, ${engine.ours ? 'ours' : 'floor'}`, figures: [...figures, whole] });
  }
  return columns;
};
