import { expect, test } from '@jest/globals';
import { byKey, groupByKey } from './loaders.ts';

const rows = [
  { key: 'b', value: 1 },
  { key: 'a', value: 2 },
  { key: 'b', value: 3 },
  { key: 'stray', value: 4 },
];
const keyOf = ({ key }: { key: string }) => key;

test('rows come in the order of the keys, null where there is none', () => {
  expect(byKey(['a', 'x', 'stray'], rows, keyOf)).toEqual([rows[1], null, rows[3]]);
});

test('lists come in the order of the keys, empty where there is nothing', () => {
  expect(groupByKey(['x', 'b', 'a'], rows, keyOf)).toEqual([[], [rows[0], rows[2]], [rows[1]]]);
});
