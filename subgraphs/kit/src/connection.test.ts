import { expect, test } from '@jest/globals';
import { connection, pageSize } from './connection.ts';

const page = (rows: readonly number[], first: number) =>
  connection({ rows, first, cursorOf: (row) => `c${row}`, node: (row) => row * 10 });

test('the row too many says that more follows, and is not shown', () => {
  expect(page([1, 2, 3], 2)).toEqual({
    edges: [
      { cursor: 'c1', node: 10 },
      { cursor: 'c2', node: 20 },
    ],
    pageInfo: { hasNextPage: true, endCursor: 'c2' },
  });
});

test('the last page has no next one; an empty one has no cursor', () => {
  expect(page([1, 2], 2).pageInfo).toEqual({ hasNextPage: false, endCursor: 'c2' });
  expect(page([], 2)).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
});

test('a page has 20 rows unless told, and never more than the list allows', () => {
  expect([pageSize(null), pageSize(undefined), pageSize(1), pageSize(100)]).toEqual([20, 20, 1, 100]);
  expect(pageSize(null, { max: 5 })).toBe(5);
  expect(pageSize(500, { default: 50, max: 500 })).toBe(500);
});

test.each([0, -1, 101, 1.5, Number.NaN])('a page of %p rows is refused', (first) => {
  const extensions = expect.objectContaining({ code: 'BAD_USER_INPUT', reason: 'page_size', argument: 'first' });
  expect(() => pageSize(first)).toThrow(expect.objectContaining({ extensions }));
});
