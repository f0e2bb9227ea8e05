import { describe, expect, test } from '@jest/globals';
import { createCursors } from './cursors.ts';
import { parseProvinceKey } from './province-key.ts';

const keyOf = (fill: number) => parseProvinceKey(`k1.${Buffer.alloc(32, fill).toString('base64url')}`);

const cursors = createCursors(keyOf(1), 'citizens');
const sealed = cursors.seal('search son ha', ['Phạm Văn Hiếu', 7, null]);

const isCursorError = expect.objectContaining({
  extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', reason: 'cursor', argument: 'after' }),
});

test('a cursor opens to what was sealed', () => {
  expect(cursors.open('search son ha', sealed)).toEqual(['Phạm Văn Hiếu', 7, null]);
  expect(cursors.open('all', cursors.seal('all', []))).toEqual([]);
});

test('one row has one cursor', () => {
  expect(cursors.seal('search son ha', ['Phạm Văn Hiếu', 7, null])).toBe(sealed);
});

test('a cursor shows neither the values nor how long they are', () => {
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('Hi');
  expect(cursors.seal('names', ['An']).length).toBe(cursors.seal('names', ['Nguyễn Thị Thanh Xuân']).length);
});

describe('is refused', () => {
  const foreign: readonly (readonly [string, () => unknown])[] = [
    ['on another list', () => cursors.open('search ba to', sealed)],
    ['in another department', () => createCursors(keyOf(1), 'land').open('search son ha', sealed)],
    ['under another key', () => createCursors(keyOf(2), 'citizens').open('search son ha', sealed)],
    ['cut short', () => cursors.open('search son ha', sealed.slice(0, -4))],
    ['empty', () => cursors.open('search son ha', '')],
    ['made up', () => cursors.open('search son ha', 'Y3Vyc29yOjEyMw')],
    ['endless', () => cursors.open('search son ha', 'A'.repeat(1_000_000))],
  ];
  test.each(foreign)('%s', (_title, act) => expect(act).toThrow(isCursorError));

  test('with any one byte changed', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const altered = Buffer.from(bytes);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(() => cursors.open('search son ha', altered.toString('base64url'))).toThrow(isCursorError);
    }
  });
});
