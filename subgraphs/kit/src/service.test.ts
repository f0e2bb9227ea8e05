import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { example } from '../test-department/department.ts';
import { ask, post } from './testing/ask.ts';
import { type TestSubgraph, testSubgraph } from './testing/subgraph.ts';

jest.setTimeout(60_000);

const logged: string[] = [];
const sink = new Writable({
  write(chunk, _encoding, done) {
    logged.push(String(chunk));
    done();
  },
});

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await testSubgraph(example, { citizens: 200, logger: pino({ level: 'info' }, sink) });
});
afterAll(() => subgraph.close());
beforeEach(() => {
  logged.length = 0;
});

const born = (type: string) => `query ($value: ${type}) { born(number: $value) }`;
const NUMBER = '05108500001';

describe('a value that does not fit', () => {
  test('in a variable: its argument, in both languages, without the value', async () => {
    const { status, body } = await ask(subgraph, { query: born('PersonalNumber!'), variables: { value: NUMBER } });
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [
        {
          message: 'A personal number has exactly 12 digits; 11 arrived. Check it against the identity card.',
          extensions: {
            code: 'BAD_USER_INPUT',
            reason: 'personal_number_length',
            messages: { vi: expect.stringContaining('nhận được 11'), en: expect.stringContaining('11 arrived') },
            argument: 'value',
          },
        },
      ],
    });
  });

  test('in a literal: the same', async () => {
    const { body } = await ask(subgraph, { query: `{ born(number: "${NUMBER}") }`, language: 'vi' });
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.message).toContain('nhận được 11');
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'personal_number_length' });
  });

  test.each([
    ['a string for an Int', 'query ($v: Int) { born(number: "051085000001", limit: $v) }', { v: NUMBER }],
    ['a literal string for an Int', `{ born(number: "051085000001", limit: "${NUMBER}") }`, {}],
    ['a misplaced object', 'query ($v: Int) { born(number: "051085000001", limit: $v) }', { v: { x: NUMBER } }],
    ['a date that does not exist', `{ born(number: "051085000001", on: "${NUMBER}") }`, {}],
    ['a number where no value may stand', `{ born(number: "051085000001") ${NUMBER} }`, {}],
  ])('is never repeated: %s', async (_title, query, variables) => {
    const { status, body } = await ask(subgraph, { query, variables });
    expect(status).toBe(400);
    expect(body.errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain(NUMBER);
    expect(logged.join('')).not.toContain(NUMBER);
  });
});

