import { describe, expect, test } from '@jest/globals';

import type { Table } from './model.ts';
import { readTables } from './read.ts';

/** The numbered rules of the authorization contract, and its sections that are not numbered further. */
const RULES = [
  ...Array.from({ length: 10 }, (_, n) => `1.${n + 1}`),
  ...Array.from({ length: 9 }, (_, n) => `2.${n + 1}`),
  'modes',
  '3',
  '4',
  '5',
];

const tables = readTables();
const cases = tables.flatMap((table) => table.cases);
const compositions = tables.flatMap((table) => table.compositions);

describe('every rule', () => {
  test.each(RULES)('%s has cases that permit and cases that deny', (rule) => {
    const of = cases
      .filter(({ rules }) => rules.includes(rule))
      .map(({ expect: { kind, denials } }) => {
        return kind === 'answered' && denials.length === 0;
      });
    const composed = compositions.filter(({ rules }) => rules.includes(rule)).map(({ errors }) => errors.length === 0);
    expect([...of, ...composed].sort()).toEqual(expect.arrayContaining([true, false]));
  });

  test('has one table, named after it', () => {
    expect(tables.map(({ rule }) => rule).sort()).toEqual([...RULES].sort());
    for (const { file, rule } of tables) expect(file.startsWith(rule)).toBe(true);
  });

  test('that a case names exists', () => {
    const named = [...cases, ...compositions].flatMap(({ rules }) => rules);
    expect(named.filter((rule) => !RULES.includes(rule))).toEqual([]);
  });
});

test('the tables hold 150 cases and more', () => {
  const line = ({ rule, title, cases: own, compositions: composed }: Table) =>
    `${rule.padStart(5)} ${String(own.length).padStart(4)} ${String(composed.length).padStart(4)}  ${title}`;
  const sum = `${' sum'.padStart(5)} ${String(cases.length).padStart(4)} ${String(compositions.length).padStart(4)}`;
  process.stderr.write(`${[' rule cases composed', ...tables.map(line), sum].join('\n')}\n`);
  expect(cases.length).toBeGreaterThanOrEqual(150);
});
