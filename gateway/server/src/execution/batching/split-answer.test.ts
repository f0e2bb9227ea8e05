import { describe, expect, test } from '@jest/globals';

import { splitAnswer } from './split-answer.ts';
import type { Slots } from './united-call.ts';

const ONE = new Map([['_entities', 3]]);

const split = (
  body: string | Buffer,
  sharers: readonly Slots[],
  expected: ReadonlyMap<string, number> = ONE,
  status = 200,
) => {
  const divided = splitAnswer({ status, parts: [Buffer.from(body)] }, expected, sharers);
  return divided?.parts.map(({ parts, size }) => {
    const bytes = Buffer.concat(parts);
    expect(size).toBe(bytes.length);
    return JSON.parse(bytes.toString());
  });
};

const answer = (errors?: readonly unknown[]) =>
  JSON.stringify({ data: { _entities: [{ n: 'a' }, null, { n: 'c' }] }, ...(errors ? { errors } : {}) });

test('each gets his own entities in his own order', () => {
  expect(split(answer(), [[[2, 0]], [[1, 2]], [[0, 1, 2]], [[2, 2]]])).toEqual([
    { data: { _entities: [{ n: 'c' }, { n: 'a' }] } },
    { data: { _entities: [null, { n: 'c' }] } },
    { data: { _entities: [{ n: 'a' }, null, { n: 'c' }] } },
    { data: { _entities: [{ n: 'c' }, { n: 'c' }] } },
  ]);
});

test('entities are passed on byte by byte', () => {
  const entities = ['{"n":1.50,"big":12345678901234567890, "s":"\\u0041]}\\""}', '{"n":1E3}', ' null '];
  const body = Buffer.from(` {"extensions":{"a":[1]},"data":{ "_entities" :[${entities.join(' ,')}]}}\n`);
  const divided = splitAnswer({ status: 200, parts: [body.subarray(0, 40), body.subarray(40)] }, ONE, [
    [[2]],
    [[0, 1]],
  ]);
  const texts = divided?.parts.map(({ parts }) => Buffer.concat(parts).toString());
  expect(texts).toEqual([
    '{"data":{"_entities":[null]}}',
    `{"data":{"_entities":[${entities.slice(0, 2).join(' ,')}]}}`,
  ]);
});

describe('errors', () => {
  const told = (path?: unknown) => [
    { message: 'no', extensions: { code: 'X' }, ...(path === undefined ? {} : { path }) },
  ];
  const sharers: Slots[] = [[[2, 0]], [[0, 1]], [[1, 1]]];
  const paths = (path?: unknown) =>
    split(answer(told(path)), sharers)?.map(({ errors }) => errors?.map((error: { path?: unknown }) => error.path));

  test.each<[string, unknown, unknown]>([
    [
      'at an entity, of whoever asked for it, at his position',
      ['_entities', 0, 'n'],
      [[['_entities', 1, 'n']], [['_entities', 0, 'n']], undefined],
    ],
    [
      'at one asked for twice, at both',
      ['_entities', 1],
      [
        undefined,
        [['_entities', 1]],
        [
          ['_entities', 0],
          ['_entities', 1],
        ],
      ],
    ],
    ['without a path, of all', undefined, [[undefined], [undefined], [undefined]]],
    ['at the list, of all', ['_entities'], Array(3).fill([['_entities']])],
    [
      'at a position that nobody asked for, of all, at none of theirs',
      ['_entities', 3, 'n'],
      Array(3).fill([['_entities']]),
    ],
    ['at no position', ['_entities', -1], Array(3).fill([['_entities']])],
    ['at half of one', ['_entities', 0.5], Array(3).fill([['_entities']])],
    ['at a position in words', ['_entities', '0'], Array(3).fill([['_entities', '0']])],
    ['elsewhere', ['other', 0], Array(3).fill([['other', 0]])],
    ['at what is no path', 'x', ['x', 'x', 'x'].map((path) => [path])],
  ])('%s', (_where, path, expected) => {
    expect(paths(path)).toEqual(expected);
  });

  test('keep the rest of what they say', () => {
    const [first] = split(answer(told(['_entities', 2])), sharers) ?? [];
    expect(first.errors).toEqual([{ message: 'no', extensions: { code: 'X' }, path: ['_entities', 0] }]);
  });

  test('that are no objects concern all', () => {
    expect(split(answer(['x', null]), sharers)?.map(({ errors }) => errors)).toEqual(Array(3).fill(['x', null]));
  });

  test('in hundreds: of each as many as are told, and where they are too many to be divided nothing is', () => {
    const many = (count: number) => answer(Array.from({ length: count }, () => told(['_entities', 0])[0]));
    expect(split(many(300), sharers)?.map(({ errors }) => errors?.length)).toEqual([100, 100, undefined]);
    expect(split(many(301), sharers)).toBeUndefined();
  });
});

test('lists of several names belong to their own names, in whatever order they come', () => {
  const body = '{"errors":[{"path":["b",0]},{"path":["a",0]}],"data":{"b":[{"b":1}],"a":[{"a":0},{"a":1}]}}';
  const expected = new Map([
    ['a', 2],
    ['b', 1],
  ]);
  expect(
    split(
      body,
      [
        [[1], [0]],
        [[0, 1], []],
      ],
      expected,
    ),
  ).toEqual([
    { data: { a: [{ a: 1 }], b: [{ b: 1 }] }, errors: [{ path: ['b', 0] }] },
    { data: { a: [{ a: 0 }, { a: 1 }], b: [] }, errors: [{ path: ['a', 0] }] },
  ]);
});

