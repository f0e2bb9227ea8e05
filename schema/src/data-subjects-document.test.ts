import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

import { written } from './subjects/declaration.ts';
import { readDataSubjects } from './subjects/index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const [, table = ''] = read('../../docs/departments/data-subjects.md').split('## What ours declare');

test('the table in docs/departments/data-subjects.md says what the supergraph says, of every coordinate', () => {
  const told = table
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .map((line) => line.split('|').map(codeIn))
    .flatMap(([, , declared = [], coordinates = []]) => coordinates.map((each) => [each, declared] as const));
  const { types, fields } = readDataSubjects(read('../supergraph.graphql'));
  const declared = [...types, ...fields].map(
    ([coordinate, subjects]) =>
      [coordinate, subjects.map((each) => (each.kind === 'none' ? 'none' : written(each)))] as const,
  );
  expect(new Map(told)).toEqual(new Map(declared));
  expect(told).toHaveLength(declared.length);
});
