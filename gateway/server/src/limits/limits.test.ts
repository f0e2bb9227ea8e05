import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import type { PublicError } from '../errors.ts';
import { DocumentGate } from './gate.ts';
import { checkDocument } from './limits.ts';

const limits = { depth: 3, aliases: 2, rootFields: 3, tokens: 60 };
const code = (text: string): string | undefined => {
  try {
    checkDocument(parse(text), limits);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** `{ a {…} a {…} }` on each of so many levels. */
const double = (levels: number): string =>
  levels === 0 ? '{ b }' : `{ a ${double(levels - 1)} a ${double(levels - 1)} }`;

const shared = (count: number, fields: number): string => {
  const selected = Array.from({ length: fields }, (_, n) => `f${n}`).join(' ');
  const names = Array.from({ length: count }, (_, n) => `F${n}`);
  return `{ a { ${names.map((name) => `...${name}`).join(' ')} } } ${names.map((name) => `fragment ${name} on T { ${selected} }`).join(' ')}`;
};

describe('a document', () => {
  test.each<[string, string | undefined]>([
    ['{ a { b { c } } }', undefined],
    ['{ a { b { c { d } } } }', 'LIMIT_DEPTH'],
    ['{ a { ...F } } fragment F on T { b { c { d } } }', 'LIMIT_DEPTH'],
    ['{ a { ... on T { b { c } } } }', undefined],
    ['{ x: a y: a }', undefined],
    ['{ x: a y: a z: a }', 'LIMIT_ALIASES'],
    ['{ a } fragment F on T { x: a y: a z: a }', undefined],
    ['{ a b c }', undefined],
    ['{ a b c d }', 'LIMIT_COST'],
    ['{ ...F ...G } fragment F on Query { a b } fragment G on Query { c d }', 'LIMIT_COST'],
    ['{ a { ...F } } fragment F on T { ...F }', undefined],
    ['{ a(x: [[[[[[1]]]]]]) }', undefined],
    ['{ a(x: [[[[[[[1]]]]]]]) }', 'LIMIT_DEPTH'],
    ['{ a(x: {b: {b: {b: {b: {b: {b: {b: 1}}}}}}}) }', 'LIMIT_DEPTH'],
    ['{ a @include(if: [[[[[[[1]]]]]]]) }', 'LIMIT_DEPTH'],
    ['query ($x: J = [[[[[[[1]]]]]]]) { a }', 'LIMIT_DEPTH'],
    ['{ a(x: [1, [2], {b: [3]}], y: [[[[4]]]], z: [[[[[5]]]]]) }', undefined],
    ['query A { a } query B { a { b { c { d } } } }', 'LIMIT_DEPTH'],
  ])('%s: %s', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('a bomb of fragments is walked once each', () => {
    const bomb = Array.from({ length: 60 }, (_, n) => `fragment F${n} on T { a { ...F${n + 1} } b { ...F${n + 1} } }`);
    expect(code(`{ ...F0 } ${bomb.join(' ')} fragment F60 on T { a }`)).toBe('LIMIT_DEPTH');
  });
});

describe('equal response keys', () => {
  const wide = { depth: 20, aliases: 60, rootFields: 60 };
  const refusal = (text: string): unknown => {
    try {
      checkDocument(parse(text), wide);
      return undefined;
    } catch (error) {
      const { code: name, data } = error as PublicError;
      return [name, data.reason];
    }
  };
  const repeat = (count: number, text: string | ((n: number) => string)) =>
    Array.from({ length: count }, (_, n) => (typeof text === 'string' ? text : text(n))).join(' ');

  test.each<[string, string]>([
    ['leaves', `{ a { ${repeat(320, 'b')} } }`],
    ['levels that multiply', `{ a { ${repeat(20, `b { ${repeat(20, 'c')} }`)} } }`],
    ['levels that double', `{ a ${double(8)} }`],
    ['inline fragments', `{ a { ${repeat(320, '... on T { b }')} } }`],
    ['fragments', `{ a { ${repeat(320, (n) => `...F${n}`)} } } ${repeat(320, (n) => `fragment F${n} on T { b }`)}`],
    ['a fragment that nothing spreads', `{ a } fragment F on T { ${repeat(320, 'b')} }`],
    ['the second operation', `query A { a } query B { a { ${repeat(320, 'b')} } }`],
    [
      'fragments that branch at each level',
      `{ a { ...F0 } } ${repeat(16, (n) => `fragment F${n} on T { b { ...F${n + 1} } c { ...F${n + 1} } }`)} fragment F16 on T { b }`,
    ],
  ])('%s are bounded before they are compared', (_what, text) => {
    expect(refusal(text)).toEqual(['LIMIT_COST', 'overlap']);
  });

  test.each<[string, string]>([
    ['a hundred fragments of ten equal fields', shared(100, 10)],
    ['a fragment spread a thousand times', `{ a { ${repeat(1_000, '...F')} } } fragment F on T { b c }`],
    ['a fragment that spreads itself', '{ a { ...F } } fragment F on T { a { ...F } b }'],
  ])('%s pass', (_what, text) => {
    expect(refusal(text)).toBeUndefined();
  });
});

describe('the gate', () => {
  test('leaves what does not parse, or is too long, to the protocol layer', () => {
    const gate = new DocumentGate(limits);
    expect(() => gate.check('{ a ')).not.toThrow();
    expect(() => gate.check(`{ ${'a { b { c { d } } } '.repeat(20)} }`)).not.toThrow();
    expect(() => gate.check(undefined)).not.toThrow();
  });

  test('refuses a text every time, and lets a good one through every time', () => {
    const gate = new DocumentGate(limits);
    for (let round = 0; round < 3; round++) {
      expect(() => gate.check('{ a { b { c { d } } } }')).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
      expect(() => gate.check('{ a }')).not.toThrow();
    }
  });
});
