/** How the cost of our gateway grows: with the answer, with connections, with letters beyond ASCII, with operations. */
import { ASCII_PAGES } from './departments/province.ts';
import type { RunningEngine } from './engines.ts';
import type { Goal } from './goals.ts';
import type { Rig } from './rig.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { distinctOperation, listOf, requestBody, type Workload, workloads } from './workloads.ts';

export interface ScalingOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (text: string) => void;
  /** Takes a step that a gateway failed; it has no figure. */
  readonly fault: (text: string) => void;
}

/** Figures of one gateway, a column for each step. */
export interface Scaling {
  readonly name: string;
  readonly figures: readonly Spread[];
}

export const ENTITIES = [10, 100, 1_000, 10_000];
export const LISTS = ENTITIES.map(listOf);
export const CONNECTIONS = [1, 8, 32, 128, 512];

/** The big query over the ASCII twins of the same people. */
export const ASCII: Workload = {
  ...workloads.big,
  name: 'big in ASCII',
  variables: (variant) => workloads.big.variables(variant + ASCII_PAGES),
};

/** Microseconds of processor time for one entity, by the length of the list. */
export const scaleEntities = (rig: Rig, engines: readonly RunningEngine[], options: ScalingOptions) =>
  scale('entities', engines, LISTS, options, async (engine, workload, round) => {
    const { requests } = await rig.prepare(engine, workload);
    const entities = ENTITIES[LISTS.indexOf(workload)] ?? 1;
    const { seconds } = options;
    // The first round also warms up: at ten thousand entities one request is many milliseconds.
    if (round === 0) await rig.stretch(engine, requests, { connections: 1, seconds, atLeast: 3 });
    const { cpu } = await rig.stretch(engine, requests, { connections: 1, seconds, atLeast: 3 });
    return (cpu * 1_000) / entities;
  });

/** Milliseconds of processor time for one small request, by connections. */
export const scaleConnections = (rig: Rig, engines: readonly RunningEngine[], options: ScalingOptions) =>
  scale('connections', engines, CONNECTIONS, options, async (engine, connections, round) => {
    const { requests } = await rig.prepare(engine, workloads.small);
    const { seconds } = options;
    if (round === 0) await rig.stretch(engine, requests, { connections, seconds });
    return (await rig.stretch(engine, requests, { connections, seconds })).cpu;
  });

/** Milliseconds of processor time for the big query: in Vietnamese, in ASCII, and the one by the other, round by round. */
export const compareText = async (rig: Rig, engines: readonly RunningEngine[], options: ScalingOptions) => {
  const both = [workloads.big, ASCII];
  const scaled = await scale('text', engines, both, options, async (engine, workload, round) => {
    const { requests } = await rig.prepare(engine, workload);
    const load = { connections: 32, seconds: options.seconds };
    if (round === 0) await rig.stretch(engine, requests, load);
    return (await rig.stretch(engine, requests, load)).cpu;
  });
  return scaled.map(({ name, figures, rounds }) => ({
    name,
    figures: [...figures, spreadOf((rounds[0] ?? []).map((cpu, round) => cpu / (rounds[1]?.[round] ?? Number.NaN)))],
  }));
};

const scale = async <Step>(
  what: string,
  engines: readonly RunningEngine[],
  steps: readonly Step[],
  { rounds, progress, fault }: ScalingOptions,
  measure: (engine: RunningEngine, step: Step, round: number) => Promise<number>,
): Promise<readonly (Scaling & { readonly rounds: readonly (readonly number[])[] })[]> => {
  const found = engines.map(({ name }) => ({ name, rounds: steps.map((): number[] => []) }));
  for (let round = 0; round < rounds; round++) {
    for (const [column, step] of steps.entries()) {
      for (const [row, engine] of engines.entries()) {
        progress(`${what}: round ${round + 1} of ${rounds}, step ${column + 1} of ${steps.length}, ${engine.name}`);
        const figures = found[row]?.rounds[column] ?? [];
        if (figures.includes(Number.NaN)) continue;
        figures.push(
          await measure(engine, step, round).catch((error: unknown) => {
            const why = error instanceof Error ? error.message : error;
            fault(`NOT MEASURED: ${what}, step ${column + 1} of ${steps.length}: ${why}\n`);
            return Number.NaN;
          }),
        );
      }
    }
  }
  return found.map((each) => ({ ...each, figures: each.rounds.map(spreadOf) }));
};

/** MiB of the process while it answers operations that all differ, and requests per second. */
export const fillMemory = async (
  rig: Rig,
  engine: RunningEngine,
  operations: number,
): Promise<{
  readonly before: number;
  readonly highest: number;
  readonly after: number;
  readonly perSecond: number;
}> => {
  const before = (await engine.part.ask('usage', null)).rss;
  const requests = Array.from({ length: operations }, (_, n) => {
    const { headers } = rig.request(workloads.small, n);
    return { headers, body: requestBody(distinctOperation(n), n % 100) };
  });
  let highest = before;
  let over = false;
  const watch = async (): Promise<void> => {
    while (!over) {
      highest = Math.max(highest, (await engine.part.ask('usage', null)).rss);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const watching = watch();
  const stretch = await rig
    .stretch(engine, requests, { connections: 32, seconds: 0, atLeast: operations })
    .finally(() => {
      over = true;
    });
  await watching;
  const after = (await engine.part.ask('usage', null)).rss;
  return { before, highest: Math.max(highest, after), after, perSecond: (operations * 1_000) / stretch.milliseconds };
};

/** What the compiled engine is held to. */
export const scalingGoals = {
  entities: ({ figures }: Scaling): Goal => {
    const value = (figures.at(-1)?.median ?? Number.NaN) / (figures[2]?.median ?? Number.NaN);
    return { text: 'cost of one entity of 10,000 against one of 1,000, ≤ 1.3', value, reached: value <= 1.3 };
  },
  connections: ({ figures }: Scaling): Goal => {
    const [, ...several] = figures.map(({ median }) => median);
    const value = Math.max(...several) / Math.min(...several);
    return {
      text: 'small, 8 to 512 connections: the dearest against the cheapest, ≤ 1.3',
      value,
      reached: value <= 1.3,
    };
  },
  /** A turn of the event loop, and of the kernel, for each event: what that costs no gateway is spared, the floor neither. */
  oneConnection: ({ figures }: Scaling, floor: Scaling): Goal => {
    const value = (figures[0]?.median ?? Number.NaN) / (floor.figures[0]?.median ?? Number.NaN);
    return { text: 'small, 1 connection: times the floor with JSON, ≤ 1.5', value, reached: value <= 1.5 };
  },
  text: ({ figures }: Scaling): Goal => {
    const value = figures.at(-1)?.median ?? Number.NaN;
    return { text: 'Vietnamese against ASCII, ≤ 1.3', value, reached: value <= 1.3 };
  },
  memory: (highest: number): Goal => ({
    text: 'MiB resident under distinct operations, ≤ 300',
    value: highest,
    reached: highest <= 300,
  }),
};
