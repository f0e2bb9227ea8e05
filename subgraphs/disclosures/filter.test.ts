import { expect, test } from '@jest/globals';
import { filterOf } from './filter.ts';

test('days are those of the province, both included', () => {
  expect(filterOf({ from: '2026-11-22', to: '2026-11-23' })).toEqual({
    from: new Date('2026-11-21T17:00:00Z'),
    until: new Date('2026-11-23T17:00:00Z'),
  });
});

test('nothing asked is nothing filtered', () => {
  expect(filterOf({ from: null, to: null, agency: null, purpose: null, own: null })).toEqual({});
});

test('own accesses can be left out, or stand alone', () => {
  expect([filterOf({ own: false }), filterOf({ own: true })]).toEqual([{ own: false }, { own: true }]);
});

test.each([
  ['days in the wrong order', { from: '2026-11-23', to: '2026-11-22' }, 'date_order'],
  ['an empty agency', { agency: '' }, 'code_length'],
  ['a purpose of 65 characters', { purpose: 'x'.repeat(65) }, 'code_length'],
])('%s is refused', (_what, args, reason) => {
  expect(() => filterOf(args)).toThrow(expect.objectContaining({ extensions: expect.objectContaining({ reason }) }));
});
