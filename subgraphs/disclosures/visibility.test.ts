import { describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '@lienthong/schema/catalogue';
import { delaysOf, viewOf } from './visibility.ts';

const ME = 'k1.me';
const { purposes } = loadCatalogue();
const NOW = new Date('2026-11-23T05:00:00Z');

describe('whose disclosures somebody sees', () => {
  test.each([
    ['a citizen his own', { citizen: ME, scopes: ['audit:self:read'] }, 'self'],
    ['a citizen nobody else’s', { citizen: 'k1.other', scopes: ['audit:self:read'] }, 'nobody'],
    [
      'a citizen with an inspector’s scope his own, as a citizen',
      { citizen: ME, scopes: ['audit:disclosure:read'] },
      'self',
    ],
    ['such a citizen nobody else’s', { citizen: 'k1.other', scopes: ['audit:disclosure:read'] }, 'nobody'],
    ['an inspector anybody’s', { scopes: ['audit:disclosure:read'] }, 'inspector'],
    ['an officer without that scope nobody’s', { scopes: ['citizens:basic:read', 'audit:self:read'] }, 'nobody'],
    ['whoever has no token nobody’s', { scopes: [] }, 'nobody'],
  ])('%s', (_who, { scopes, ...caller }: { citizen?: string; scopes: string[] }, view) => {
    expect(viewOf({ ...caller, scopes: new Set(scopes) }, ME)).toBe(view);
  });
});

describe('what the law delays', () => {
  test('for the person: each purpose as long as the catalogue says', () => {
    const delays = delaysOf('self', purposes, NOW);
    expect(delays?.madeBefore.get('EMERGENCY')).toEqual(NOW);
    expect(delays?.madeBefore.get('AUDIT')).toEqual(new Date('2026-10-24T05:00:00Z'));
    expect(delays?.madeBefore.size).toBe(purposes.size);
  });

  test('a purpose that the catalogue lacks waits the longest', () => {
    expect(delaysOf('self', purposes, NOW)?.othersMadeBefore).toEqual(new Date('2026-10-24T05:00:00Z'));
    expect(delaysOf('self', new Map(), NOW)?.othersMadeBefore).toEqual(NOW);
  });

  test('for an inspector nothing', () => {
    expect(delaysOf('inspector', purposes, NOW)).toBeUndefined();
  });
});
