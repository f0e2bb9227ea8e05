/**
 * What the judgement of an operation costs: seen first, seen again by callers who hold the same, and a bomb that is
 * refused. Microseconds of processor time for one judgement.
 *
 *   npm run bench -w test -- authorize
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { apiSchemaOf, readRules } from '@lienthong/schema/rules';
import { Decisions, DocumentGate, FILTER, Guards, type Principal, prepareOperation } from '@lienthong/server/testing';
import { getOperationAST, parse } from 'graphql';

import { repository } from '../kit/process.ts';
import { microseconds, printFigures, progress } from './figures.ts';

const supergraph = readFileSync(join(repository, 'schema/supergraph.graphql'), 'utf8');
const schema = apiSchemaOf(supergraph);
const rules = readRules(supergraph);
const guards = new Guards(rules, schema, 'refuse');

/** 100 fields over all departments, some denied. */
const hundred = (): string => {
  const person = 'id fullName birthDate sex alive maritalStatus ethnicity insurance { number level validFrom validTo }';
  const rest = 'allergies { substance severity } enrolments { grade from to school { code name } } holdings { share }';
  return `{ ${Array.from({ length: 4 }, (_, n) => `p${n}: citizen(personalNumber: "051085000001") { ${person} ${rest} }`).join(' ')} }`;
};

const prepare = (text: string) => {
  const document = parse(text);
  const ast = getOperationAST(document);
  if (!ast) throw new Error('no operation');
  return prepareOperation(schema, document, ast);
};

const caller = (): Principal => ({
  kind: 'authenticated',
  issuer: 'i',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 0,
  scopes: new Set(['citizens:basic:read', 'citizens:family:read', 'health:insurance:read', 'land:parcel:read']),
  claims: {},
});

const operation = prepare(hundred());
const question = { operation, variables: new Map(), policies: new Set<string>(), guards };
const count = (selections: typeof operation.selections): number =>
  selections.reduce((sum, { selections: inner }) => sum + 1 + count(inner), 0);

const known = caller();
const decisions = new Decisions(rules);
decisions.decide({ ...question, principal: known });
const fresh = Array.from({ length: 20_000 }, caller);
let next = 0;
const bomb = `{ ${'a: __typename '.repeat(20_000 / 3)} }`;
const gate = new DocumentGate({ tokens: 4_000, depth: 20, aliases: 60, rootFields: 60 });

progress('authorize');
printFigures('µs of CPU', [
  {
    name: `authorize ${count(operation.selections)} fields, first seen`,
    value: microseconds(21, 500, () => FILTER.authorize({ ...question, principal: known })),
    goal: 50,
  },
  {
    name: 'the same again, same principal',
    value: microseconds(21, 20_000, () => decisions.decide({ ...question, principal: known })),
    goal: 2,
  },
  {
    name: 'the same again, another principal with equal scopes',
    value: microseconds(1, 20_000, () => decisions.decide({ ...question, principal: fresh[next++] ?? known })),
  },
  {
    name: `a document of ${Math.round(bomb.length / 1024)} KiB, 20,000 tokens, refused`,
    value: microseconds(21, 20, () => gate.check(bomb)),
    goal: 50_000,
  },
]);
