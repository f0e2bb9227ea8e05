import { expect, test } from '@jest/globals';

import { CoordinateSets } from '../../ledger/coordinates.ts';
import { UNKNOWN } from '../../ledger/ids.ts';
import { People } from '../../ledger/people.ts';
import { ToldPeople } from './told-people.ts';

/** Ids as they stand in an answer, and how to read each. */
const reading = (ids: readonly unknown[]) => {
  const people = new People(new CoordinateSets().nothing);
  const told = new ToldPeople(people);
  const pieces = ids.map((id) => Buffer.from(JSON.stringify(id)));
  const bytes = Buffer.concat(pieces);
  let at = 0;
  const places = pieces.map(({ length }) => {
    at += length;
    return { begin: at - length, end: at };
  });
  return { people, read: () => places.map(({ begin, end }) => told.in(bytes, begin, end)) };
};

test('each person is one, however many there are and whatever their ids end with', () => {
  const ids = Array.from({ length: 300 }, (_, n) => `${n} the same end`);
  const { people, read } = reading([...ids, ...ids]);
  const [first, again] = [read(), read()];
  expect(first.map(([person]) => person?.id)).toEqual([...ids, ...ids]);
  expect(again.every((each, n) => each[0] === first[n % 300]?.[0])).toBe(true);
  expect([...people]).toHaveLength(300);
});

test('to find many people takes no longer for ids that are alike', () => {
  let compared = 0;
  const ids = Array.from({ length: 1_000 }, (_, n) => `${String(n).padStart(4, '0')} the same end`);
  const people = new People(new CoordinateSets().nothing);
  const told = new ToldPeople(people);
  const text = Buffer.from(ids.map((id) => JSON.stringify(id)).join(''));
  const size = text.length / ids.length;
  const bytes = new Proxy(text, {
    get: (target, name) => {
      compared += typeof name === 'string' && /^\d+$/.test(name) ? 1 : 0;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  for (let n = 0; n < ids.length; n += 1) told.in(bytes, n * size, (n + 1) * size);
  expect(compared / ids.length).toBeLessThan(80 * size);
  expect([...people]).toHaveLength(1_000);
});

test.each([
  ['a blank', '  '],
  ['nothing', ''],
  ['null', null],
  ['one of several', ['a', '']],
  ['an object', { id: 'a' }],
])('%s in place of an id is somebody of whom nobody knows who it is', (_what, id) => {
  const { people, read } = reading([id, id]);
  expect(read()).toEqual([UNKNOWN, UNKNOWN]);
  expect(read().every((ids) => ids === UNKNOWN)).toBe(true);
  expect([...people].map((person) => person.id)).not.toContain('');
});
