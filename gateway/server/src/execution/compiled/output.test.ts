import { expect, test } from '@jest/globals';

import { Output } from './output.ts';

const text = (value: string) => (output: Output) => output.all(Buffer.from(value));

test('an answer that fails while it is written leaves nothing in the next one', () => {
  const output = new Output();
  const failing = () =>
    output.written((out) => {
      text('"Phạm Văn Hiếu"')(out);
      throw new RangeError('no memory left');
    });
  expect(failing).toThrow('no memory left');
  expect(output.written(text('{"b":1}')).toString('utf8')).toBe('{"b":1}');
});

test('answers are bytes of their own, however long', () => {
  const output = new Output();
  const long = 'ệ'.repeat(500_000);
  const first = output.written(text(long));
  const second = output.written(text('{}'));
  expect(first.toString('utf8')).toBe(long);
  expect(second.toString('utf8')).toBe('{}');
});
