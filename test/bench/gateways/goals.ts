import { FLOOR, FLOOR_JSON, HIVE_RUST, oursOf, STOCK } from './engines.ts';
import type { Row } from './rounds.ts';
import type { WorkloadName } from './workloads.ts';

/** What the compiled engine is held to, as a ratio of medians of one run. */
export interface Goal {
  readonly text: string;
  readonly value: number;
  readonly reached: boolean;
}

interface Bounds {
  /** At most this many times the floor with JSON. */
  readonly floor: number;
  /** At least this many times less than the others. */
  readonly stock: number;
  readonly hive: number;
}

const BOUNDS: Readonly<Record<WorkloadName, Bounds>> = {
  big: { floor: 1, stock: 8, hive: 4 },
  medium: { floor: 1.5, stock: 9, hive: 5 },
  small: { floor: 1.5, stock: 9, hive: 5 },
};

/** Milliseconds that a gateway may add to the latency of the floor that only calls. */
const ADDED_LATENCY = 0.5;

export const goalsOf = (workload: WorkloadName, connections: number, rows: readonly Row[]): readonly Goal[] => {
  const find = (name: string): Row | undefined => rows.find(({ engine }) => engine === name);
  const ours = find(oursOf('compiled').name);
  if (!ours) return [];
  if (connections === 1) {
    const floor = find(FLOOR);
    if (!floor || workload === 'big') return [];
    const value = ours.p50.median - floor.p50.median;
    const text = `${workload}, one connection: ms added to the floor's latency, ≤ ${ADDED_LATENCY}`;
    return [{ text, value, reached: value <= ADDED_LATENCY }];
  }
  const bounds = BOUNDS[workload];
  const floor = find(FLOOR_JSON);
  const atMost = floor && {
    text: `${workload}: times the floor with JSON, ≤ ${bounds.floor}`,
    value: ours.ratio.median,
    reached: ours.ratio.median <= bounds.floor,
  };
  const less = [
    [find(STOCK), bounds.stock],
    [find(HIVE_RUST), bounds.hive],
  ] as const;
  return [
    ...(atMost ? [atMost] : []),
    ...less.flatMap(([other, times]) => {
      if (!other) return [];
      const value = other.cpu.median / ours.cpu.median;
      return [{ text: `${workload}: times less than ${other.engine}, ≥ ${times}`, value, reached: value >= times }];
    }),
  ];
};
