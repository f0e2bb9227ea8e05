import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { logged, run } from '../kit/process.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

/** Names that every object inherits; a schema may use them for its own, but for those that begin with `__`. */
const INHERITED = ['constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];
const NAMES = ['__proto__', '__defineGetter__', ...INHERITED];

const watch = new URL('../kit/prototype-watch.mjs', import.meta.url).href;

let federation: SmallFederation;
beforeAll(async () => {
  federation = await startSmallFederation({
    departments: {
      first: {
        sdl: `${LINK}
          scalar JSON
          input Filter { constructor: String  toString: String  inner: Filter }
          type Query {
            thing: Thing
            echo(value: JSON, filter: Filter): JSON
            ${INHERITED.map((name) => `${name}: String`).join(' ')}
          }
          type Thing @key(fields: "id") { id: ID!  name: String  any: JSON  list: [Thing] }`,
        root: {
          thing: () => thing,
          echo: ({ value = null, filter = null }) => ({ value, filter }),
          ...Object.fromEntries(INHERITED.map((name) => [name, () => `<${name}>`])),
        },
        entities: { Thing: () => thing },
      },
      second: {
        sdl: `${LINK}
          type Thing @key(fields: "id") { id: ID!  extra: String  ${INHERITED.map((name) => `${name}: String`).join(' ')} }`,
        entities: {
          Thing: () => ({ extra: 'EXTRA', ...Object.fromEntries(INHERITED.map((name) => [name, () => `{${name}}`])) }),
        },
      },
    },
    env: { NODE_OPTIONS: `--import ${watch}` },
  });
});
afterAll(() => federation?.close());

const thing = {
  __typename: 'Thing',
  id: '1',
  name: 'NAME',
  any: null,
  list: [{ __typename: 'Thing', id: '2', name: 'SECOND' }],
};
const json = { 'content-type': 'application/json' };
const HONEST = '{ thing { name extra } }';
const honest = { data: { thing: { name: 'NAME', extra: 'EXTRA' } } };

/** Twice, and what others get afterwards is what they got before. */
const post = async (body: string): Promise<string> => {
  const cold = await federation.post(body, json);
  const hot = await federation.post(body, json);
  expect([hot.status, hot.text]).toEqual([cold.status, cold.text]);
  expect((await federation.ask({ query: HONEST })).body).toEqual(honest);
  return cold.text.trim();
};
const query = (text: string, variables?: string) =>
  post(`{"query":${JSON.stringify(text)}${variables === undefined ? '' : `,"variables":${variables}`}}`);

describe('GHSA-pfjj-6f4p-rvmh: what clients write', () => {
  test.each(NAMES)('%s as an alias, of leaves, objects, lists and across departments', async (name) => {
    expect(await query(`{ ${name}: thing { ${name}: extra name list { ${name}: name } } }`)).toBe(
      `{"data":{"${name}":{"${name}":"EXTRA","name":"NAME","list":[{"${name}":"SECOND"}]}}}`,
    );
    expect(await query(`{ thing { ${name}: list { ${name}: name x: id } extra } }`)).toBe(
      `{"data":{"thing":{"${name}":[{"${name}":"SECOND","x":"2"}],"extra":"EXTRA"}}}`,
    );
  });

  test.each(NAMES)('%s as a variable, an operation, a fragment and an unknown member', async (name) => {
    expect(await query(`query ($${name}: JSON) { echo(value: $${name}) }`, `{"${name}":{"a":1}}`)).toBe(
      '{"data":{"echo":{"value":{"a":1},"filter":null}}}',
    );
    const named = `query ${name} { thing { ...${name} } } fragment ${name} on Thing { name extra }`;
    const body = `{"query":${JSON.stringify(named)},"operationName":"${name}","${name}":{"polluted":1}}`;
    expect(await post(body)).toBe('{"data":{"thing":{"name":"NAME","extra":"EXTRA"}}}');
  });

  test.each(NAMES)('%s inside the value of a variable and of a literal', async (name) => {
    const value = `{"${name}":{"polluted":"yes","${name}":{"polluted":"yes"}},"plain":1}`;
    const told = await query('query ($v: JSON) { echo(value: $v) }', `{"v":${value}}`);
    expect(told).not.toContain('errors');
    await query(`{ echo(value: {${name}: {polluted: "yes"}}) }`);
    await query('query ($f: Filter) { echo(filter: $f) }', `{"f":{"${name}":"x","inner":{"${name}":"y"}}}`);
    await query(`{ echo(filter: {${name}: "x"}) }`);
  });

  test('variables, extensions and a body that are nothing but a prototype', async () => {
    await query('query ($v: JSON) { echo(value: $v) }', '{"__proto__":{"v":"inherited"}}');
    expect(await query('query ($v: JSON!) { echo(value: $v) }', '{"__proto__":{"v":"inherited"}}')).toContain(
      'BAD_USER_INPUT',
    );
    await post('{"__proto__":{"query":"{ thing { name } }"}}');
    await post(`{"query":"${HONEST}","extensions":{"__proto__":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}`);
  });
});

describe('GHSA-pfjj-6f4p-rvmh: what departments have', () => {
  test.each(INHERITED)('a field that is called %s is a field', async (name) => {
    expect(await query(`{ ${name} thing { ${name} a: ${name} name } }`)).toBe(
      `{"data":{"${name}":"<${name}>","thing":{"${name}":"{${name}}","a":"{${name}}","name":"NAME"}}}`,
    );
    expect(await query(`{ ${name}: __typename x: ${name} }`)).toBe(`{"data":{"${name}":"Query","x":"<${name}>"}}`);
  });
});

describe('GHSA-pfjj-6f4p-rvmh: what departments answer', () => {
  const pollution = '"__proto__":{"polluted":"yes","name":"WRONG"},"constructor":{"prototype":{"polluted":"yes"}}';

  test.each([
    ['beside data', `{"data":{"thing":{"__typename":"Thing","id":"1","name":"NAME"}},${pollution}}`],
    ['in data', `{"data":{"thing":{"__typename":"Thing","id":"1","name":"NAME"},${pollution}}}`],
    ['in an object', `{"data":{"thing":{"__typename":"Thing","id":"1","name":"NAME",${pollution}}}}`],
    [
      'before the members that count',
      `{"data":{${pollution},"thing":{${pollution},"__typename":"Thing","id":"1","name":"NAME"}}}`,
    ],
  ])('%s: it goes no further', async (_what, answer) => {
    federation.divert('first', answer);
    try {
      expect((await federation.ask({ query: HONEST })).body).toEqual(honest);
    } finally {
      federation.divert('first', undefined);
    }
    expect((await federation.ask({ query: HONEST })).body).toEqual(honest);
  });

  test('in an entity, in a list, in an error and in place of everything', async () => {
    const entity = `{"data":{"_entities":[{"extra":"EXTRA",${pollution}}],${pollution}}}`;
    federation.divert('second', entity);
    expect((await federation.ask({ query: HONEST })).body).toEqual(honest);
    const error = `{"data":{"_entities":[null]},"errors":[{"message":"x","path":["_entities",0,"__proto__"],"extensions":{${pollution}},${pollution}}]}`;
    for (const answer of [error, `{${pollution}}`, `{"data":{"__proto__":{"_entities":[{"extra":"WRONG"}]}}}`]) {
      federation.divert('second', answer);
      const { body, text } = await federation.ask({ query: HONEST });
      expect(body.data).toEqual({ thing: { name: 'NAME', extra: null } });
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['DEPARTMENT_ERROR']);
      expect(text).not.toMatch(/polluted|WRONG|__proto__/);
    }
    federation.divert('second', undefined);
    federation.divert('first', `{"data":{"thing":{"__typename":"Thing","id":"1","list":[{"name":"a",${pollution}}]}}}`);
    expect((await federation.ask({ query: '{ thing { list { name } } }' })).body).toEqual({
      data: { thing: { list: [{ name: 'a' }] } },
    });
    federation.divert('first', undefined);
  });

  test('a custom scalar may hold any JSON, and it stays data', async () => {
    const value = `{"a":1,"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}`;
    federation.divert('first', `{"data":{"thing":{"any":${value}}}}`);
    const { status, body } = await federation.ask({ query: '{ thing { any } }' });
    federation.divert('first', undefined);
    expect([status, body.errors]).toEqual([200, undefined]);
    expect((await federation.ask({ query: HONEST })).body).toEqual(honest);
  });
});

test.each([
  ['({}).__proto__.isAdmin = true', 'Object.prototype.isAdmin'],
  ['Array.prototype.at = () => []', 'Array.prototype.at'],
  ['Object.assign({}, JSON.parse(`{"__proto__":{"x":1}}`))', 'unchanged'],
])('the watch sees %s', async (script, seen) => {
  expect((await run(['--import', watch, '-e', script])).stderr).toBe(`prototypes: ${seen}\n`);
});

/** Last: after everything that this file has sent. */
test('the prototypes of the gateway’s process are what they were when it began', async () => {
  await federation.gateway.stop();
  await logged(federation.gateway, 'prototypes: ');
  expect(federation.gateway.log()).toContain('prototypes: unchanged');
  expect(federation.gateway.log()).not.toContain('polluted');
});
