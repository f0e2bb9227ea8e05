import { describe, expect, test } from '@jest/globals';
import { canonical, implies, meet, NO_RULE, type Rule } from './rule.ts';

const scopes = (...alternatives: string[][]): Rule => ({ ...NO_RULE, scopes: canonical(alternatives) });
const policies = (...alternatives: string[][]): Rule => ({ ...NO_RULE, policies: canonical(alternatives) });
const authenticated: Rule = { ...NO_RULE, authenticated: true };

describe('canonical', () => {
  test.each([
    ['sorts shorter first, then by code unit', [['b', 'a'], ['c']], [['c'], ['a', 'b']]],
    ['drops duplicates', [['a', 'a'], ['a']], [['a']]],
    ['absorbs what a shorter alternative already grants', [['a', 'b'], ['b']], [['b']]],
    ['keeps names of object prototypes apart', [['__proto__'], ['constructor']], [['__proto__'], ['constructor']]],
    ['asks for nothing when nothing is listed', [], []],
  ])('%s', (_, given, expected) => {
    expect(canonical(given)).toEqual(expected);
  });
});

describe('meet', () => {
  test('is the product with absorption of AUTHORIZATION §1.4', () => {
    expect(meet(scopes(['A1', 'A2'], ['A3']), scopes(['A3'], ['B2'])).scopes).toEqual([['A3'], ['A1', 'A2', 'B2']]);
  });

  test('keeps scopes, policies and authentication side by side', () => {
    expect(meet(meet(scopes(['a']), policies(['p'])), authenticated)).toEqual({
      authenticated: true,
      scopes: [['a']],
      policies: [['p']],
    });
  });

  test('has no rule as its neutral element', () => {
    expect(meet(NO_RULE, scopes(['a']))).toEqual(scopes(['a']));
    expect(meet(scopes(['a']), NO_RULE)).toEqual(scopes(['a']));
  });
});

describe('implies', () => {
  test.each<[string, Rule, Rule, boolean]>([
    ['more scopes imply fewer', scopes(['a', 'b']), scopes(['a']), true],
    ['fewer do not imply more', scopes(['a']), scopes(['a', 'b']), false],
    ['fewer alternatives imply more', scopes(['a']), scopes(['a'], ['b']), true],
    ['one more alternative is a way around', scopes(['a'], ['b']), scopes(['a']), false],
    ['no rule implies only no rule', NO_RULE, scopes(['a']), false],
    ['every rule implies no rule', scopes(['a']), NO_RULE, true],
    ['scopes come from a token, so they imply authentication', scopes(['a']), authenticated, true],
    ['a policy may be granted to anyone', policies(['p']), authenticated, false],
    ['scopes say nothing about policies', scopes(['p']), policies(['p']), false],
  ])('%s', (_, a, b, expected) => {
    expect(implies(a, b)).toBe(expected);
  });

  test('a product implies both of its factors', () => {
    const a = scopes(['A1', 'A2'], ['A3']);
    const b = scopes(['A3'], ['B2']);
    expect([implies(meet(a, b), a), implies(meet(a, b), b), implies(a, meet(a, b))]).toEqual([true, true, false]);
  });
});
