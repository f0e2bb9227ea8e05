import { expect, test } from '@jest/globals';
import { example } from '../test-department/department.ts';
import { departmentSchema } from './schema.ts';

test.each([
  ['example: resolvers for Flie, which schema.graphql does not define', { Flie: { code: () => '' } }],
  ['example: a resolver for File.titel, which schema.graphql does not define', { File: { titel: () => '' } }],
])('a misspelt resolver stops the start: %s', (message, resolvers) => {
  expect(() => departmentSchema({ ...example, resolvers })).toThrow(message);
});