describe('nothing is divided', () => {
  const list = '[{"n":1},{"n":2},{"n":3}]';
  test.each([
    ['a list that is too short', '{"data":{"_entities":[{},{}]}}'],
    ['a list that is too long', '{"data":{"_entities":[{},{},{},{}]}}'],
    ['no list', '{"data":{"_entities":{"0":{},"1":{},"2":{}}}}'],
    ['no data', '{"data":null,"errors":[{"message":"no"}]}'],
    ['no member of that name', `{"data":{"entities":${list}}}`],
    ['another member besides', `{"data":{"_entities":${list},"other":1}}`],
    ['data twice', `{"data":{"_entities":${list}},"data":{"_entities":${list}}}`],
    ['data twice in other letters', `{"data":{"_entities":${list}},"d\\u0061ta":{"_entities":${list}}}`],
    ['errors twice', `{"data":{"_entities":${list}},"errors":[],"errors":[]}`],
    ['the list twice', `{"data":{"_entities":${list},"_entities":${list}}}`],
    ['something behind it', `{"data":{"_entities":${list}}}{}`],
    ['half of it', `{"data":{"_entities":${list.slice(0, -2)}`],
    ['a string without end', '{"data":{"_entities":[{},{},{"n":"}]}}'],
    ['no comma', '{"data":{"_entities":[{}{},{}]}}'],
    ['a comma too many', '{"data":{"_entities":[{},{},]}}'],
    ['errors that are no list', `{"data":{"_entities":${list}},"errors":{}}`],
    ['an error that cannot be read', `{"data":{"_entities":${list}},"errors":[{"message":}]}`],
    ['a list of answers', `[{"data":{"_entities":${list}}}]`],
    ['no JSON', '<html></html>'],
    ['nothing', ''],
  ])('%s', (_what, body) => {
    expect(split(body, [[[0]], [[1, 2]]])).toBeUndefined();
  });

  test('of another status, or without UTF-8', () => {
    expect(split(answer(), [[[0]]], ONE, 500)).toBeUndefined();
    expect(split(Buffer.from(answer().replace('"a"', '"\xff"'), 'latin1'), [[[2]]])).toBeUndefined();
  });
});

/** A generator of whole numbers below a bound, the same each time. */
const randomOf = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

test('2,000 random answers: each part is what the department would have answered alone', () => {
  const random = randomOf(11);
  const texts = ['', '"', '\\', ']', '}', '[{', ',', '\\"', 'ữ', '\u2028', '😀', '__proto__'];
  const value = (depth: number): unknown => {
    const kind = random(depth > 3 ? 4 : 6);
    if (kind === 0) return null;
    if (kind === 1) return random(1_000) - 500.5;
    if (kind === 2) return random(2) === 0;
    if (kind === 3) return Array.from({ length: random(4) }, () => texts[random(texts.length)]).join('');
    const items = Array.from({ length: random(4) }, () => value(depth + 1));
    return kind === 4
      ? items
      : // No key ends in a backslash: after one, JSON.parse of Node 24 takes `"k\\""` for it (nodejs/node#63785).
        Object.fromEntries(items.map((item, n) => [`${n}${texts[random(texts.length)]}.`, item]));
  };
  for (let round = 0; round < 2_000; round += 1) {
    const aliases = ['_entities', 'b', 'c'].slice(0, 1 + random(3));
    const data = Object.fromEntries(
      aliases.map((alias) => [alias, Array.from({ length: 1 + random(6) }, () => value(0))]),
    );
    const lengthOf = (alias: string) => data[alias]?.length ?? 0;
    const errors = Array.from({ length: random(4) }, () => {
      const alias = aliases[random(aliases.length)] ?? '';
      return { message: texts[random(texts.length)], path: [alias, random(lengthOf(alias)), 'x', random(9)] };
    });
    const sharers = Array.from({ length: 1 + random(4) }, () =>
      aliases.map((alias) => Array.from({ length: 1 + random(6) }, () => random(lengthOf(alias)))),
    );
    // Everything was asked for by somebody.
    sharers.push(aliases.map((alias) => [...(data[alias] ?? []).keys()]));
    const body = JSON.stringify({ data, errors }, null, random(3));
    const expected = sharers.map((slots) => ({
      data: Object.fromEntries(aliases.map((alias, list) => [alias, slots[list]?.map((slot) => data[alias]?.[slot])])),
      errors: errors.flatMap(({ message, path: [alias = '', at, ...rest] }) =>
        (slots[aliases.indexOf(String(alias))] ?? []).flatMap((slot, own) =>
          slot === at ? [{ message, path: [alias, own, ...rest] }] : [],
        ),
      ),
    }));
    const got = split(body, sharers, new Map(aliases.map((alias) => [alias, lengthOf(alias)])));
    expect(got?.map((part) => ({ errors: [], ...part }))).toEqual(expected);
  }
});
