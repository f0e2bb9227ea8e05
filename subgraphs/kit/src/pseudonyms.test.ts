import { expect, test } from '@jest/globals';
import { parseProvinceKey } from './province-key.ts';
import { createPseudonyms } from './pseudonyms.ts';

const line = `k1.${Buffer.alloc(32).toString('base64url')}`;

test('an id is the epoch and HMAC-SHA-256 of the number, base64url', () => {
  // Computed by `printf 051085000001 | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00`.
  expect(createPseudonyms(parseProvinceKey(line)).idOf('051085000001')).toBe(
    'k1.q-mNbH1H32Vd6Fq8KAhuHRR-0EuMpHZNgRISDyqwPFM',
  );
});

test('another key gives another id', () => {
  const other = createPseudonyms(parseProvinceKey(`k2.${Buffer.alloc(32, 1).toString('base64url')}`));
  expect(other.idOf('051085000001')).toMatch(/^k2\.[\w-]{43}$/);
  expect(other.idOf('051085000001').slice(3)).not.toBe(
    createPseudonyms(parseProvinceKey(line)).idOf('051085000001').slice(3),
  );
});

test('a key file may end with a new line', () => {
  expect(parseProvinceKey(`${line}\n`)).toEqual(parseProvinceKey(line));
});

test.each(['', 'k1.', `k0.${'A'.repeat(43)}`, 'A'.repeat(43), `k1.${'A'.repeat(42)}`, `${line}\n${line}`])(
  'a key file that holds %j is refused without repeating it',
  (text) => {
    expect(() => parseProvinceKey(text)).toThrow('the province key must be one line: k1.<base64url of 32 bytes>');
  },
);
