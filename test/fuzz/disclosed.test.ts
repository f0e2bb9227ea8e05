import { describe, expect, test } from '@jest/globals';

import { COLLECTOR_MUTANTS } from './collector-mutants.ts';
import {
  type DisclosureFailure,
  type DisclosurePlan,
  describeDisclosure,
  noDisclosures,
  runDisclosures,
} from './disclosed.ts';

const SEED = process.env.FUZZ_SEED ?? '1';
const OPERATIONS = Number(process.env.FUZZ_DISCLOSED ?? 500);
/** Of them asked of the reference engine too. */
const COMPARED = Number(process.env.FUZZ_DISCLOSED_COMPARED ?? 150);

/** Fixed, so that another FUZZ_SEED cannot make a mutant survive by chance. */
const MUTANT = { seed: 'mutant 1', operations: 1_500, perSchema: 40, compared: 0 };

const firstFailure = async (
  plan: DisclosurePlan,
  figures = noDisclosures(),
): Promise<DisclosureFailure | undefined> => {
  for await (const failure of runDisclosures(plan, figures)) return failure;
  return undefined;
};

describe('what is disclosed against what a monolith knows of its people', () => {
  const figures = noDisclosures();

  test(`${OPERATIONS} operations of seed ${SEED}, cold, hot and over departments that fail; ${COMPARED} by both engines`, async () => {
    const plan = { seed: SEED, operations: OPERATIONS, perSchema: 80, compared: COMPARED };
    const failure = await firstFailure(plan, figures);
    expect(failure && describeDisclosure(failure)).toBeUndefined();
  }, 600_000);

  test('the run had somebody to tell of, something passed on, and answers that were withheld', () => {
    const { answers, pairs, passed, withheld, failing, differing } = figures;
    expect(pairs / answers).toBeGreaterThan(0.5);
    expect(passed).toBeGreaterThan(0);
    expect(failing / answers).toBeGreaterThan(0.02);
    expect(withheld).toBeGreaterThan(0);
    expect(withheld / answers).toBeLessThan(0.05);
    expect(differing / answers).toBeLessThan(0.002);
  });
});

describe('a mistake in gathering is noticed', () => {
  test.each(COLLECTOR_MUTANTS)(
    '$name',
    async ({ force, byReference }) => {
      const undo = force();
      const compared = byReference ? MUTANT.operations : 0;
      const failure = await firstFailure({ ...MUTANT, compared }).finally(undo);
      expect(failure?.finding.what).toBe('disclosed');
    },
    120_000,
  );
});
