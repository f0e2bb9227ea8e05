import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ADMISSION_CODES } from './admission/refusal.ts';
import { loadCatalogue } from './catalogue/catalogue.ts';
import { compose } from './compose/compose.ts';
import { communeNames } from './shared.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const textOf = (name: string) => readFileSync(pathOf(name), 'utf8');
const composition = compose({ config: pathOf('departments.yaml') });

describe('the committed supergraph', () => {
  test('comes from departments that compose and are admitted', () => {
    expect(composition.ok ? [] : composition.errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  });

  test.each([
    ['supergraph.graphql', composition.ok ? composition.supergraph : ''],
    ['api.graphql', composition.ok ? composition.api : ''],
  ])('%s is not stale: if it is, run `npm run compose -w @lienthong/schema` and commit', (name, expected) => {
    expect(textOf(name)).toBe(expected);
  });

  test('lost no guard since it was committed', () => {
    const again = compose({ config: pathOf('departments.yaml'), previous: pathOf('supergraph.graphql') });
    expect(again.ok ? [] : again.errors).toEqual([]);
  });
});

describe('the catalogue and the departments', () => {
  const catalogue = loadCatalogue();
  const rules = composition.ok ? [...composition.rules.fields.values(), ...composition.rules.types.values()] : [];
  const used = {
    scopes: new Set(rules.flatMap(({ scopes }) => scopes.flat())),
    purposes: new Set(rules.flatMap(({ policies }) => policies.flat().map((name) => name.replace(/^purpose:/, '')))),
  };

  test.each(['scopes', 'purposes'] as const)('%s: every name used is in the catalogue', (kind) => {
    expect([...used[kind]].filter((name) => !catalogue[kind].has(name))).toEqual([]);
  });

  test.each(['scopes', 'purposes'] as const)('%s: every entry is used or says why it is reserved', (kind) => {
    const entries: [string, { reserved?: string }][] = [...catalogue[kind]];
    const wrong = entries.filter(([name, { reserved }]) => used[kind].has(name) === (reserved !== undefined));
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});

test('there are 96 communes, Sơn Hà among them', () => {
  expect(communeNames().size).toBe(96);
  expect(communeNames().get('21289')).toContain('Sơn Hà');
});

test('README.md lists every admission code and no other', () => {
  const listed = [...textOf('README.md').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code);
  expect(listed).toEqual([...ADMISSION_CODES]);
});
