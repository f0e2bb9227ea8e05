import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

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
