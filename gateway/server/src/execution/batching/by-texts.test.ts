import { expect, test } from '@jest/globals';

import { ByTexts } from './by-texts.ts';

test('keys whose parts joined would be the same text stay apart', () => {
  const map = new ByTexts<number>();
  const keys = [
    ['a', 'b', ''],
    ['a', '', 'b'],
    ['', 'a', 'b'],
    ['ab', '', ''],
    ['a\0b', '', ''],
    ['a', '\0b', ''],
    ['__proto__', 'a', 'b'],
  ];
  for (const [value, key] of keys.entries()) map.set(key, value);
  expect(keys.map((key) => map.get(key))).toEqual([...keys.keys()]);
  expect(map.get(['a', 'b', 'c'])).toBeUndefined();
});

test('what is taken out leaves nothing behind, and takes nothing else along', () => {
  const map = new ByTexts<string>();
  map.set(['token', 'vi', 'x'], 'one');
  map.set(['token', 'vi', 'y'], 'two');
  map.delete(['token', 'vi', 'z']);
  map.delete(['token', 'vi', 'x']);
  expect([map.get(['token', 'vi', 'x']), map.get(['token', 'vi', 'y'])]).toEqual([undefined, 'two']);
  map.delete(['token', 'vi', 'y']);
  expect(map.size).toBe(0);
});
