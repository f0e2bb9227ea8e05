import { expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';

import type { ReceivedRequest } from '../context.ts';
import { Remembered } from '../remembered/remembered.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import { HotLane } from './hot-lane.ts';

const MEBIBYTE = 1_024 * 1_024;

const version = {} as SupergraphVersion;
const schemaOf = () => buildSchema('type Query { a: Int }');
const asked = (query: string, operationName?: string) => ({ query, operationName, variables: {} });

const rig = () => {
  const remembered = new Remembered(64 * MEBIBYTE);
  const lane = new HotLane(remembered);
  const learn = (query: string, schema: ReturnType<typeof schemaOf>) =>
    lane.learn(asked(query), {
      version,
      schema,
      document: parse(query),
      operationName: null,
    });
  return { lane, learn, remembered };
};

test('an operation is found under what it was validated against, and under its own name', () => {
  const { lane, learn } = rig();
  const [whole, view] = [schemaOf(), schemaOf()];
  learn('{ a }', whole);
  expect(lane.find(whole, asked('{ a }'))?.schema).toBe(whole);
  expect(lane.find(view, asked('{ a }'))).toBeUndefined();
  expect(lane.find(whole, asked('{ a }', 'A'))).toBeUndefined();
});

test.each([
  ['texts', (n: number) => `{ a } #${n}${'x'.repeat(250_000)}`],
  ['fields', (n: number) => `{ ${'a '.repeat(3_000)} } #${n}`],
])('what is remembered of long %s is bounded in memory, over all views together', (_what, text) => {
  const { lane, learn, remembered } = rig();
  const schemas = [schemaOf(), schemaOf()];
  const queries = Array.from({ length: 300 }, (_, n) => text(n));
  for (const query of queries) for (const schema of schemas) learn(query, schema);
  const found = queries.filter((query) => schemas.some((schema) => lane.find(schema, asked(query))));
  expect(found.length).toBeGreaterThan(2);
  expect(found.length).toBeLessThan(135);
  expect(remembered.weight).toBeLessThanOrEqual(64 * MEBIBYTE);
  expect(lane.find(schemas[0] as never, asked(text(299)))).toBeDefined();
});

test('what is repeated stays, whatever else comes and goes', () => {
  const { lane, learn } = rig();
  const schema = schemaOf();
  learn('{ a }', schema);
  for (let n = 0; n < 500; n += 1) {
    learn(`{ a } #${n}${'x'.repeat(250_000)}`, schema);
    expect(lane.find(schema, asked('{ a }'))).toBeDefined();
  }
});

test('a text that nobody honest sends drives nothing out', () => {
  const { lane, learn } = rig();
  const schema = schemaOf();
  learn('{ a }', schema);
  const heavy = `{ ${'a '.repeat(40_000)} }`;
  learn(heavy, schema);
  expect(lane.find(schema, asked(heavy))).toBeUndefined();
  expect(lane.find(schema, asked('{ a }'))).toBeDefined();
});

test('spellings of Accept in plenty do not keep the honest one out', () => {
  const { lane } = rig();
  const request = (accept: string) => ({ headers: { accept } }) as unknown as ReceivedRequest;
  for (let n = 0; n < 1_000; n += 1) lane.learnContentType(request(`application/json;q=0.${n}`), 'application/json');
  lane.learnContentType(request('application/json'), 'application/json; charset=utf-8');
  expect(lane.contentType(request('application/json'))).toBe('application/json; charset=utf-8');
  expect(lane.contentType(request('application/json;q=0.1'))).toBeUndefined();
});

test('a schema that is served no more takes its texts along', () => {
  const { lane, learn, remembered } = rig();
  const [old, served] = [schemaOf(), schemaOf()];
  learn('{ a }', old);
  learn('{ a }', served);
  lane.forget(old);
  expect(lane.find(old, asked('{ a }'))).toBeUndefined();
  expect(lane.find(served, asked('{ a }'))).toBeDefined();
  lane.forget(served);
  expect(remembered.weight).toBe(0);
});
