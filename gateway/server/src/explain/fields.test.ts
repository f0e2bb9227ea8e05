import { expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';

import { prepareOperation } from '../operation/prepare.ts';
import { authorize } from '../policy/authorize.ts';
import { Guards, noGuards } from '../policy/guards.ts';
import type { Authenticated } from '../policy/principal.ts';
import { readRules } from '../testing/miniature.ts';
import { explainFields } from './fields.ts';

const schema = buildSchema(`
  type Query { me: Citizen  citizen: Citizen }
  type Citizen { name: String  mother: Citizen }
`);
const guards = new Guards(
  readRules({ rules: { 'Citizen.name': ['people:self:read', 'people:read'], 'Citizen.mother': ['people:self:read'] } }),
  schema,
  'allow',
);

const explained = (query: string, who: Partial<Authenticated>) => {
  const document = parse(query);
  const ast = getOperationAST(document);
  if (!ast) throw new Error('no operation');
  const operation = prepareOperation(schema, document, ast);
  const principal: Authenticated = {
    kind: 'authenticated',
    issuer: 'i',
    subject: 's',
    clientId: 'c',
    jti: 'j',
    expiresAt: 0,
    scopes: new Set(['people:self:read', 'people:read']),
    claims: {},
    ...who,
  };
  const question = { operation, variables: new Map(), principal, policies: new Set<string>(), guards };
  const introspection = noGuards.field(schema.getQueryType() as never, '__schema');
  return explainFields({ ...question, decision: authorize(question), introspection }).map(
    ({ path, permitted, missing, notHere }) => [path, permitted, missing?.scopes, notHere],
  );
};

test('a self scope that is held, but not here, is said to be', () => {
  expect(explained('{ me { name mother { name } } }', { citizen: 'k1' })).toEqual([
    ['me', true, undefined, undefined],
    ['me.name', true, undefined, undefined],
    ['me.mother', false, [['people:self:read']], ['people:self:read']],
    ['me.mother.name', false, [['people:self:read'], ['people:read']], ['people:self:read', 'people:read']],
  ]);
});

test('so is one that nobody but a citizen may use', () => {
  expect(explained('{ me { name mother { name } } }', {})).toEqual([
    ['me', true, undefined, undefined],
    ['me.name', true, undefined, undefined],
    ['me.mother', false, [['people:self:read']], ['people:self:read']],
    // Its own rule is met; what is above it is denied.
    ['me.mother.name', false, undefined, undefined],
  ]);
});
