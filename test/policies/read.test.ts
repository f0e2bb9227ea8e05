import { describe, expect, test } from '@jest/globals';

import { readTable } from './read.ts';

const FEDERATION = `
rule: '1.3'
title: t
says: s
federations:
  f:
    departments: { citizens: 'type Query { a: String }' }
    data: { Query: { a: x } }
cases:
`;

/** A table of one case, with one line replaced; the case begins on line 10. */
const table = (change: (lines: string) => string = (lines) => lines) =>
  FEDERATION +
  change(`  - id: one
    shows: something
    token: anonymous
    operation: '{ a }'
    expect:
      data: { a: x }
      asked: [Query.a]
`);

const refusal = (text: string): string => {
  try {
    readTable(text, 'f.yaml');
    return 'not refused';
  } catch (error) {
    return String((error as Error).message).split(' / ')[1] ?? String(error);
  }
};

test('a table is read with what it does not say', () => {
  expect(readTable(table(), 'f.yaml').cases).toEqual([
    expect.objectContaining({
      id: 'one',
      rules: ['1.3'],
      token: { kind: 'anonymous' },
      decisionPoint: { kind: 'result', result: {} },
      variables: {},
      expect: {
        kind: 'answered',
        status: 200,
        data: { a: 'x' },
        asked: ['Query.a'],
        inputs: [],
        denials: [],
        never: [],
      },
    }),
  ]);
});

describe('a mistake in a table names file, line and key', () => {
  test.each<[string, (lines: string) => string, string]>([
    ['a key that nobody knows', (l) => l.replace('token:', 'tokn:'), 'f.yaml:12:5 cases[0].tokn: unknown key'],
    ['a key too few', (l) => l.replace(/ {4}shows.*\n/, ''), 'f.yaml:10:5 cases[0].shows: is missing'],
    [
      'nothing expected',
      (l) => l.replace(/ {4}expect:[\s\S]*/, '    expect: {}\n'),
      'f.yaml:14:13 cases[0].expect.data',
    ],
    ['no expectation', (l) => l.replace(/ {4}expect:[\s\S]*/, ''), 'f.yaml:10:5 cases[0].expect: is missing'],
    ['data alone', (l) => l.replace(/ {6}asked.*\n/, ''), 'f.yaml:15:7 cases[0].expect.asked: is missing'],
    [
      'a coordinate that is none',
      (l) => l.replace('[Query.a]', '[a]'),
      'f.yaml:16:14 cases[0].expect.asked: "a" is no',
    ],
    ['a status in words', (l) => `${l}      status: ok\n`, 'f.yaml:17:15 cases[0].expect.status: must be a whole'],
    ['a broken operation', (l) => l.replace("'{ a }'", "'{ a '"), 'f.yaml:13:16 cases[0].operation: not valid GraphQL'],
    [
      'an unknown mode',
      (l) => `${l}    mode: strict\n`,
      'f.yaml:17:11 cases[0].mode: must be filter | reject | report',
    ],
    ['an unknown federation', (l) => `${l}    federation: g\n`, 'f.yaml:17:17 cases[0].federation: must be one of f'],
    [
      'an unknown setting',
      (l) => `${l}    settings: { hide: true }\n`,
      'f.yaml:17:17 cases[0].settings.hide: unknown key',
    ],
    [
      'an unknown claim',
      (l) => l.replace('anonymous', '{ scope: a }'),
      'f.yaml:12:14 cases[0].token.scope: unknown key',
    ],
    [
      'scopes in a list',
      (l) => l.replace('anonymous', '{ scopes: [a] }'),
      'f.yaml:12:22 cases[0].token.scopes: must be',
    ],
    [
      'a requirement that nobody tells',
      (l) => `${l}      denials: [{ path: a, coordinate: Query.a, required: {} }]\n`,
      'f.yaml:17:59 cases[0].expect.denials[0].required: is told only with discloseRequirements',
    ],
    [
      'an answer and a refusal in one',
      (l) => `${l}      refused: LIMIT_COST\n`,
      'f.yaml:15:7 cases[0].expect.data: unknown key',
    ],
    ['an id twice', (l) => l + l, 'f.yaml:17:9 cases[1].id: "one" is in this file already'],
    ['an indentation', (l) => l.replace('    token', '   token'), 'f.yaml:12'],
  ])('%s', (_, change, message) => {
    expect(refusal(table(change))).toContain(message);
  });

  test('a file without cases', () => {
    expect(refusal(FEDERATION.replace('cases:\n', ''))).toContain('cases: needs at least one case');
  });
});
