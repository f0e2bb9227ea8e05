import { expect, test } from '@jest/globals';
import { byDay, dateShown, dayName, minuteOf, momentOf } from './days.ts';
import type { Disclosure } from './disclosures.ts';

const at = (time: string) => ({ id: time, time }) as Disclosure;

test('times are those of the province, wherever the reader is', () => {
  expect(minuteOf('2026-11-22T17:00:00.000Z')).toBe('00:00');
  expect(momentOf('2026-11-22T16:59:59.999Z')).toBe('23:59:59, 22/11/2026');
});

test('days have their year in full, in both languages', () => {
  expect(dayName('2026-11-22T17:00:00.000Z', 'vi')).toBe('Thứ Hai, 23/11/2026');
  expect(dayName('2026-11-22T17:00:00.000Z', 'en')).toBe('Monday, 23/11/2026');
  expect(dateShown('2026-11-03')).toBe('03/11/2026');
});

test('entries stand under the day of the province, in the order in which they come', () => {
  const [one, two, three] = [
    at('2026-11-22T17:00:00.000Z'),
    at('2026-11-22T16:59:59.999Z'),
    at('2026-11-21T17:00:00.000Z'),
  ];
  expect(byDay([one, two, three])).toEqual([
    { day: '2026-11-23', entries: [one] },
    { day: '2026-11-22', entries: [two, three] },
  ]);
  expect(byDay([])).toEqual([]);
});
