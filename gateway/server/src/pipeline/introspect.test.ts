import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';

import { anonymous, type Principal } from '../policy/principal.ts';
import { type InProcessGateway, inProcess } from '../testing/in-process.ts';

let gateway: InProcessGateway;

beforeAll(async () => {
  gateway = await inProcess({
    supergraph: readFileSync(new URL('../../../../schema/supergraph.graphql', import.meta.url), 'utf8'),
    unguarded: 'refuse',
    departments:
      ({ name }) =>
      async () => {
        throw new Error(`${name} was asked`);
      },
    onLog: () => {},
  });
});

afterAll(() => gateway.close());

const caller = (...scopes: string[]): Principal => ({
  kind: 'authenticated',
  issuer: 'https://issuer.example',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 0,
  scopes: new Set(scopes),
  claims: {},
});

const ask = async (query: string, principal: Principal, variables: Record<string, unknown> = {}) => {
  const document = parse(query);
  expect(validate(gateway.schema, document)).toEqual([]);
  const answer = await gateway.ask({ document, operationName: null, variables, principal });
  expect(answer.errors).toBeUndefined();
  // Out of objects without prototype, as it would travel.
  return JSON.parse(JSON.stringify(answer.data));
};

const citizenFields = async (principal: Principal): Promise<string[]> => {
  const data: IntrospectionQuery = await ask(getIntrospectionQuery(), principal);
  const type = buildClientSchema(data).getType('Citizen');
  return type && 'getFields' in type ? Object.keys(type.getFields()).sort() : [];
};

test('introspection answers with what the caller may see, in development too', async () => {
  expect(await citizenFields(anonymous)).toEqual([]);
  expect(await citizenFields(caller('citizens:basic:read', 'health:clinical:read'))).toEqual(
    expect.arrayContaining(['allergies', 'birthDate', 'diagnoses', 'fullName', 'id']),
  );
  expect(await citizenFields(caller('citizens:basic:read'))).not.toContain('diagnoses');
});

test('a type that the caller may not see is no type', async () => {
  const query = 'query ($name: String!) { __type(name: $name) { name } }';
  expect(await ask(query, caller('citizens:basic:read'), { name: 'Diagnosis' })).toEqual({ __type: null });
  const clinical = caller('citizens:basic:read', 'health:clinical:read');
  expect(await ask(query, clinical, { name: 'Diagnosis' })).toEqual({ __type: { name: 'Diagnosis' } });
});

test('variables of fields beside it may be of types that the view does not hold', async () => {
  const query = `query ($number: PersonalNumber!, $no: Boolean!) {
    __type(name: "Query") { name }  citizen(personalNumber: $number) @include(if: $no) { id } }`;
  const variables = { number: '051085000001', no: false };
  expect(await ask(query, anonymous, variables)).toEqual({ __type: { name: 'Query' } });
});
