import { expect, test } from '@jest/globals';
import { documentProblems } from './documents.ts';

const LINK = 'extend schema @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])';

const problemsOf = (body: string, type = '@tag(name: "x") @dataSubject(none: "x")') =>
  documentProblems(`${LINK}\n"Một. / One."\ntype T ${type} { ${body} }`);

test.each([
  ['a field without a rule', '"Một. / One." a: Int', ['T.a has no rule and is not tagged public']],
  [
    'a field without a description',
    'a: Int @tag(name: "public")',
    ['T.a has no description in Vietnamese and English'],
  ],
  ['one language only', '"One thing." a: Int @authenticated', ['T.a has no description in Vietnamese and English']],
  [
    'the wrong language first',
    '"One. / Một." a: Int @authenticated',
    ['T.a has no description in Vietnamese and English'],
  ],
  ['another tag', '"Một. / One." a: Int @tag(name: "other")', ['T.a has no rule and is not tagged public']],
  [
    'an argument without a description',
    '"Một. / One." a(b: Int): Int @authenticated',
    ['T.a(b:) has no description in Vietnamese and English'],
  ],
  ['nothing wrong', '"Một. / One." a: Int @requiresScopes(scopes: [["x"]])', []],
  ['nothing wrong, in two lines', '"""Một.\nOne.""" a: Int @policy(policies: [["purpose:X"]])', []],
])('notices %s', (_title, body, problems) => {
  expect(problemsOf(body)).toEqual(problems);
});

test('a rule on the type, or on the type it returns, guards a field', () => {
  const guarded = '"Một. / One."\ntype G @authenticated @dataSubject(none: "x") { "Một. / One." a: Int }';
  const field = '"Một. / One." g: [G!]! @dataSubject(none: "x")';
  expect(documentProblems(`${LINK}\n${guarded}\n"Một. / One."\ntype T { ${field} }`)).toEqual([]);
  expect(documentProblems(`${LINK}\n${guarded.replace(/ @dataSubject\([^)]*\)/, '')}`)).toEqual([
    'G.a is guarded and does not say whose data it is: @dataSubject',
  ]);
});

test('a guarded field says whose data it is, itself or by its type; one that is open need not', () => {
  const guarded = '"Một. / One." a: Int @authenticated';
  expect(problemsOf(guarded, '')).toEqual(['T.a is guarded and does not say whose data it is: @dataSubject']);
  expect(problemsOf(`${guarded} @dataSubject(none: "counts")`, '')).toEqual([]);
  expect(problemsOf('"Một. / One." a: Int @tag(name: "public")', '')).toEqual([]);
  expect(() => problemsOf(`${guarded} @dataSubject(path: "b")`, '')).toThrow('DATA_SUBJECT_INVALID');
});

test('enum values and input fields are described too', () => {
  expect(documentProblems('"Một. / One."\nenum E { A }\n"Một. / One."\ninput I { a: Int }')).toEqual([
    'E.A has no description in Vietnamese and English',
    'I.a has no description in Vietnamese and English',
  ]);
});
