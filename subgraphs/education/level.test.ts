import { expect, test } from '@jest/globals';
import { teaches } from './level.ts';

test.each([
  ['PRIMARY', [1, 2, 3, 4, 5]],
  ['LOWER_SECONDARY', [6, 7, 8, 9]],
  ['UPPER_SECONDARY', [10, 11, 12]],
] as const)('%s teaches the grades %p and no other', (level, grades) => {
  const taught = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].filter((grade) => teaches(level, grade));
  expect(taught).toEqual(grades);
});

test('half a grade is none', () => {
  expect(teaches('PRIMARY', 1.5)).toBe(false);
});
