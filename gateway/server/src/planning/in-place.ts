import { loadPlanner } from './library.js';
import type { PlanMakers } from './planner.ts';

/** Plans on the caller's own thread, without any budget: for tests that load hundreds of supergraphs, each for a moment. */
export const planningInPlace = (): PlanMakers => {
  const planners = new Map<number, ReturnType<typeof loadPlanner>>();
  let last = 0;
  return {
    budget: Number.POSITIVE_INFINITY,
    async load({ sdl, copy }) {
      planners.set(++last, loadPlanner(sdl, copy));
      return last;
    },
    async plan(version, text) {
      const planner = planners.get(version);
      if (!planner) throw new TypeError('planned by a supergraph that was unloaded');
      return planner(text);
    },
    unload: (version) => void planners.delete(version),
  };
};
