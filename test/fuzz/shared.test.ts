import { describe, expect, test } from '@jest/globals';

import { withConcerns } from './concerns.ts';
import { dense } from './dense.ts';
import { generateFederation } from './federation.ts';
import { generateModel } from './model.ts';
import { askAll, crowd, denseCrowd, type Seen } from './shared.ts';
import { SHARING_MUTANTS } from './sharing-mutants.ts';

const SEED = process.env.FUZZ_SEED ?? '1';
const CROWDS = Number(process.env.FUZZ_CROWDS ?? 4);
const SIZE = 120;

const ENGINES = ['compiled', 'apollo'] as const;

interface Difference {
  readonly at: string;
  readonly what: string;
  readonly off: unknown;
  readonly shared: unknown;
}

class Totals {
  off = 0;
  shared = 0;
  writes = 0;
  answers = 0;
}

const difference = (off: Seen, shared: Seen): Omit<Difference, 'at'> | undefined => {
  const answer = off.answers.findIndex((text, index) => text !== shared.answers[index]);
  if (answer >= 0) return { what: 'answer', off: off.answers[answer], shared: shared.answers[answer] };
  const strangers = [...off.strangers, ...shared.strangers];
  if (strangers.length > 0) return { what: 'data of another caller', off: off.strangers, shared: shared.strangers };
  const [asked, askedShared] = [[...off.asked].sort(), [...shared.asked].sort()];
  if (asked.join() !== askedShared.join()) return { what: 'asked on whose behalf', off: asked, shared: askedShared };
  return off.writes === shared.writes ? undefined : { what: 'writes', off: off.writes, shared: shared.writes };
};

type Asked = Parameters<typeof askAll>;

const compare = async (settings: Asked[0], requests: Asked[1], totals: Totals): Promise<Difference | undefined> => {
  for (const engine of ENGINES) {
    const off = await askAll(settings, requests, { engine });
    const shared = await askAll(settings, requests, { engine, sharing: 'batched' });
    const found = difference(off, shared);
    if (found) return { at: engine, ...found };
    totals.off += off.calls;
    totals.shared += shared.calls;
    totals.writes += off.writes;
    totals.answers += off.answers.length;
  }
  return undefined;
};

describe('requests of several callers at once are answered, asked and recorded the same with shared calls as without', () => {
  test(`${CROWDS} crowds of ${SIZE} over generated schemas of seed ${SEED}, by both engines`, async () => {
    const totals = new Totals();
    for (let number = 0; number < CROWDS; number += 1) {
      // Every other one knows whose its data is, and every third has departments that fail.
      const modelOf = number % 2 === 0 ? generateModel : (name: string) => withConcerns(generateModel(name));
      const seed = `${SEED}/${number}`;
      const federation = await generateFederation(`shared ${seed}`, new Map(), modelOf);
      federation.faults.seed = number % 3 === 2 ? seed : undefined;
      const found = await compare(federation.settings, crowd(federation, seed, SIZE), totals);
      await federation.close();
      expect(found && { seed, ...found }).toBeUndefined();
    }
    expect(totals.shared).toBeLessThan(totals.off * 0.8);
    expect(totals.writes).toBeGreaterThan(0);
    expect(totals.answers).toBeGreaterThan(CROWDS * SIZE);
  }, 600_000);

  test('300 about the same few people', async () => {
    const totals = new Totals();
    const requests = denseCrowd(SEED, 300);
    expect(await compare(dense(), requests, totals)).toBeUndefined();
    let joined = 0;
    for (const engine of ENGINES) joined += (await askAll(dense(), requests, { engine, sharing: 'inFlight' })).calls;
    expect(joined).toBeLessThan(totals.off);
    expect(totals.shared).toBeLessThan(joined * 0.9);
    expect(totals.writes).toBeGreaterThan(0);
  });
});

describe('a mistake in sharing is noticed', () => {
  test.each(SHARING_MUTANTS)('$name', async ({ force }) => {
    const undo = force();
    // Fixed, so that another seed cannot make one survive by chance.
    const found = await compare(dense(), denseCrowd('mutants', 300), new Totals()).finally(undo);
    expect(found?.what).toEqual(expect.any(String));
  });
});
