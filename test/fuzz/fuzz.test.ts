import { describe, expect, test } from '@jest/globals';

import type { Replacements } from '@lienthong/server/testing';

import { describeFailure } from './describe.ts';
import { MUTANTS } from './mutants.ts';
import { type Failure, type Figures, noFigures, type Plan, run } from './run.ts';
import { attempt, documentOf } from './trial.ts';

const SEED = process.env.FUZZ_SEED ?? '1';
const OPERATIONS = Number(process.env.FUZZ_OPERATIONS ?? 5_000);
/** Of them asked of both engines, over sound departments and over failing ones: each costs as much as four others. */
const COMPARED = Number(process.env.FUZZ_COMPARED ?? 800);

/** Fixed, so that another FUZZ_SEED cannot make a mutant survive by chance. */
const MUTANT_SEED = 'mutant 1';
/** A mutant that needs more than this to be noticed would slip through continuous integration. */
const MUTANT_OPERATIONS = 4_000;

/** The first failure and what `look` sees in it while its federation still runs. */
const firstFailure = async <T>(
  plan: Plan,
  figures: Figures,
  look: (failure: Failure) => Promise<T>,
  replacements?: Replacements,
): Promise<T | undefined> => {
  for await (const failure of run(plan, figures, replacements)) return await look(failure);
  return undefined;
};

describe('the filter against the oracle', () => {
  const plan: Plan = { seed: SEED, operations: OPERATIONS, perSchema: 125, engines: COMPARED };
  const figures = noFigures();

  test(`${OPERATIONS} operations of seed ${SEED}: nothing leaks, nothing is denied wrongly; ${COMPARED} answered alike by both engines`, async () => {
    expect(await firstFailure(plan, figures, (failure) => describeFailure(failure, plan))).toBeUndefined();
    expect(figures.operations).toBe(OPERATIONS);
  }, 600_000);

  test('the run had something to deny, to serve and to refuse', () => {
    const { operations, invalid, partly, nothingLeft, whole, refusedWrites, servedWrites } = figures;
    const shares = [partly, nothingLeft, whole].map((count) => count / operations);
    for (const share of shares) expect(share).toBeGreaterThan(0.05);
    for (const writes of [refusedWrites, servedWrites]) expect(writes / operations).toBeGreaterThan(0.005);
    expect(invalid / operations).toBeLessThan(0.1);
  });
});

describe('a mistake in the filter is noticed', () => {
  test.each(MUTANTS)(
    '$name',
    async (mutant) => {
      const plan = { seed: MUTANT_SEED, operations: MUTANT_OPERATIONS, perSchema: 100 };
      const look = async ({ federation, trial, finding }: Failure) => ({
        mutant: finding.what,
        // Parsed anew: what the gateway remembers of a document, it would remember from the mutant.
        product: (await attempt(federation, { ...trial, document: documentOf(trial.operation) })).finding,
      });
      const seen = await firstFailure(plan, noFigures(), look, mutant.replacements());
      // The product itself answers the very same operation as the oracle does.
      expect(seen).toEqual({ mutant: expect.any(String), product: undefined });
    },
    120_000,
  );
});
