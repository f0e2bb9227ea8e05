import { type CompiledFetch, type SharedCall, sharedCall } from './compile.ts';

/**
 * Calls remembered for one plan. Fetches meet as the answers before them come in: ten of one department in any number and
 * order are ten million combinations, and whoever repeats an operation for long would see many of them.
 */
const REMEMBERED = 64;

/** The calls of one plan that several entity fetches of a department share, each put together once while it is in use. */
export const sharedCalls = (
  compile: (fetches: readonly CompiledFetch[]) => SharedCall = sharedCall,
): ((fetches: readonly CompiledFetch[]) => SharedCall) => {
  const calls = new Map<string, SharedCall>();
  return (fetches) => {
    const key = fetches.map(({ id }) => id).join(' ');
    let call = calls.get(key);
    if (!call) {
      call = compile(fetches);
      if (calls.size >= REMEMBERED) calls.clear();
      calls.set(key, call);
    }
    return call;
  };
};
