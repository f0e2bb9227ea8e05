import { afterAll, describe, expect, test } from '@jest/globals';

import { MUTANTS, type Mutant } from '../fuzz/mutants.ts';
import { differences } from './compare.ts';
import { concernsFilter, Documents, playInProcess } from './play.ts';
import { readTables } from './read.ts';
import { Stages } from './stage.ts';

const stages = new Stages();
afterAll(() => stages.close(), 30_000);

const cases = readTables()
  .flatMap((table) => table.cases.map((play) => ({ rule: table.rule, play })))
  // Late answers take their time, and no mutant is about them.
  .filter(({ play }) => concernsFilter(play) && play.decisionPoint.kind !== 'late');

/** The cases that notice a mutant, until so many are found. */
const caught = async (mutant: Mutant, enough: number): Promise<readonly string[]> => {
  const found: string[] = [];
  const replacements = mutant.replacements();
  // Of its own: what the gateway remembers of a document, it would remember from another mutant.
  const documents = new Documents();
  for (const { rule, play } of cases) {
    const stage = await stages.of(play);
    const seen = await playInProcess(play, stage, documents, replacements);
    if (differences(play, seen, stage).length > 0) found.push(`${rule} ${play.id}`);
    if (found.length === enough) break;
  }
  return found;
};

describe('a mistake in the filter is noticed by the tables', () => {
  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s',
    async (_name, mutant) => {
      expect(await caught(mutant, 1)).toHaveLength(1);
    },
    60_000,
  );

  test('and what is no mistake is not', async () => {
    expect(await caught({ name: 'the product itself', replacements: () => ({}) }, 1)).toEqual([]);
  }, 60_000);
});
