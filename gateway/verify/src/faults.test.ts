import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faultCodes, finding, warningCodes } from './faults.ts';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const listed = (title: string): readonly string[] =>
  [...(page.split(`| ${title} | means |`)[1]?.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, code = '']) => code,
  );

test('the README lists every fault and every warning', () => {
  expect(listed('fault')).toEqual(faultCodes);
  expect(listed('warning')).toEqual(warningCodes);
});

test('texts take the same details in both languages', () => {
  const details = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const code of [...faultCodes, ...warningCodes]) {
    const { what } = finding(code, {});
    expect([code, details(what.vi)]).toEqual([code, details(what.en)]);
  }
});
