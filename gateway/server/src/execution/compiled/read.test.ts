import { describe, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLSchema, Kind, parse } from 'graphql';

import { Arena } from './arena.ts';
import { type Cell, Items, Layout, type Row } from './layout.ts';
import { Place } from './places.ts';
import { AnswerReader, Unusual } from './read.ts';
import { Word } from './word.ts';

const schema = buildSchema(`
  scalar Any
  enum Level { LOW HIGH }
  interface Thing { id: ID! note: String }
  type Book implements Thing { id: ID! note: String pages: Int! }
  type Film implements Thing { id: ID! note: String minutes: Float }
  type Query {
    text: String must: String! count: Int price: Float done: Boolean key: ID level: Level any: Any
    texts: [String!] grid: [[Int]]! thing: Thing things: [Thing!] book: Book
  }
`);

const placeOf = (query: string, layout: Layout, of: GraphQLSchema = schema): Place => {
  const [operation] = parse(query, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation');
  const place = new Place(of, layout, [operation.selectionSet]);
  const root = of.getQueryType();
  if (root) place.prepare(root);
  return place;
};

/** What stands in the arena behind the end of a body: what would complete one that is cut off. */
const STALE = Buffer.from('"}]}}]}}"0123456789.5e1null,true]}}}"}}');

const arenaWith = (body: Uint8Array): { readonly arena: Arena; readonly begin: number } => {
  const arena = new Arena();
  const before = Buffer.from('{"data":{"text":"another answer"}}');
  arena.append([before, body, STALE], before.length + body.length + STALE.length);
  arena.length = before.length + body.length;
  return { arena, begin: before.length };
};

const told = (cell: Cell, end: Cell, layout: Layout, bytes: Buffer): unknown => {
  if (typeof cell === 'number') return JSON.parse(bytes.toString('utf8', cell, end as number));
  if (cell instanceof Items) return cell.items.map((item) => told(item, 0, layout, bytes));
  return Array.isArray(cell) ? members(cell, layout, bytes) : cell;
};

const members = (row: Row, layout: Layout, bytes: Buffer): Record<string, unknown> =>
  Object.fromEntries(
    [...layout.slots()].flatMap(([name, slot]) => {
      const { at } = slot;
      return row[at] === undefined ? [] : [[name, told(row[at], row[at + 1], slot.inner(), bytes)]];
    }),
  );

/** What was read, or undefined where the answer has to be looked at closely. */
const read = (query: string, body: string | Uint8Array): unknown => {
  const { arena, begin } = arenaWith(typeof body === 'string' ? Buffer.from(body) : body);
  const layout = new Layout();
  const place = placeOf(query, layout);
  try {
    const reader = new AnswerReader(arena, begin);
    return members(
      reader.answer(() => reader.object(place, 'Query')),
      layout,
      arena.bytes,
    );
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
};

const data = (json: string): string => `{"data":${json}}`;

describe('an answer as it was asked for is read', () => {
  test.each([
    ['{ text }', '{"text":"Trần Thị Bưởi \\u0111 \\"\\\\\\/\\b\\f\\n\\r\\t"}'],
    ['{ text }', '{"text":"\\ud83d\\ude00 😀 \\ud800"}'],
    ['{ text count }', '{"count":-0,"text":null}'],
    ['{ text count }', ' { "text" : "" ,\n\r\t"count" : 12 } '],
    ['{ price }', '{"price":-1.5E+3}'],
    ['{ done level key }', '{"done":true,"level":"HIGH","key":7}'],
    ['{ texts grid }', '{"texts":["a","b"],"grid":[[1,null],[],null]}'],
    ['{ any }', '{"any":{"a":[1.5,{"b":null}],"c":"đ"}}'],
    ['{ any }', '{"any":{"__proto__":{"x":1}}}'],
    ['{ thing { __typename id ... on Book { pages } } }', '{"thing":{"__typename":"Book","id":"1","pages":3}}'],
    ['{ thing { __typename id ... on Book { pages } } }', '{"thing":{"__typename":"Film","id":"1"}}'],
    ['{ things { id } book { id } }', '{"things":[{"id":"1"},{"id":"2"}],"book":null}'],
  ])('%s %s', (query, json) => {
    const withoutTypes = JSON.stringify(JSON.parse(json), (key, value) => (key === '__typename' ? undefined : value));
    expect(JSON.stringify(read(query, data(json)))).toBe(ordered(query, withoutTypes));
  });

  test('extensions may stand beside, whatever they hold', () => {
    expect(read('{ text }', '{"extensions":{"a":[{}]},"data":{"text":"x"},"extensions":1}\n')).toEqual({ text: 'x' });
  });
});

/** Members in the order of the question, as rows have them. */
const ordered = (query: string, json: string): string => {
  const value = JSON.parse(json) as Record<string, unknown>;
  const names = [...query.matchAll(/\w+/g)].map(([name]) => name);
  return JSON.stringify(
    Object.fromEntries(Object.entries(value).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b))),
  );
};

