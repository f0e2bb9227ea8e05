import { describe, expect, test } from '@jest/globals';
import { bits, boolean, count, integer, Malformed, oid, only, Reader, TAG, time } from './der.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const value = (hex: string) => {
  const reader = new Reader(bytes(hex));
  const read = reader.next();
  reader.end();
  return read;
};
const text = (tag: number, written: string) =>
  value(Buffer.from([tag, written.length, ...Buffer.from(written)]).toString('hex'));

describe('is read', () => {
  test.each<[string, unknown, unknown]>([
    ['a length of one byte', value('0403 010203').content.length, 3],
    ['a long length', value(`0481 80${'00'.repeat(128)}`).content.length, 128],
    ['a longer length', value(`0482 0100${'00'.repeat(256)}`).content.length, 256],
    ['an integer', integer(value('0202 0080')), '0080'],
    ['a count', count(value('0203 010000')), 65_536],
    ['true', boolean(value('0101 ff')), true],
    ['false', boolean(value('0101 00')), false],
    ['an identifier', oid(value('0608 2b06010505070308')), '1.3.6.1.5.5.7.3.8'],
    ['an identifier below 2', oid(value('0603 883703')), '2.999.3'],
    ['whole bits', bits(value('0303 00abcd')), bytes('abcd')],
    ['a time', time(text(TAG.generalizedTime, '20261123020105Z')), Date.parse('2026-11-23T02:01:05Z')],
    [
      'parts of a second',
      time(text(TAG.generalizedTime, '20261123020105.1239Z')),
      Date.parse('2026-11-23T02:01:05.123Z'),
    ],
    ['a year of two digits', time(text(TAG.utcTime, '491231235959Z')), Date.parse('2049-12-31T23:59:59Z')],
    ['one of the last century', time(text(TAG.utcTime, '500101000000Z')), Date.parse('1950-01-01T00:00:00Z')],
  ])('%s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('is refused', () => {
  test.each<[string, () => unknown]>([
    ['nothing', () => value('')],
    ['a tag alone', () => value('04')],
    ['less than its length', () => value('0403 0102')],
    ['something behind it', () => only(bytes('0401 0100'), TAG.octetString)],
    ['another tag', () => only(bytes('0401 01'), TAG.sequence)],
    ['a tag of several bytes', () => value('1f01 00')],
    ['an indefinite length', () => value('0480 01020000')],
    ['a length that could be shorter', () => value('048101 01')],
    ['a length with a zero in front', () => value(`048200 80${'00'.repeat(128)}`)],
    ['a length beyond everything', () => value('04857fffffffff 00')],
    ['an integer of nothing', () => integer(value('0200'))],
    ['an integer with a needless byte', () => integer(value('0202 0001'))],
    ['a negative one with a needless byte', () => integer(value('0202 ff80'))],
    ['a negative count', () => count(value('0201 80'))],
    ['a count that is too large', () => count(value('0208 0100000000000000'))],
    ['a truth of another value', () => boolean(value('0101 01'))],
    ['a truth of two bytes', () => boolean(value('0102 ffff'))],
    ['an identifier of nothing', () => oid(value('0600'))],
    ['an identifier that breaks off', () => oid(value('0602 2b86'))],
    ['an identifier with a needless byte', () => oid(value('0603 2b8001'))],
    ['an identifier with an endless number', () => oid(value(`060b 2b${'ff'.repeat(9)}7f`))],
    ['bits that are no bytes', () => bits(value('0302 0480'))],
    ['a time in words', () => time(text(TAG.generalizedTime, 'tomorrow'))],
    ['a time of another zone', () => time(text(TAG.generalizedTime, '20261123090105+0700'))],
    ['a time without seconds', () => time(text(TAG.utcTime, '2611230201Z'))],
    ['a day that is none', () => time(text(TAG.generalizedTime, '20260230020105Z'))],
    ['another kind of text', () => time(text(TAG.octetString, '20261123020105Z'))],
  ])('%s', (_what, act) => {
    expect(act).toThrow(Malformed);
  });
});
