import { createRequire } from 'node:module';

// A dependency of jest's, not ours: look for it from there.
const fromCore = createRequire(createRequire(createRequire(import.meta.url).resolve('jest')).resolve('@jest/core'));
const { default: Sequencer } = fromCore('@jest/test-sequencer');

/**
 * Puts files that take long first, as jest does, which goes by their size until it knows their durations. In a fresh checkout,
 * where it knows none, some of the longest are small (fuzzers, tables, campaigns) and would come last, one by one, while
 * processors have nothing to do. So what crosses packages comes first there.
 */
export default class extends Sequencer {
  /** Told of all files at once. */
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.every(({ duration }) => duration !== undefined);
    const crosses = ({ context }) => Number(context.config.displayName?.name === 'test');
    return isKnown ? sorted : sorted.toSorted((one, other) => crosses(other) - crosses(one));
  }
}
