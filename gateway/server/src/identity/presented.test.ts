import { describe, expect, test } from '@jest/globals';

import { onlyHeader, presentedProof, presentedToken } from './presented.ts';

const headers = (...rawHeaders: string[]) => ({ rawHeaders });
const token = (...values: string[]) => presentedToken(headers(...values.flatMap((value) => ['Authorization', value])));

describe('the token of a request', () => {
  test('no Authorization header is no token', () => {
    expect(token()).toBeUndefined();
    expect(presentedToken(headers('X-Authorization', 'Bearer x', 'Cookie', 'authorization=Bearer x'))).toBeUndefined();
  });

  test.each([
    ['Bearer a.b.c', 'Bearer', 'a.b.c'],
    ['bEARER  a.b.c', 'Bearer', 'a.b.c'],
    ['DPoP a-b_c~d+e/f==', 'DPoP', 'a-b_c~d+e/f=='],
    ['dpop x', 'DPoP', 'x'],
  ])('«%s»', (value, scheme, text) => expect(token(value)).toEqual({ scheme, token: text }));

  test.each([
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Bearer\ta',
    'Bearer a b',
    'Bearer a,b',
    'Bearer a, Bearer b',
    'Bearer =a',
    'Bearer a=b',
    'Bearer "a"',
    'Bearerx a',
    'Basic a',
    ' Bearer a',
    'Bearer a ',
    'Bearer a\n',
    'Bearer é',
  ])('«%s» is malformed, never nobody', (value) => expect(() => token(value)).toThrow('malformed'));

  test('two headers are one too many, equal or empty ones as well, in whatever letters', () => {
    for (const [one = '', other = ''] of [
      ['Bearer a', 'Bearer a'],
      ['Bearer a', ''],
      ['', 'Bearer a'],
    ]) {
      expect(() => presentedToken(headers('authorization', one, 'AUTHORIZATION', other))).toThrow('malformed');
    }
  });

  test('a value that reads like the header’s name is a value', () => {
    expect(presentedToken(headers('x-a', 'authorization', 'Bearer a', 'x'))).toBeUndefined();
  });
});

test('one proof, or none; an empty one is one', () => {
  expect(presentedProof(headers())).toBeUndefined();
  expect(presentedProof(headers('DPoP', 'p'))).toBe('p');
  expect(presentedProof(headers('dpop', ''))).toBe('');
  expect(() => presentedProof(headers('DPoP', 'p', 'dpop', 'p'))).toThrow('dpop_proof');
});

test('a header that came twice is as good as none', () => {
  expect(onlyHeader(headers('Client-Cert', 'a'), 'client-cert')).toBe('a');
  expect(onlyHeader(headers('Client-Cert', 'a', 'client-cert', 'b'), 'client-cert')).toBeUndefined();
  expect(onlyHeader(headers('Client_Cert', 'a'), 'client-cert')).toBeUndefined();
});
