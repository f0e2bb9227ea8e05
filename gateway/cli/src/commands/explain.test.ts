import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type ExplainOptions, explain } from './explain.ts';

const supergraph = fileURLToPath(new URL('../../../../schema/supergraph.graphql', import.meta.url));

let folder: string;
let config: string;
let printed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'explain-'));
  config = join(folder, 'gateway.yaml');
  writeFileSync(
    config,
    // Port 9 is discard: nothing listens there, neither an issuer nor a department.
    `environment: development
supergraph: { file: ${supergraph} }
authentication: { issuers: [{ issuer: "http://127.0.0.1:9", jwks: { url: "http://127.0.0.1:9/jwks" } }] }
authorization: { unguarded: refuse }
internalToken: { keyFile: ./gateway-key.pem }
audit: false
`,
  );
});

beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterAll(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (options: Omit<ExplainOptions, 'config'>): Promise<string> => {
  await explain({ config, ...options }, 'en');
  return printed;
};

test('--json prints the explanation as data, alone on stdout', async () => {
  const explanation = JSON.parse(
    await run({
      json: true,
      operation: 'B',
      query: 'query A { __typename } query B($c: ID!) { commune(code: $c) { name } }',
      variables: '{"c": "21289"}',
    }),
  );
  expect(explanation).toMatchObject({
    operation: 'query',
    caller: { kind: 'anonymous' },
    outcome: { answer: 'whole', codes: [] },
    names: { lt_0: 'commune', $v0: '$c' },
  });
  expect(explanation.departments).toHaveLength(1);
});

test('the query may come from a file; a person gets a report', async () => {
  const file = join(folder, 'query.graphql');
  writeFileSync(file, '{ citizen(personalNumber: "051085000001") { fullName } }');
  const text = await run({ query: `@${file}` });
  expect(text).toContain('Answer             denied fields are null (UNAUTHORIZED_FIELD_OR_TYPE)');
  expect(text).toMatch(/Citizen\.fullName +citizen\.fullName +✗ +citizens:basic:read +citizens:basic:read\n/);
  expect(text).not.toContain('051085000001');
});

describe('what the person at the keyboard can put right', () => {
  const unsigned = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"iss":"http://127.0.0.1:9"}').toString('base64url')}.AAAA`;
  test.each<[string, Omit<ExplainOptions, 'config'>, string, RegExp]>([
    ['a file that is not there', { query: '@/nowhere.graphql' }, 'QUERY_UNREADABLE', /\/nowhere\.graphql/],
    ['variables that are no JSON', { query: '{ __typename }', variables: '{' }, 'INVALID_VARIABLES', /JSON object/],
    ['variables that are a list', { query: '{ __typename }', variables: '[]' }, 'INVALID_VARIABLES', /JSON object/],
    ['a syntax error', { query: '{ a' }, 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['a token that is none', { query: '{ __typename }', token: 'x' }, 'UNAUTHENTICATED', /token/],
    [
      'an issuer that is down',
      { query: '{ __typename }', token: unsigned },
      'ISSUER_UNAVAILABLE',
      /http:\/\/127\.0\.0\.1:9\/jwks.*Start the issuer/,
    ],
  ])('%s', async (_, options, code, message) => {
    await expect(run(options)).rejects.toMatchObject({ code, messages: { en: expect.stringMatching(message) } });
    expect(printed).toBe('');
  });
});
