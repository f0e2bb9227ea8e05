import { expect, test } from '@jest/globals';

import { Arena, giveBack, takeArena } from './arena.ts';
import { Output } from './output.ts';

const text = (value: string) => (output: Output) => output.all(Buffer.from(value));

test('what fails while it is written leaves nothing behind', () => {
  const arena = new Arena();
  const begin = arena.append([Buffer.from('{"a":1}')], 7);
  const failing = () =>
    arena.written((out) => {
      text('"Phạm Văn Hiếu"')(out);
      throw new RangeError('no memory left');
    });
  expect(failing).toThrow('no memory left');
  expect(arena.written(text('{"b":1}')).toString('utf8')).toBe('{"b":1}');
  expect(arena.bytes.toString('utf8', begin, arena.length)).toBe('{"a":1}');
});

test('what is written is bytes of its own, however long', () => {
  const arena = new Arena();
  const long = 'ệ'.repeat(500_000);
  const first = arena.written(text(long));
  const second = arena.written(text('{}'));
  expect(first.toString('utf8')).toBe(long);
  expect(second.toString('utf8')).toBe('{}');
  giveBack(arena);
  expect(takeArena()).not.toBe(arena);
});

test('pieces of every length, its own and others’, before and after it grows', () => {
  const source = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 251));
  for (let size = 0; size < 200; size += 1) {
    const arena = new Arena();
    arena.append([source.subarray(0, 30_000), source.subarray(30_000)], source.length);
    // Taken once, as those do who write: stale as soon as there is no room any more.
    const { bytes } = arena;
    const other = new Output();
    const expected: Buffer[] = [];
    const written = arena.written((out) => {
      for (let begin = 0; begin + size <= source.length; begin += 997) {
        expected.push(source.subarray(begin, begin + size));
        out.copy(begin % 2 === 0 ? bytes : arena.bytes, begin, begin + size);
        other.copy(source, begin, begin + size);
      }
    });
    expect(written.equals(Buffer.concat(expected))).toBe(true);
    expect(other.bytes.subarray(0, other.length).equals(written)).toBe(true);
    expect(arena.bytes.subarray(0, arena.length).equals(source)).toBe(true);
  }
});
