import type { CompiledFetch, CompiledStep } from './compile.ts';

/** Entity fetches of one department that become ready after as many answers as each other: they share a call. */
export interface Meeting {
  readonly size: number;
}

/**
 * Who meets whom, by the plan alone: the fetches of one department at one depth of it. One that meets nobody is not in
 * the result, and asks at once.
 */
export const meetingsOf = (step: CompiledStep): ReadonlyMap<CompiledFetch, Meeting> => {
  const groups = new Map<string, CompiledFetch[]>();
  walk(step, 0, groups);
  const meetings = new Map<CompiledFetch, Meeting>();
  for (const fetches of groups.values()) {
    if (fetches.length < 2) continue;
    const meeting = { size: fetches.length };
    for (const fetch of fetches) meetings.set(fetch, meeting);
  }
  return meetings;
};

/** @returns the depth behind the step: how many calls one after the other lead there */
const walk = (step: CompiledStep, depth: number, groups: Map<string, CompiledFetch[]>): number => {
  if (step.kind === 'fetch') {
    const { fetch } = step;
    if (fetch.entities) {
      const key = `${depth} ${fetch.department}`;
      groups.set(key, [...(groups.get(key) ?? []), fetch]);
    }
    return depth + 1;
  }
  if (step.kind === 'sequence') return step.steps.reduce((behind, inner) => walk(inner, behind, groups), depth);
  return Math.max(depth, ...step.steps.map((inner) => walk(inner, depth, groups)));
};