describe('an error', () => {
  test('that nobody expected is told to the log alone, under the request’s id', async () => {
    const query = 'mutation { rename(code: "F000001", title: "forbidden") { code } }';
    const { status, body } = await ask(subgraph, { query });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { rename: null },
      errors: [{ message: 'internal error', path: ['rename'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const line: unknown = JSON.parse(logged.find((text) => text.includes('unexpected error')) ?? '{}');
    expect(line).toMatchObject({
      requestId: expect.any(String),
      client: 'test-client',
      path: ['rename'],
      error: { code: '23514', constraint: 'files_title_check', stack: expect.stringContaining('department.ts') },
    });
  });

  test.each([
    ['vi', 'Không có hồ sơ này.'],
    ['en', 'There is no such file.'],
  ] as const)(
    'of the department is told in the caller’s language (%s), with both at hand',
    async (language, message) => {
      const query = 'mutation { rename(code: "nobody", title: "x") { code } }';
      const { body } = await ask(subgraph, { query, language });
      const messages = { vi: 'Không có hồ sơ này.', en: 'There is no such file.' };
      const extensions = { code: 'NOT_FOUND', reason: 'file_unknown', messages, argument: 'code' };
      expect(body.errors).toEqual([{ message, path: ['rename'], extensions }]);
      expect(logged.join('')).not.toContain('unexpected error');
    },
  );

  test('about the query names the schema', async () => {
    const { status, body } = await ask(subgraph, { query: '{ nothing }' });
    expect(status).toBe(400);
    expect(body.errors?.[0]).toEqual({
      message: expect.stringContaining('Cannot query field "nothing"'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });
});

describe('the caller of a resolver', () => {
  test('is the one the token names', async () => {
    const { body } = await ask(subgraph, {
      query: '{ caller }',
      scopes: ['citizens:basic:read', 'land:parcel:read'],
      clientId: 'mot-cua',
      purpose: 'TTHC',
      legalBasis: '278',
      org: 'H48.53',
      caseId: 'H48.53-251001-0001',
      citizen: 'k1.x',
    });
    expect(JSON.parse(String(body.data?.caller))).toEqual({
      issuer: 'https://issuer.test',
      subject: 'mot-cua',
      clientId: 'mot-cua',
      org: 'H48.53',
      purpose: 'TTHC',
      legalBasis: '278',
      caseId: 'H48.53-251001-0001',
      citizen: 'k1.x',
      scopes: ['citizens:basic:read', 'land:parcel:read'],
      requestId: 'string',
    });
  });

  test('has no scopes if the claim is anything but a string', async () => {
    const body = JSON.stringify({ query: '{ caller }' });
    for (const scope of [['a'], { a: true }, 1, null, true]) {
      const token = await subgraph.gateway.token('example', body, {}, { claims: { scope } });
      const answer = await post(subgraph.url, body, `Bearer ${token}`);
      expect(JSON.parse(String(answer.body.data?.caller))).toMatchObject({ scopes: [] });
    }
  });
});

interface FilesPage {
  readonly edges: readonly { readonly node: { readonly code: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

test('a list is walked page by page, each row once', async () => {
  const query = `query ($after: String) {
    files(commune: "21025", first: 2, after: $after) { edges { node { code } } pageInfo { hasNextPage endCursor } }
  }`;
  const seen: unknown[] = [];
  let after: unknown = null;
  for (let turn = 0; turn < 10; turn += 1) {
    const { body } = await ask(subgraph, { query, variables: { after } });
    expect(body.errors).toBeUndefined();
    const files = body.data?.files as FilesPage;
    const { edges, pageInfo } = files;
    seen.push(...edges.map(({ node }) => node.code));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  expect(seen).toEqual(['F000000', 'F000096', 'F000192']);
});

test('the statement count notices a list that is read one by one', async () => {
  const cost = async (field: string) => {
    subgraph.statements.length = 0;
    await ask(subgraph, { query: `{ files(commune: "21025") { edges { node { ${field} } } } }` });
    return subgraph.statements.length;
  };
  expect(await cost('notes')).toBe(2);
  expect(await cost('notesOneByOne')).toBe(4);
});

describe('what is no question', () => {
  const send = async (init: RequestInit, path = '/graphql') => {
    const response = await fetch(new URL(path, subgraph.url), init);
    return { status: response.status, body: await response.text() };
  };
  const signed = async (body: string, type = 'application/json') => ({
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${await subgraph.gateway.token('example', body)}` },
    body,
  });

  test.each(['{', '', '"text"', '[]', 'null', '[{"query":"{ caller }"},{"query":"{ caller }"}]', '{"query": 1}'])(
    'signed but senseless: %s',
    async (body) => {
      expect((await send(await signed(body))).status).toBe(400);
      expect((await ask(subgraph, { query: '{ caller }' })).status).toBe(200);
    },
  );

  test('over 1 MiB', async () => {
    expect((await send(await signed(JSON.stringify({ query: ' '.repeat(1024 * 1024) })))).status).toBe(413);
  });

  test('5 MiB without a token', async () => {
    const headers = { 'content-type': 'application/json' };
    // The department may hang up before all of it is sent; then there is no answer to read.
    const body = ' '.repeat(5 * 1024 * 1024);
    const answer = await send({ method: 'POST', headers, body }).catch(() => ({ status: 'cut off' }));
    expect(['cut off', 401]).toContain(answer.status);
    expect((await ask(subgraph, { query: '{ caller }' })).status).toBe(200);
  });

  test('of another media type', async () => {
    expect((await send(await signed('{"query":"{ caller }"}', 'text/plain'))).status).toBe(415);
  });

  test('by GET, or elsewhere', async () => {
    expect((await send({}, '/graphql?query={caller}')).status).toBe(404);
    expect((await send({}, '/')).status).toBe(404);
  });

  test('introspection', async () => {
    const { status, body } = await ask(subgraph, { query: '{ __schema { types { name } } }' });
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });
});
