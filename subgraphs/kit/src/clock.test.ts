import { expect, test } from '@jest/globals';
import { provinceDate } from './clock.ts';

test.each([
  ['2026-01-15T16:59:59Z', '2026-01-15'],
  ['2026-01-15T17:00:00Z', '2026-01-16'],
  ['2025-12-31T20:00:00Z', '2026-01-01'],
])('at %s it is %s in the province', (instant, date) => {
  expect(provinceDate(new Date(instant))).toBe(date);
});
