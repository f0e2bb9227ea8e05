import { FLOOR_JSON, type RunningEngine } from './engines.ts';
import type { Prepared, Rig, Stretch } from './rig.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface RoundsOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Requests of the warm-up, at least. */
  readonly warmRequests: number;
  readonly connections: number;
  readonly progress: (text: string) => void;
  /** Takes a gateway that failed under load; it has no row. */
  readonly fault: (text: string) => void;
}

/** What one gateway did with one workload. Medians of the rounds, with the lowest and the highest. */
export interface Row {
  readonly engine: string;
  readonly ours: boolean;
  /** Milliseconds of processor time for one request. */
  readonly cpu: Spread;
  /** Processor time against the floor with JSON in the same round. */
  readonly ratio: Spread;
  readonly perSecond: Spread;
  /** Milliseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  readonly calls: number;
}

/**
 * Measures gateways side by side: in every round each has its turn, first another one each time, so that whatever else
 * the machine does hits all alike, and ratios are taken within a round.
 */
export const measureRounds = async (
  rig: Rig,
  workload: Workload,
  prepared: ReadonlyMap<RunningEngine, Prepared>,
  { rounds, seconds, warmUp, warmRequests, connections, progress, fault }: RoundsOptions,
): Promise<readonly Row[]> => {
  const engines = [...prepared.keys()];
  const failed = new Set<RunningEngine>();
  const load = async (engine: RunningEngine, duration: number, atLeast = 0): Promise<Stretch | undefined> => {
    if (failed.has(engine)) return undefined;
    const requests = prepared.get(engine)?.requests ?? [];
    return rig
      .stretch(engine, requests, { connections, seconds: duration, atLeast: Math.max(atLeast, connections) })
      .catch((error: unknown) => {
        failed.add(engine);
        fault(`NOT MEASURED: ${label}: ${error instanceof Error ? error.message : error}\n`);
        return undefined;
      });
  };
  const label = `${workload.name}, ${connections} connection${connections === 1 ? '' : 's'}`;
  for (const engine of engines) {
    progress(`${label}: warming up ${engine.name}`);
    await load(engine, warmUp, warmRequests);
  }
  const measured = new Map<RunningEngine, Stretch[]>(engines.map((engine) => [engine, []]));
  for (let round = 0; round < rounds; round++) {
    const turn = round % engines.length;
    for (const engine of [...engines.slice(turn), ...engines.slice(0, turn)]) {
      progress(`${label}: round ${round + 1} of ${rounds}, ${engine.name}`);
      const stretch = await load(engine, seconds);
      if (stretch) measured.get(engine)?.push(stretch);
    }
  }
  const floor = engines.find(({ name }) => name === FLOOR_JSON);
  const floorCpu = (floor && measured.get(floor)?.map(({ cpu }) => cpu)) ?? [];
  return [...measured]
    .filter(([engine]) => !failed.has(engine))
    .map(([engine, stretches]) => {
      const over = (read: (stretch: Stretch) => number): Spread => spreadOf(stretches.map(read));
      return {
        engine: engine.name,
        ours: engine.ours,
        cpu: over(({ cpu }) => cpu),
        ratio: spreadOf(stretches.map(({ cpu }, round) => cpu / (floorCpu[round] ?? Number.NaN))),
        perSecond: over(({ requests, milliseconds }) => (requests * 1_000) / milliseconds),
        p50: over(({ p50 }) => p50),
        p99: over(({ p99 }) => p99),
        calls: prepared.get(engine)?.calls ?? 0,
      };
    });
};
