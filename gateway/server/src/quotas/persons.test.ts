import { expect, test } from '@jest/globals';
import { buildSchema, parse, print } from 'graphql';

import { permittedDocument } from '../execution/document.ts';
import { PrivateNames } from '../execution/private-names.ts';
import { Subjects } from '../ledger/subjects.ts';
import { prepareOperation } from '../operation/prepare.ts';
import { authorize } from '../policy/authorize.ts';
import { noGuards } from '../policy/guards.ts';
import { anonymous } from '../policy/principal.ts';
import { knowsCitizens, personsOf } from './persons.ts';

const schema = buildSchema(`
  scalar PersonalNumber
  interface Party { name: String }
  type Citizen implements Party { id: ID, name: String, family: [Citizen!] }
  type Company implements Party { name: String, owner: Citizen }
  input Match { personalNumber: PersonalNumber!, name: String }
  type Query {
    citizen(personalNumber: PersonalNumber, id: ID): Citizen
    match(input: Match!): Boolean
    parties(first: Int): [Party]
    time: String
  }
`);

/** Runs an operation up to what departments are asked, and counts whom the given answer is about. */
const persons = (query: string, data: unknown, given: Record<string, unknown> = {}) => {
  const document = parse(query);
  const [definition] = document.definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
  const operation = prepareOperation(schema, document, definition);
  const variables = new Map(Object.entries(given));
  const { asked } = authorize({ operation, variables, principal: anonymous, policies: new Set(), guards: noGuards });
  const names = new PrivateNames('lt_');
  const parts = { declared: { types: new Map(), fields: new Map() }, supergraphSchema: schema, schema };
  const subjects = new Subjects({ ...parts, guards: noGuards, privatePrefix: 'lt_' });
  const permitted = permittedDocument(operation, asked, variables, names, subjects);
  return {
    text: permitted ? print(permitted.document).replaceAll(/\s+/g, ' ') : '',
    counted: [...personsOf({ operation, asked, variables, names }, data)],
  };
};

test('each Citizen is asked for its id under a name that no alias can take', () => {
  const { text } = persons('{ parties { id: name ... on Company { owner { lt_s_id: name } } } }', {});
  expect(text).toContain('owner { lt_1: name lt_s_id: id }');
  expect(text).toContain('... on Citizen { lt_s_id: id }');
  expect(knowsCitizens(schema)).toBe(true);
});

test('whom a number names is one person, found or not; the family counts besides', () => {
  const found = persons(
    'query ($n: PersonalNumber) { a: citizen(personalNumber: $n) { name family { name } } }',
    { lt_0: { lt_s_id: 'k1.a', name: 'A', family: [{ lt_s_id: 'k1.b', name: 'B' }] } },
    { n: '051' },
  );
  expect(found.counted).toEqual(['number 051', 'id k1.b']);
  const missed = persons('{ citizen(personalNumber: "051") { name } }', { lt_0: null });
  expect(missed.counted).toEqual(['number 051']);
});

test('who is named twice is one person, by whatever aliases', () => {
  const twice = persons('{ a: citizen(personalNumber: "051") { name } b: citizen(personalNumber: "051") { name } }', {
    lt_0: { lt_s_id: 'k1.a', name: 'A' },
    lt_1: { lt_s_id: 'k1.a', name: 'A' },
  });
  expect(twice.counted).toEqual(['number 051']);
});

test('a lookup by anything else counts whom it found, and a miss as well', () => {
  const found = { lt_0: { lt_s_id: 'k1.a', name: 'A' } };
  expect(persons('{ citizen(id: "k1.a") { name } }', found).counted).toEqual(['id k1.a']);
  expect(persons('{ citizen(id: "k1.z") { name } }', { lt_0: null }).counted).toHaveLength(1);
  expect(persons('{ time }', { time: 'x' }).counted).toEqual([]);
});

test('numbers inside inputs count, by literal or by variable; a question that only answers yes or no asks too', () => {
  expect(persons('{ match(input: { personalNumber: "051", name: "x" }) }', { lt_0: false }).counted).toEqual([
    'number 051',
  ]);
  const query = 'query ($input: Match!) { match(input: $input) }';
  expect(persons(query, { lt_0: true }, { input: { personalNumber: '052' } }).counted).toEqual(['number 052']);
});

test('skipped fields ask about nobody', () => {
  expect(persons('{ time match(input: { personalNumber: "051" }) @skip(if: true) }', {}).counted).toEqual([]);
});
