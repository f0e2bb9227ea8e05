import { expect, test } from '@jest/globals';
import { copyChunks, copyLine } from './copy.ts';

test.each([
  [['a', 1, 2.5, 10n], 'a\t1\t2.5\t10\n'],
  [[true, false, null, undefined, ''], 't\tf\t\\N\t\\N\t\n'],
  [['tab\tline\ncr\rback\\slash', '\\N'], 'tab\\tline\\ncr\\rback\\\\slash\t\\\\N\n'],
  [[['a', 'b,c', 'd"e\\f', null, '', 'NULL']], '{"a","b,c","d\\\\"e\\\\\\\\f",NULL,"","NULL"}\n'],
  [[[1, [2, 3]]], '{"1",{"2","3"}}\n'],
  [[{ a: 'x\ny' }], '{"a":"x\\\\ny"}\n'],
  [[new Date('2026-01-15T00:00:00Z'), Buffer.from('ÿ', 'latin1')], '2026-01-15T00:00:00.000Z\t\\\\xff\n'],
])('%j is copied as %j', (row, line) => {
  expect(copyLine(row)).toBe(line);
});

test('what PostgreSQL cannot store is refused by name', () => {
  expect(() => copyLine(['a\0b'])).toThrow('NUL');
  expect(() => copyLine([() => 1])).toThrow('a seed row cannot hold a function');
});

test('rows are taken from their source a chunk at a time', async () => {
  let produced = 0;
  const source = function* () {
    for (; produced < 100_000; produced += 1) yield ['x'.repeat(100)];
  };
  const chunks = copyChunks('files', 1, source());
  const first = await chunks.next();
  expect(produced).toBeLessThan(1_000);
  expect(String(first.value).split('\n').length - 1).toBe(produced + 1);
});

test('a row of the wrong width stops the copying', async () => {
  await expect(copyChunks('files', 2, [['a']]).next()).rejects.toThrow('files: a row of 1 values for 2 columns');
});
