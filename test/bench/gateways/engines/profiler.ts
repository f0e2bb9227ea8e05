/** Where the main thread of a gateway spends its time, by what the code is for. */
import { writeFileSync } from 'node:fs';
import type { Session } from 'node:inspector/promises';

import { CATEGORIES, type Category, categoryOf, type Frame } from './categories.ts';

/** Microseconds between two samples. */
const INTERVAL = 200;

/** Milliseconds of the main thread by category; those in which it waited are left out. */
export type Profiled = Readonly<Record<Category, number>>;

let session: Session | undefined;

export const profiler = {
  startProfile: async (_: null): Promise<void> => {
    const inspector = await import('node:inspector/promises');
    session = new inspector.Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    await session.post('Profiler.start');
  },

  /** @param keep a file for the profile as Chrome's developer tools read it */
  stopProfile: async (keep: string | null): Promise<Profiled> => {
    if (!session) throw new Error('no profile was started');
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    session = undefined;
    if (keep !== null) writeFileSync(keep, JSON.stringify(profile));
    return byCategory(profile);
  },
};

/** The part of a profile that is read here. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[] | undefined;
  }[];
  readonly samples?: readonly number[] | undefined;
  /** Microseconds from one sample to the next. */
  readonly timeDeltas?: readonly number[] | undefined;
}

export const byCategory = ({ nodes, samples = [], timeDeltas = [] }: Profile): Profiled => {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const milliseconds = Object.fromEntries(CATEGORIES.map((name) => [name, 0])) as Record<Category, number>;
  const known = new Map<number, Category | undefined>();
  const categoryOfNode = (id: number): Category | undefined => {
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at);
      if (frame) stack.push(frame);
    }
    return categoryOf(stack);
  };
  for (const [index, id] of samples.entries()) {
    if (!known.has(id)) known.set(id, categoryOfNode(id));
    const category = known.get(id);
    // A sample stands for the time up to the next one.
    if (category) milliseconds[category] += (timeDeltas[index + 1] ?? 0) / 1_000;
  }
  return milliseconds;
};
