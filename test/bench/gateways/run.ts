import { ENGINES } from './callers.ts';
import { type EngineKind, FLOOR_JSON, floors, others, oursOf, type RunningEngine } from './engines.ts';
import { type Goal, goalsOf } from './goals.ts';
import type { Options } from './options.ts';
import { type Prepared, Rig } from './rig.ts';
import { measureRounds, type Row } from './rounds.ts';
import {
  ASCII,
  CONNECTIONS,
  compareText,
  ENTITIES,
  fillMemory,
  LISTS,
  type Scaling,
  scaleConnections,
  scaleEntities,
  scalingGoals,
} from './scaling.ts';
import { figuresTable, goalsTable, rowsTable } from './table.ts';
import { WORKLOADS, type Workload, workloads } from './workloads.ts';

export interface Output {
  readonly print: (text: string) => void;
  /** Something that should have been measured was not, or was wrong. */
  readonly fault: (text: string) => void;
  readonly progress: (text: string) => void;
}

/** Enough people for the longest list. */
const CITIZENS = 10_000;

/** Ours first: what the rig is for. */
const ALL: readonly EngineKind[] = [...ENGINES.map((engine) => oursOf(engine)).reverse(), ...floors, ...others];

/** Measures what was chosen and prints it. Resolves with the rows by workload, `big, 32 connections`. */
export const runBenchmark = async (options: Options, output: Output, all = ALL) => {
  const { only } = options;
  const { print, fault, progress } = output;
  const chosen = all.filter(
    ({ name }) =>
      options.engines.length === 0 || name === FLOOR_JSON || options.engines.some((part) => name.includes(part)),
  );
  const wanted = (section: Options['only'][number]): boolean => only.includes(section);
  const recorded: Workload[] = WORKLOADS.filter(
    (name) => wanted(name) || (name === 'big' && wanted('text')) || (name === 'small' && wanted('connections')),
  ).map((name) => workloads[name]);
  if (wanted('text')) recorded.push(ASCII);
  if (wanted('entities')) recorded.push(...LISTS);

  const rig = await Rig.start({ engines: chosen, workloads: recorded, citizens: CITIZENS, progress });
  const tables: Record<string, readonly Row[]> = {};
  const goals: Goal[] = [];
  try {
    const { running, notMeasured } = rig.engines;
    for (const { name, why, expected } of notMeasured) (expected ? print : fault)(`NOT MEASURED: ${name}: ${why}\n`);
    if (!rig.pinned) print('processes are not pinned to cores: taskset and two cores are needed\n');

    for (const name of WORKLOADS.filter(wanted)) {
      const workload: Workload = workloads[name];
      const prepared = new Map<RunningEngine, Prepared>();
      for (const engine of running) {
        progress(`${name}: answers of ${engine.name}`);
        const answers = await rig.prepare(engine, workload).catch((error: unknown) => {
          fault(`NOT MEASURED: ${engine.name}, ${name}: ${error instanceof Error ? error.message : error}\n`);
        });
        if (answers) prepared.set(engine, answers);
      }
      for (const connections of [32, 1]) {
        const rows = await measureRounds(rig, workload, prepared, {
          rounds: options.rounds,
          // Warm by now, and one connection has no crowd to wait for.
          seconds: connections === 1 ? options.seconds / 2 : options.seconds,
          warmRequests: options.fullWarmUp && connections > 1 ? (workload.warm ?? 0) : 0,
          warmUp: connections === 1 ? options.warmUp / 5 : options.warmUp,
          connections,
          progress,
          fault,
        });
        progress('');
        const title = `${name}, ${connections} connection${connections === 1 ? '' : 's'}`;
        print(rowsTable(`${title}: ${described(rig, name)}`, rows));
        tables[title] = rows;
        goals.push(...goalsOf(name, connections, rows));
      }
    }

    const ours = running.filter((engine) => engine.ours);
    const scaling = { rounds: Math.min(3, options.rounds), seconds: options.seconds / 2, progress, fault };
    const hold = (rows: readonly Scaling[], goal: (row: Scaling) => Goal): void => {
      const row = rows.find(({ name }) => name === oursOf('compiled').name);
      if (row) goals.push(goal(row));
    };
    if (wanted('text')) {
      const rows = await compareText(rig, [...ours, ...running.filter(({ name }) => name === FLOOR_JSON)], scaling);
      progress('');
      print(figuresTable('big, CPU ms/request by text', ['Vietnamese', 'ASCII', 'ratio'], rows));
      hold(rows, scalingGoals.text);
    }
    if (wanted('entities')) {
      const rows = await scaleEntities(rig, ours, scaling);
      progress('');
      print(figuresTable('a list, CPU µs/entity by its length', ENTITIES.map(String), rows));
      hold(rows, scalingGoals.entities);
    }
    if (wanted('connections')) {
      const rows = await scaleConnections(
        rig,
        [...ours, ...running.filter(({ name }) => name === FLOOR_JSON)],
        scaling,
      );
      progress('');
      print(figuresTable('small, CPU ms/request by connections', CONNECTIONS.map(String), rows));
      hold(rows, scalingGoals.connections);
      const floor = rows.find(({ name }) => name === FLOOR_JSON);
      if (floor) hold(rows, (row) => scalingGoals.oneConnection(row, floor));
    }
    if (wanted('memory')) await memory(rig, chosen, options, output, goals);
    print(goalsTable(goals));
    return { tables, goals };
  } finally {
    progress('');
    await rig.close();
  }
};

const described = (rig: Rig, name: string): string => {
  const recording = rig.recordings.get(name);
  const sizes = recording?.answers.map(({ data }) => Buffer.byteLength(JSON.stringify(data))) ?? [];
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length / 1_000;
  return `answers of ${mean.toPrecision(2)} kB, ${recording?.fetches} fetches in the stock plan`;
};

/** In processes of their own: what others left behind is not theirs. */
const memory = async (
  rig: Rig,
  kinds: readonly EngineKind[],
  { operations }: Options,
  { print, progress }: Output,
  goals: Goal[],
): Promise<void> => {
  const rows: { name: string; figures: number[] }[] = [];
  for (const kind of kinds.filter(({ engine }) => engine !== undefined)) {
    progress(`memory: ${operations} distinct operations, ${kind.name}`);
    const { running } = await rig.another(kind);
    for (const engine of running) {
      const { before, highest, after, perSecond } = await fillMemory(rig, engine, operations);
      rows.push({ name: kind.name, figures: [before, highest, after, perSecond] });
      if (kind.name === oursOf('compiled').name) goals.push(scalingGoals.memory(highest));
      await engine.part.stop();
    }
  }
  progress('');
  print(
    figuresTable(
      `MiB resident under ${operations} distinct operations`,
      ['before', 'highest', 'after', 'requests/s'],
      rows,
    ),
  );
};
