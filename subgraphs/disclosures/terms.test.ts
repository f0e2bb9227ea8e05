import { describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import { agencyCodes, terms } from './terms.ts';

const { agency, purpose, legalBasis, law } = terms(loadCatalogue());

describe('names', () => {
  test.each([
    ['H48.14', 'Sở Y tế'],
    ['000.00.14.H48', 'Sở Y tế'],
    ['H48', 'Ủy ban nhân dân tỉnh Quảng Ngãi'],
    ['viettel', 'Viettel'],
    ['H48.99', 'H48.99'],
    ['000.00.99.H48', '000.00.99.H48'],
    ['<b>', '<b>'],
  ])('%s is %s', (code, name) => {
    expect(agency(code)).toMatchObject({ code, vi: name });
  });

  test('of purposes and legal bases are the catalogue’s', () => {
    expect(purpose('KYC')).toEqual({ code: 'KYC', vi: 'Nhận biết khách hàng', en: 'Know your customer' });
    expect(legalBasis('CONSENT').en).toBe('Consent of the data subject');
    expect([law('CONSENT'), law('SELF'), law('OTHER')]).toEqual(['Luật 91/2025/QH15, Điều 9', null, null]);
  });
});

test.each([
  ['H48.53', ['H48.53', '000.00.53.H48']],
  ['000.00.53.H48', ['H48.53', '000.00.53.H48']],
  ['H48', ['H48']],
  ['viettel', ['viettel']],
  ['000.01.53.H48', ['000.01.53.H48']],
])('an agency asked for as %s is found as %j', (asked, codes) => {
  expect(agencyCodes(asked)).toEqual(codes);
});
