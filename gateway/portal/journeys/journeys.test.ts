import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { journeys } from './index.ts';

const apiFile = new URL('../../../schema/api.graphql', import.meta.url);
const api = existsSync(apiFile) ? buildSchema(readFileSync(apiFile, 'utf8')) : undefined;

test('there are nine, each with its own file, and no file is left over', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.graphql'));
  expect(journeys).toHaveLength(9);
  expect(journeys.map(({ id }) => `${id}.graphql`).sort()).toEqual(files.sort());
});

test('the composed schema is there to check them against', () => {
  expect(api).toBeDefined();
});

describe.each(journeys.map((journey) => [journey.id, journey] as const))('%s', (_id, journey) => {
  test('is one named query that uses exactly its variables', () => {
    const [operation, ...others] = parse(journey.query).definitions;
    expect(others).toEqual([]);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('not an operation');
    expect(operation.name?.value).toMatch(/^[A-Z]\w+$/);
    const declared = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
    expect(declared).toEqual(expect.arrayContaining(Object.keys(journey.variables)));
  });

  test('is valid against the schema that callers see', () => {
    if (api !== undefined) expect(validate(api, parse(journey.query)).map(({ message }) => message)).toEqual([]);
  });
});
