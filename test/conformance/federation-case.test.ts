import { describe, expect, test } from '@jest/globals';

import { passes } from './federation-case.ts';

const query = '{ user { id name } }';
const data = { user: { id: '1', name: 'Hoa' } };

describe('a case of the federation audit', () => {
  test.each([
    ['equal data', { data }, { data }, true],
    ['equal data, members in another order', { data }, { data: { user: { name: 'Hoa', id: '1' } } }, true],
    ['other data', { data }, { data: { user: { id: '1', name: null } } }, false],
    ['a member too many', { data }, { data: { user: { ...data.user, key: 'k' } } }, false],
    ['no data where none is expected', { errors: true }, { errors: [{}] }, true],
    ['data where none is expected', { errors: true }, { data, errors: [{}] }, false],
    ['errors that are expected and missing', { data, errors: true }, { data }, false],
    ['an empty list of errors is none', { data, errors: true }, { data, errors: [] }, false],
    ['errors that are not expected', { data, errors: false }, { data, errors: [{}] }, false],
    ['errors where the audit does not care', { data }, { data, errors: [{}] }, true],
  ])('%s', (_title, expected, answer, passed) => {
    expect(passes({ query, expected }, answer)).toBe(passed);
  });
});
