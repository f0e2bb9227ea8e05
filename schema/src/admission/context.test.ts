import { describe, expect, test } from '@jest/globals';
import { composed, department } from '../fixtures.ts';
import { parseSdl } from '../rules/read.ts';
import { refuseContext, unservedContexts } from './context.ts';

const refused = (...sources: string[]): string[] =>
  unservedContexts(parseSdl(composed(...sources.map((sdl) => department(sdl))))).map(
    ({ code, coordinate }) => `${code} ${coordinate}`,
  );

const NOT_SERVED = ['CONTEXT_NOT_SERVED U.copy'];
const U = (selection: string) =>
  `type U @key(fields: "id") { id: ID! copy(x: Int @fromContext(field: "$c ${selection}")): Int }`;

describe('contexts that are served', () => {
  test.each([
    [
      'a type, a value within',
      `type Query { t: T } type T @key(fields: "id") @context(name: "c") { id: ID! in: In u: U } type In { n: Int } ${U('{ in { n } }')}`,
    ],
    [
      'an interface',
      `type Query { i: I } interface I @context(name: "c") { id: ID! n: Int u: U }
      type A implements I @key(fields: "id") { id: ID! n: Int u: U } ${U('{ n }')}`,
    ],
    [
      'a union of which every type is named',
      `type Query { w: W } union W @context(name: "c") = A | B type A { n: Int u: U } type B { m: Int u: U }
      ${U('... on A { n } ... on B { m }')}`,
    ],
    [
      'an interface by which nothing below can be reached',
      `type Query { t: T node: Node } interface Node { id: ID! }
      type T implements Node @key(fields: "id") @context(name: "c") { id: ID! n: Int u: U } ${U('{ n }')}`,
    ],
    [
      'an interface of which all types set the context, and nobody further out',
      `type Query { i: I } interface I { id: ID! u: U }
      type A implements I @key(fields: "id") @context(name: "c") { id: ID! n: Int u: U } ${U('{ n }')}`,
    ],
    ['none', 'type Query { a: Int }'],
  ])('%s', (_, sdl) => {
    expect(refused(sdl)).toEqual([]);
  });
});

describe('contexts of which no plan has the right value', () => {
  test('a field with arguments written: two of them would be one value', () => {
    const sdl = `type Query { t: T } type T @key(fields: "id") @context(name: "c") { id: ID! n(of: Int): Int u: U }`;
    expect(refused(`${sdl} ${U('{ n(of: 1) }')}`)).toEqual(NOT_SERVED);
    expect(refused(`${sdl} ${U('{ n }')}`)).toEqual([]);
  });

  test('a type of which the selection says nothing', () => {
    const sdl = `type Query { w: W } union W @context(name: "c") = A | B type A { n: Int u: U } type B { m: Int u: U }`;
    expect(refused(`${sdl} ${U('... on A { n }')}`)).toEqual(NOT_SERVED);
  });

  test('an interface by way of which a type that sets the context is passed over', () => {
    const sdl = (setting: string) => `type Query { house: House }
      type House @key(fields: "id") @context(name: "c") { id: ID! n: Int i: I }
      interface I ${setting} { id: ID! ${setting ? 'n: Int' : ''} u: U }
      type A implements I @key(fields: "id") @context(name: "c") { id: ID! n: Int u: U } ${U('{ n }')}`;
    expect(refused(sdl(''))).toEqual(NOT_SERVED);
    expect(refused(sdl('@context(name: "c")'))).toEqual([]);
  });

  test('another interface of a type of which an interface sets the context', () => {
    expect(
      refused(`type Query { house: House }
      type House @key(fields: "id") @context(name: "c") { id: ID! n: Int other: Other }
      interface I @context(name: "c") { id: ID! n: Int } interface Other { id: ID! u: U }
      type A implements I & Other @key(fields: "id") { id: ID! n: Int u: U } ${U('{ n }')}`),
    ).toEqual(NOT_SERVED);
  });
});

test('an engine that sends none is told of every field that takes one', () => {
  const sdl = `type Query { t: T } type T @key(fields: "id") @context(name: "c") { id: ID! n: Int u: U } ${U('{ n }')}`;
  expect(() => refuseContext(composed(department(sdl)))).toThrow(/CONTEXT_NOT_SERVED.*U\.copy/);
  expect(() => refuseContext(composed(department('type Query { a: Int }')))).not.toThrow();
});
