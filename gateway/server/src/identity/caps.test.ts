import { expect, test } from '@jest/globals';

import { vouchedScopes } from './caps.ts';

type Caps = Parameters<typeof vouchedScopes>[0];

const KYC = { orgs: ['viettel'], purposes: ['KYC'], scopes: ['match'] };
const CARE = { orgs: ['H48.14'], purposes: ['BHYT', 'TREATMENT'], scopes: ['read', 'insurance'] };
const vouched = (caps: Caps, org: string | undefined, purpose: string | undefined, ...scopes: string[]) =>
  vouchedScopes(caps, { org, purpose, scopes });

test('without caps everything is vouched for', () => {
  expect(vouched(undefined, 'anybody', 'anything', 'a', 'b')).toEqual(['a', 'b']);
});

test('an empty list of caps vouches for nothing', () => {
  expect(() => vouched([], 'viettel', 'KYC', 'match')).toThrow('not_vouched_for');
});

test('each cap is a whole: its agency, its purpose, its scopes', () => {
  expect(vouched([KYC, CARE], 'viettel', 'KYC', 'match', 'read')).toEqual(['match']);
  expect(vouched([KYC, CARE], 'H48.14', 'BHYT', 'match', 'read')).toEqual(['read']);
  expect(() => vouched([KYC, CARE], 'viettel', 'BHYT', 'read')).toThrow('not_vouched_for');
  expect(() => vouched([KYC, CARE], 'H48.14', 'KYC', 'match')).toThrow('not_vouched_for');
  expect(() => vouched([KYC], 'VIETTEL', 'KYC', 'match')).toThrow('not_vouched_for');
});

test('scopes of several caps that fit add up, in the order of the token', () => {
  const more = { orgs: ['viettel'], scopes: ['extra'] };
  expect(vouched([KYC, more], 'viettel', 'KYC', 'extra', 'other', 'match')).toEqual(['extra', 'match']);
});

test('a list that is absent caps nothing, an empty one everything', () => {
  expect(vouched([{ orgs: ['a'] } as never], 'a', 'whatever', 'x')).toEqual(['x']);
  expect(vouched([{ scopes: [] } as never], 'a', 'p', 'x')).toEqual([]);
  expect(() => vouched([{ purposes: [] } as never], 'a', 'p', 'x')).toThrow('not_vouched_for');
});

test('who leaves out agency or purpose is not vouched for by several caps together', () => {
  expect(() => vouched([KYC, CARE], undefined, undefined, 'match', 'read', 'insurance')).toThrow('not_vouched_for');
  expect(vouched([KYC, CARE, { scopes: ['open'] }], undefined, undefined, 'match', 'open')).toEqual(['open']);
});

test('what is left out is not asked for where one cap alone can be meant', () => {
  expect(vouched([KYC], undefined, undefined, 'match', 'read')).toEqual(['match']);
  expect(vouched([KYC, CARE], 'H48.14', undefined, 'match', 'read')).toEqual(['read']);
  expect(vouched([KYC, CARE], undefined, 'KYC', 'match', 'read')).toEqual(['match']);
});

test('names of prototypes are names', () => {
  expect(vouched([KYC], 'viettel', 'KYC', '__proto__', 'constructor')).toEqual([]);
});
