import { expect, test } from '@jest/globals';
import { createProgress } from './progress.ts';

const recorder = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
};

test('off a terminal there is one line at every tenth', () => {
  const output = recorder(false);
  const progress = createProgress(output);
  for (let done = 0; done <= 1000; done += 1) progress.report(done, 1000, 'citizens');
  progress.end();
  expect(output.written).toHaveLength(11);
  expect(output.written.at(-1)).toBe('citizens: 1000/1000\n');
});

test('on a terminal a bar redraws itself, not more often than ten times a second, and the end is always drawn', () => {
  const output = recorder(true);
  let now = 0;
  const progress = createProgress(output, () => now);
  progress.report(1, 4, 'citizens');
  now = 50;
  progress.report(2, 4, 'citizens');
  now = 120;
  progress.report(3, 4, 'citizens');
  progress.report(4, 4, 'citizens');
  progress.end();
  expect(output.written.map((text) => /\d+ %|\n/.exec(text)?.[0])).toEqual(['25 %', '75 %', '100 %', '\n']);
});
