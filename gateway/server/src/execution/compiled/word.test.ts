import { expect, test } from '@jest/globals';

import { Output } from './output.ts';
import { Word, wordOf } from './word.ts';

test('stands where its bytes stand, at any place and of any length, and nowhere else', () => {
  for (let length = 0; length < 14; length += 1) {
    const text = '"đồng ý":null,'.slice(0, length);
    const word = new Word(text);
    expect(word.bytes.toString('utf8')).toBe(text);
    for (let before = 0; before < 6; before += 1) {
      const output = new Output();
      output.all(Buffer.alloc(before, 'x'));
      output.all(word.bytes);
      const { view, bytes } = output;
      expect(word.stands(view, before)).toBe(true);
      for (let index = 0; index < word.length; index += 1) {
        for (const bit of [1, 0x40, 0x80]) {
          bytes[before + index] = (bytes[before + index] ?? 0) ^ bit;
          expect(word.stands(view, before)).toBe(false);
          bytes[before + index] = (bytes[before + index] ?? 0) ^ bit;
        }
      }
      // What stands behind is nothing to it.
      for (let index = 0; index < 4; index += 1) bytes[output.length + index] = 0xff;
      expect(word.stands(view, before)).toBe(true);
    }
  }
});

test('at the very end of what was written there is room to look', () => {
  const output = new Output();
  const word = new Word('"a":');
  while (output.length < 200_000) output.all(word.bytes);
  for (let at = 0; at < output.length; at += word.length) expect(word.stands(output.view, at)).toBe(true);
  expect(() => output.view.getInt32(output.length, true)).not.toThrow();
});

test('a text has one word, however often it is forgotten', () => {
  expect(wordOf('"a":')).toBe(wordOf('"a":'));
  for (let n = 0; n < 10_000; n += 1) expect(wordOf(`"${n}":`).bytes.toString()).toBe(`"${n}":`);
});
