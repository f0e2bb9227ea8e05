import { expect, test } from '@jest/globals';
import { createReplayMemory } from './replay.ts';

test('an id is new once, until it has expired', () => {
  const { firstUse } = createReplayMemory();
  expect(firstUse('a', 130, 100)).toBe(true);
  expect(firstUse('a', 130, 100)).toBe(false);
  expect(firstUse('a', 130, 130)).toBe(false);
  expect(firstUse('b', 130, 130)).toBe(true);
  // Nobody gets here with an expired token; the point is that the memory has let go of it.
  expect(firstUse('a', 130, 131)).toBe(true);
});

test('a full memory answers neither yes nor no, and recovers as ids expire', () => {
  const { firstUse } = createReplayMemory(2);
  firstUse('a', 110, 100);
  firstUse('b', 120, 100);
  expect(() => firstUse('c', 130, 100)).toThrow(expect.objectContaining({ reason: 'replay_memory_full' }));
  expect(firstUse('a', 110, 100)).toBe(false);
  expect(firstUse('c', 130, 111)).toBe(true);
});
