import { describe, expect, test } from '@jest/globals';
import { add, fitsRegister, formatShare, parseShare, type Share, share, subtract } from './shares.ts';

const parsed = (text: string): Share => {
  const value = parseShare(text);
  if (value === undefined) throw new Error(`${text} is no share`);
  return value;
};

describe('shares', () => {
  test('are read and written in lowest terms', () => {
    expect(['1/1', '1/2', '2/4', '999999999/999999999'].map((text) => formatShare(parsed(text)))).toEqual([
      '1/1',
      '1/2',
      '1/2',
      '1/1',
    ]);
  });

  test.each([
    '',
    '1',
    '0/1',
    '1/0',
    '3/2',
    '-1/2',
    '01/2',
    '1/2 ',
    ' 1/2',
    '0.5',
    '1/2/3',
    '1/1234567890',
    '½',
    '１/２',
  ])('refuse the text %j', (text) => expect(parseShare(text)).toBeUndefined());

  test('three thirds are exactly the whole', () => {
    expect(formatShare([parsed('1/3'), parsed('1/3'), parsed('1/3')].reduce(add))).toBe('1/1');
  });

  test('stay exact where floating point would not', () => {
    expect(formatShare(add(parsed('1/10'), parsed('2/10')))).toBe('3/10');
    expect(formatShare(subtract(parsed('1/1'), parsed('1/999999999')))).toBe('999999998/999999999');
  });

  test('a difference is zero or negative when nothing or less is left', () => {
    expect(subtract(parsed('1/2'), parsed('2/4'))).toEqual({ numerator: 0n, denominator: 1n });
    expect(subtract(parsed('1/3'), parsed('1/2')).numerator).toBe(-1n);
  });

  test('the register keeps denominators of at most nine digits', () => {
    expect(fitsRegister(parsed('1/999999999'))).toBe(true);
    expect(fitsRegister(add(parsed('1/999999999'), parsed('1/999999998')))).toBe(false);
    expect(fitsRegister(share(2_000_000_000, 4_000_000_000))).toBe(true);
  });
});
