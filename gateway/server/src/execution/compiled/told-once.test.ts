import { expect, jest, test } from '@jest/globals';

import { Arena } from './arena.ts';
import type { Row } from './layout.ts';
import type { Representations } from './representations.ts';
import { tellOnce } from './told-once.ts';

/** Rows whose one cell is where their representation stands; nothing stands for a row without one. */
const written = (texts: readonly (string | undefined)[], tell = tellOnce) => {
  const arena = new Arena();
  const bytes = Buffer.from(texts.join(''), 'latin1');
  let at = arena.append([bytes], bytes.length);
  const rows = texts.map((text): Row => {
    const row: Row = ['T', text === undefined ? undefined : at, at + (text?.length ?? 0)];
    at += text?.length ?? 0;
    return row;
  });
  const representations: Representations = {
    types: new Set(['T']),
    typeTold: (row) => `type of ${String(row[1])}`,
    write: ([, begin, end], from, out) => {
      // What is begun and cannot be told leaves nothing.
      out.all(Buffer.from('{'));
      if (typeof begin !== 'number') return false;
      out.copy(from, begin, end as number);
      return true;
    },
  };
  return { told: tell(rows, representations, arena), rows };
};

test('nothing to tell is no list', () => {
  expect(written([]).told).toBeUndefined();
  expect(written([undefined, undefined]).told).toBeUndefined();
});

test('each once, in the order in which they come first', () => {
  const { told } = written(['a}', undefined, 'b}', 'a}', 'ab}', 'b}']);
  expect(told?.list.toString('latin1')).toBe('{a},{b},{ab}');
  expect(told?.indexes).toEqual([0, -1, 1, 0, 2, 1]);
  expect(told?.types).toEqual(['type of 0', 'type of 2', 'type of 6']);
});

test('as many as there are: the same as a map by text', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (const different of [3, 500, 100_000]) {
    const texts = Array.from({ length: 5_000 }, () => (random(20) === 0 ? undefined : `${random(different)}}`));
    const known = new Map<string, number>();
    const indexes = texts.map((text) => {
      if (text === undefined) return -1;
      if (!known.has(text)) known.set(text, known.size);
      return known.get(text);
    });
    const { told } = written(texts);
    expect(told?.indexes).toEqual(indexes);
    expect(told?.list.toString('latin1')).toBe([...known.keys()].map((text) => `{${text}`).join(','));
  }
});

test('two that have one hash are two: nobody gets what belongs to another', async () => {
  // Without chance in it, the hash is weak enough for two to be found that have the same.
  const chance = jest.spyOn(Math, 'random').mockReturnValue(0);
  let weak = tellOnce;
  await jest.isolateModulesAsync(async () => {
    weak = (await import('./told-once.ts')).tellOnce;
  });
  chance.mockRestore();
  expect(weak).not.toBe(tellOnce);
  const { told } = written(['1000200', '2000100', '1000200', '2000100'], weak);
  expect(told?.indexes).toEqual([0, 1, 0, 1]);
  expect(told?.list.toString('latin1')).toBe('{1000200,{2000100');
});

test('what was told before stays as it is', () => {
  const first = written(['a}', 'b}']).told;
  written(['c}', 'd}']);
  expect(first?.list.toString('latin1')).toBe('{a},{b}');
});
