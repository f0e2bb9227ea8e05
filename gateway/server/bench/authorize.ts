/**
 * What the judgement of an operation costs: seen first, seen again by callers who hold the same, and a bomb that is
 * refused. CPU of this process per judgement, median of rounds.
 *
 *   npm run bench -w @lienthong/server
 */
import { readFileSync } from 'node:fs';
import { apiSchemaOf, readRules } from '@lienthong/schema/rules';
import { getOperationAST, parse } from 'graphql';

import { DocumentGate } from '../src/limits/gate.ts';
import { prepareOperation } from '../src/operation/prepare.ts';
import { authorize } from '../src/policy/authorize.ts';
import { Decisions } from '../src/policy/decisions.ts';
import { Guards } from '../src/policy/guards.ts';
import type { Principal } from '../src/policy/principal.ts';

const supergraph = readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8');
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

/** Microseconds of CPU per call, median over rounds. */
const measure = (rounds: number, calls: number, act: () => unknown): number => {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) act();
    const { user, system } = process.cpuUsage(before);
    figures.push((user + system) / calls);
  }
  return figures.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
};

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

const rows: [string, number, string][] = [
  [
    `authorize ${count(operation.selections)} fields, first seen`,
    measure(21, 500, () => authorize({ ...question, principal: known })),
    '≤ 50',
  ],
  [
    'the same again, same principal',
    measure(21, 20_000, () => decisions.decide({ ...question, principal: known })),
    '≤ 2',
  ],
  [
    'the same again, another principal with equal scopes',
    measure(1, 20_000, () => decisions.decide({ ...question, principal: fresh[next++] ?? known })),
    '',
  ],
  [
    `a document of ${Math.round(bomb.length / 1024)} KiB, 20 000 tokens, refused`,
    measure(21, 20, () => gate.check(bomb)),
    '≤ 50 000',
  ],
];
process.stdout.write(`${'µs of CPU'.padStart(10)}   goal\n`);
for (const [name, figure, goal] of rows)
  process.stdout.write(`${figure.toFixed(2).padStart(10)}   ${goal.padEnd(9)} ${name}\n`);
