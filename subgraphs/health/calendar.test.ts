import { expect, test } from '@jest/globals';
import { addDays, addMonths, firstDay, yearAfter } from './calendar.ts';

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2025-11-30', 3, '2026-02-28'],
  ['2019-04-05', 24, '2021-04-05'],
  ['2026-12-31', 12, '2027-12-31'],
])('%s and %i months later is %s', (date, months, later) => {
  expect(addMonths(date, months)).toBe(later);
});

test('a year after 29 February is the 28th', () => {
  expect(yearAfter('2024-02-29')).toBe('2025-02-28');
});

test('days run over the ends of months and years, in both directions', () => {
  expect(addDays('2025-12-31', 1)).toBe('2026-01-01');
  expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
});

test.each([
  ['1985', '1985-01-01'],
  ['1985-03', '1985-03-01'],
  ['1985-03-12', '1985-03-12'],
])('%s begins on %s', (partial, day) => {
  expect(firstDay(partial)).toBe(day);
});