describe('whatever is otherwise is looked at closely', () => {
  test.each([
    ['null where none may be', '{ must }', data('{"must":null}')],
    ['null among items that cannot be', '{ texts }', data('{"texts":["a",null]}')],
    ['a list that is null and must not be', '{ grid }', data('{"grid":null}')],
    ['a member missing', '{ text count }', data('{"text":"a"}')],
    ['all members missing', '{ text }', data('{}')],
    ['a member twice', '{ text count }', data('{"text":"a","text":"b","count":1}')],
    ['a member that was not asked for', '{ text }', data('{"text":"a","count":1}')],
    ['a member called __proto__', '{ text }', data('{"text":"a","__proto__":1}')],
    ['a name that goes on', '{ text }', data('{"texts":"a"}')],
    ['a name with an escape', '{ text }', data('{"te\\u0078t":"a"}')],
    ['text for a number', '{ count }', data('{"count":"1"}')],
    ['a fraction for a whole number', '{ count }', data('{"count":1.5}')],
    ['a whole number of another spelling', '{ count }', data('{"count":1e3}')],
    ['a number with a leading zero', '{ count }', data('{"count":01}')],
    ['a bare minus', '{ count }', data('{"count":-}')],
    ['a number beyond every double', '{ price }', data('{"price":1e999}')],
    ['a number that begins with a point', '{ price }', data('{"price":.5}')],
    ['NaN', '{ price }', data('{"price":NaN}')],
    ['a number for text', '{ text }', data('{"text":1}')],
    ['an object for text', '{ text }', data('{"text":{}}')],
    ['text for an object', '{ book { id } }', data('{"book":"1"}')],
    ['a list for an object', '{ book { id } }', data('{"book":[{"id":"1"}]}')],
    ['an object for a list', '{ things { id } }', data('{"things":{"id":"1"}}')],
    ['a value no enum has', '{ level }', data('{"level":"LOUD"}')],
    ['half a word', '{ done }', data('{"done":tru}')],
    ['a type that cannot stand here', '{ thing { __typename id } }', data('{"thing":{"__typename":"Query","id":"1"}}')],
    [
      'a type that does not exist',
      '{ thing { __typename id } }',
      data('{"thing":{"__typename":"__proto__","id":"1"}}'),
    ],
    ['another type than an object has', '{ book { __typename id } }', data('{"book":{"__typename":"Film","id":"1"}}')],
    ['a type that is not told', '{ thing { __typename id } }', data('{"thing":{"id":"1"}}')],
    ['an unknown escape', '{ text }', data('{"text":"\\x"}')],
    ['half an escape', '{ text }', data('{"text":"\\u12"}')],
    ['an escape of no digits', '{ text }', data('{"text":"\\u12G4"}')],
    ['a raw control character', '{ text }', data('{"text":"a\u0001b"}')],
    ['a raw line end', '{ text }', data('{"text":"a\nb"}')],
    ['single quotes', '{ text }', data("{'text':'a'}")],
    ['a comma too many', '{ text }', data('{"text":"a",}')],
    ['no comma', '{ text count }', data('{"text":"a" "count":1}')],
    ['a comment', '{ text }', data('{"text":"a"/**/}')],
    ['bytes behind the end', '{ text }', `${data('{"text":"a"}')}{}`],
    ['data twice', '{ text }', '{"data":{"text":"a"},"data":{"text":"b"}}'],
    ['errors', '{ text }', '{"data":{"text":"a"},"errors":[]}'],
    ['no data', '{ text }', '{}'],
    ['null data', '{ text }', data('null')],
    ['nothing', '{ text }', ''],
    ['a byte order mark', '{ text }', `\ufeff${data('{"text":"a"}')}`],
    ['a nesting without end', '{ any }', data(`{"any":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)],
  ])('%s', (_name, query, body) => {
    expect(read(query, body)).toBeUndefined();
  });

  test.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['half a character', [0xe1, 0xba]],
  ])('UTF-8 that is none: %s', (_name, bytes) => {
    const [before, after] = [Buffer.from('{"data":{"text":"'), Buffer.from('"}}')];
    expect(read('{ text }', Buffer.concat([before, Buffer.from(bytes), after]))).toBeUndefined();
  });
});

test('nothing behind the end of a body is ever read: no answer that is cut off is taken', () => {
  const query = '{ text price any texts things { __typename id ... on Film { minutes } } count }';
  const body = Buffer.from(
    data(
      '{"text":"\\u0041đ","price":1.5,"any":{"a":[true]},"texts":["x"],"things":[{"__typename":"Film","id":"1","minutes":2}],"count":12}',
    ),
  );
  expect(read(query, body)).toBeDefined();
  for (let length = 0; length < body.length; length += 1) expect(read(query, body.subarray(0, length))).toBeUndefined();
});

test('many members: more than fit into one mask', () => {
  const names = Array.from({ length: 70 }, (_, index) => `m${index}`);
  const wide = buildSchema(`type Query { ${names.map((name) => `${name}: Int`).join(' ')} }`);
  const attempt = (json: string): number | undefined => {
    const { arena, begin } = arenaWith(Buffer.from(data(json)));
    const place = placeOf(`{ ${names.join(' ')} }`, new Layout(), wide);
    try {
      const reader = new AnswerReader(arena, begin);
      return reader.answer(() => reader.object(place, 'Query')).length;
    } catch (error) {
      if (error instanceof Unusual) return undefined;
      throw error;
    }
  };
  const pairs = names.map((name, index) => `"${name}":${index}`);
  expect(attempt(`{${pairs.join(',')}}`)).toBe(141);
  expect(attempt(`{${[...pairs].reverse().join(',')}}`)).toBe(141);
  expect(attempt(`{${pairs.slice(1).join(',')}}`)).toBeUndefined();
  expect(attempt(`{${[...pairs, '"m3":1'].join(',')}}`)).toBeUndefined();
  expect(attempt('{}')).toBeUndefined();
});

/** Small, and the same in every run. */
const random = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

test('a body with bytes changed at random is read only where it is JSON, and as what JSON.parse reads', () => {
  const query = '{ text count price any texts thing { __typename id ... on Book { pages } } }';
  const body = data(
    '{"text":"a\\u0111\\n","count":10,"price":-1.5e2,"any":{"k":[null,true]},"texts":["x","y"],"thing":{"__typename":"Book","id":"1","pages":3}}',
  );
  const pick = random(7);
  const letters = '{}[]":,\\u0123456789.eE-+ntrfalse \u0000\n\u0111';
  let accepted = 0;
  for (let round = 0; round < 5_000; round += 1) {
    let text = body;
    for (let changes = 1 + pick(3); changes > 0; changes -= 1) {
      const at = pick(text.length);
      text = `${text.slice(0, at)}${pick(2) === 0 ? letters[pick(letters.length)] : ''}${text.slice(at + pick(2))}`;
    }
    const result = read(query, text);
    if (result === undefined) continue;
    accepted += 1;
    const parsed = JSON.parse(text) as { data: { thing: { __typename?: string } | null } };
    delete parsed.data.thing?.__typename;
    expect(result).toEqual(parsed.data);
  }
  expect(accepted).toBeGreaterThan(150);
});

describe('entities', () => {
  const layout = new Layout();
  const [operation] = parse('{ ... on Book { note } ... on Film { note } }', { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation');
  const place = new Place(schema, layout, [operation.selectionSet]);
  const lists = [
    { quoted: new Word('"_entities_1"'), place, types: ['Book', 'Film'] },
    { quoted: new Word('"_entities_10"'), place, types: ['Book'] },
  ];
  const entities = (json: string): unknown => {
    const { arena, begin } = arenaWith(Buffer.from(data(json)));
    try {
      const reader = new AnswerReader(arena, begin);
      const rows = reader.answer(() => reader.entities(lists));
      return rows.map((list) => list.map((row) => row && members(row, layout, arena.bytes).note));
    } catch (error) {
      if (error instanceof Unusual) return undefined;
      throw error;
    }
  };

  test.each([
    ['{"_entities_1":[{"note":"a"},null],"_entities_10":[{"note":"c"}]}', [['a', null], ['c']]],
    ['{"_entities_10":[{"note":"c"}],"_entities_1":[null,{"note":"b"}]}', [[null, 'b'], ['c']]],
    ['{"_entities_1":[{"note":"a"}],"_entities_10":[{"note":"c"}]}', undefined],
    ['{"_entities_1":[{"note":"a"},null,null],"_entities_10":[{"note":"c"}]}', undefined],
    ['{"_entities_1":[{"note":"a"},null]}', undefined],
    ['{"_entities_1":[null,null],"_entities_1":[null,null],"_entities_10":[null]}', undefined],
    ['{"_entities_1":null,"_entities_10":[null]}', undefined],
    ['{}', undefined],
  ])('%s', (json, expected) => {
    expect(entities(json)).toEqual(expected);
  });
});

test('strings are read alike wherever what ends, escapes or spoils them stands', () => {
  for (let length = 0; length < 12; length += 1) {
    for (let before = 0; before < 4; before += 1) {
      const space = ' '.repeat(before);
      for (let at = 0; at <= length; at += 1) {
        for (let byte = 0; byte < 256; byte += 1) {
          const text = Buffer.alloc(length, '~');
          if (at < length) text[at] = byte;
          const body = Buffer.concat([Buffer.from(`{"data":{"text":${space}"`), text, Buffer.from('"}}')]);
          let expected: unknown;
          try {
            expected = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)).data;
          } catch {
            expected = undefined;
          }
          if (JSON.stringify(read('{ text }', body)) !== JSON.stringify(expected)) {
            throw new Error(`length ${length}, ${before} before, ${byte} at ${at}`);
          }
          if (at === length) break;
        }
      }
    }
  }
});

test('a string that is cut off ends nowhere, whatever stood behind it before', () => {
  const whole = Buffer.from('{"data":{"text":"Nguyễn Thị \\u0110ào \\"chị\\""}}');
  for (let length = 0; length < whole.length; length += 1) {
    expect(read('{ text }', whole.subarray(0, length))).toBeUndefined();
  }
});
