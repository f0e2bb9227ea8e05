import { expect, test } from '@jest/globals';
import { documentProblems } from './documents.ts';

const problemsOf = (body: string) => documentProblems(`"Một. / One."\ntype T @tag(name: "x") { ${body} }`);

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
  const guarded = '"Một. / One."\ntype G @authenticated { "Một. / One." a: Int }';
  expect(documentProblems(`${guarded}\n"Một. / One."\ntype T { "Một. / One." g: [G!]! }`)).toEqual([]);
});

test('enum values and input fields are described too', () => {
  expect(documentProblems('"Một. / One."\nenum E { A }\n"Một. / One."\ninput I { a: Int }')).toEqual([
    'E.A has no description in Vietnamese and English',
    'I.a has no description in Vietnamese and English',
  ]);
});
