import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isObjectType } from 'graphql';

import { apiSchemaOf, effectiveRule, readRules } from './rules/index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const supergraph = read('../supergraph.graphql');
const rules = readRules(supergraph);
const schema = apiSchemaOf(supergraph);

/** The rows of the table in docs/authorization.md: coordinates → what the lawyer reads. */
const rows = read('../../docs/authorization.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, data = '', scope = '', purpose = '']) => ({ coordinates: coordinatesOf(data), scope, purpose }));

/** «`Citizen`: `id`, `name`» and «`Query.parcel`, `Citizen.holdings`» alike. */
function coordinatesOf(data: string): string[] {
  const words = [...data.matchAll(/`([\w.]+)`/g)].map(([, word = '']) => word);
  const [type = '', ...fields] = words;
  return type.includes('.') ? words : fields.map((field) => `${type}.${field}`);
}

const ruleOf = (coordinate: string) => {
  const [type = '', field = ''] = coordinate.split('.');
  return effectiveRule(rules, schema, type, field);
};

const words = (cell: string) => [...cell.matchAll(/[a-z]+:[a-z]+:[a-z]+(?::bulk)?/g)].map(([word]) => word).sort();

describe('the table in docs/authorization.md', () => {
  test.each(rows.flatMap(({ coordinates, scope, purpose }) => coordinates.map((each) => [each, scope, purpose])))(
    '%s takes %s and purpose %s',
    (coordinate = '', scope = '', purpose = '') => {
      const { scopes, policies } = ruleOf(coordinate);
      if (coordinate === 'Query.citizen') {
        expect(scopes.every((alternative) => alternative.length === 1 && /:read$/.test(alternative[0] ?? ''))).toBe(
          true,
        );
      } else {
        const alternatives = scope.split(' or ').map(words);
        expect(scopes.map((alternative) => [...alternative].sort()).sort()).toEqual(
          alternatives.filter((names) => names.length > 0).sort(),
        );
      }
      const named = policies.map(([policy = '']) => policy.slice('purpose:'.length));
      expect(['any', 'none'].includes(purpose) ? [] : purpose.split(' or ').sort()).toEqual([...named].sort());
    },
  );

  test('leaves out no root field and no field of a citizen', () => {
    const told = new Set(rows.flatMap(({ coordinates }) => coordinates));
    const expected = ['Query', 'Mutation', 'Citizen'].flatMap((name) => {
      const type = schema.getType(name);
      return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${name}.${field}`) : [];
    });
    expect(expected.filter((coordinate) => !told.has(coordinate))).toEqual([]);
  });
});
