import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { testDatabase } from '@lienthong/kit/testing';
import { RegistryStore } from '@lienthong/registry/store';
import type { JWTPayload } from 'jose';
import { request } from 'undici';

import type { HttpAnswer } from '../kit/http.ts';
import { logged } from '../kit/process.ts';
import { LINK, mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

const people = {
  sdl: `${LINK}
    type Query { me: Person }
    type Mutation { rename(to: String!): String }
    type Person {
      nick: String
      handle: String
      name: String @requiresScopes(scopes: [["citizens:basic:read"]])
      family: String @requiresScopes(scopes: [["citizens:family:read"]])
    }`,
  root: { me: () => ({ nick: 'NICK', handle: 'HANDLE', name: 'NAME', family: 'FAMILY' }), rename: () => 'RENAMED' },
};

const ISSUER = 'https://idp.example';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Registered texts, each by whom and for what. */
const MINE = '{ me { nick name } }';
const MY_WELFARE = '{ me { name family } }';
/** Its partner has no scope for all of it. */
const MY_FAMILY = '{ me { nick family } }';
const TWICE = 'query A { me { nick } } query B { me { name } } mutation C { rename(to: "x") }';
const THEIRS = '{ me { theirs: nick } }';
const FILED = '{ me { filed: nick } }';
const FILED_FOR_OTHER = '{ me { filedForOther: nick } }';
const SCHEMA = '{ __schema { queryType { name } } }';
const DEEP = `{ me { ${'a1: nick '.repeat(61)} } }`.replace(/a1/g, (_, at) => `a${at}`);
/** Registered by nobody. */
const LOOSE = '{ me { loose: nick } }';

const partner = (change: object = {}) => ({
  name: { vi: 'Đối tác', en: 'Partner' },
  org: 'H48.53',
  contact: { name: 'A', email: 'a@partner.example' },
  expires: 'never',
  authentication: { method: 'client_secret_basic', secret: 'demo-partner-khong-dung-that' },
  bound: 'none',
  purposes: [
    { purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', scopes: ['citizens:basic:read'] },
    { purpose: 'WELFARE', legalBasis: 'CONSENT', scopes: ['citizens:basic:read', 'citizens:family:read'] },
  ],
  persistedDocumentsOnly: true,
  ...change,
});
const tthc = (body: string) => ({ purpose: 'TTHC', body });

const partners = {
  bound: partner({
    documents: [tthc(MINE), { purpose: 'WELFARE', body: MY_WELFARE }, tthc(TWICE), tthc(DEEP), tthc(MY_FAMILY)],
  }),
  other: partner({ documents: [tthc(THEIRS)] }),
  hidden: partner({ hideDenied: true, documents: [tthc(MY_WELFARE), tthc(MINE)] }),
  free: partner({ persistedDocumentsOnly: false }),
};
let folder: string;
let documentsFile: string;
let federation: SmallFederation;
const tokens = new Map<string, string>();

const filed = [tthc(FILED), { ...tthc(FILED_FOR_OTHER), clients: ['other'] }, { purpose: 'none', body: SCHEMA }];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-documents-'));
  documentsFile = join(folder, 'documents.json');
  const registryFile = join(folder, 'partners.json');
  await writeFile(registryFile, JSON.stringify({ partners }));
  await writeFile(documentsFile, JSON.stringify(filed));
  federation = await startSmallFederation({
    departments: { people },
    config: `
registry: { file: "${registryFile}", issuers: ["${ISSUER}"] }
documents: { file: "${documentsFile}" }
authorization: { discloseRequirements: true }`,
  });
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  federation.calls.length = 0;
});

/** A token of a client for its purpose TTHC, unless told otherwise. */
const tokenOf = async (client: string, claims: JWTPayload = {}): Promise<string> => {
  const key = JSON.stringify([client, claims]);
  const known = tokens.get(key);
  if (known) return known;
  const token = await federation.token('citizens:basic:read citizens:family:read schema:introspect', {
    client_id: client,
    org: 'H48.53',
    purpose: 'TTHC',
    legal_basis: 'MANDATORY_SHARE',
    ...claims,
  });
  tokens.set(key, token);
  return token;
};
const WELFARE = { purpose: 'WELFARE', legal_basis: 'CONSENT' };

interface Sent {
  readonly client?: string;
  readonly claims?: JWTPayload;
  readonly token?: string;
  readonly accept?: string;
  readonly path?: string;
}

const headersOf = async ({ client, claims, token, accept }: Sent): Promise<Record<string, string>> => {
  const bearer = token ?? (client === undefined ? undefined : await tokenOf(client, claims));
  return {
    'content-type': 'application/json',
    'accept-language': 'en',
    ...(accept === undefined ? {} : { accept }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
};

const post = async (body: unknown, sent: Sent = {}): Promise<HttpAnswer> => {
  const headers = await headersOf(sent);
  if (sent.path === undefined) return federation.post(JSON.stringify(body), headers);
  return read(federation.url.replace('/graphql', sent.path), 'POST', headers, JSON.stringify(body));
};
const get = async (members: Readonly<Record<string, unknown>>, sent: Sent = {}): Promise<HttpAnswer> => {
  const params = new URLSearchParams(
    Object.entries(members).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  return read(`${federation.url}?${params}`, 'GET', await headersOf(sent));
};
const read = async (url: string, method: 'GET' | 'POST', headers: Record<string, string>, body?: string) => {
  const answer = await request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, body: JSON.parse(text) } as HttpAnswer;
};

const id = (text: string) => ({ documentId: `sha256:${hashOf(text)}` });
const automatic = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });

/** Status and code of a refusal; data where there is none. */
const essence = ({ status, body }: HttpAnswer): unknown =>
  body.errors?.[0] && !body.data ? [status, body.errors[0].extensions.code] : body.data;
const REQUIRED = [403, 'PERSISTED_DOCUMENT_REQUIRED'];
const OTHER_PURPOSE = [403, 'PERSISTED_DOCUMENT_PURPOSE'];
const NOT_FOUND = [200, 'PERSISTED_QUERY_NOT_FOUND'];
const mine = { me: { nick: 'NICK', name: 'NAME' } };

describe('a registered operation', () => {
  test.each<[string, (sent: Sent) => Promise<HttpAnswer>]>([
    ['its id', (sent) => post(id(MINE), sent)],
    ['its hash', (sent) => post(automatic(MINE), sent)],
    ['its text', (sent) => post({ query: MINE }, sent)],
    ['its text and hash', (sent) => post({ query: MINE, ...automatic(MINE), ...id(MINE) }, sent)],
    ['its id by GET', (sent) => get(id(MINE), sent)],
    ['its hash by GET', (sent) => get(automatic(MINE), sent)],
    ['its text by GET', (sent) => get({ query: MINE }, sent)],
  ])('runs by %s, cold and hot', async (_how, ask) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      expect(essence(await ask({ client: 'bound', accept }))).toEqual(mine);
    }
    expect(federation.calls).toHaveLength(2);
  });

  test('runs from the file as well, for whom and what it was registered', async () => {
    expect(essence(await post(id(FILED), { client: 'bound' }))).toEqual({ me: { filed: 'NICK' } });
    expect(essence(await post(id(FILED_FOR_OTHER), { client: 'other' }))).toEqual({ me: { filedForOther: 'NICK' } });
    expect(essence(await post(id(FILED), { client: 'free' }))).toEqual({ me: { filed: 'NICK' } });
  });

  test('opens nothing: fields without a scope are null, limits and introspection are as ever', async () => {
    const answer = await post(id(MY_FAMILY), { client: 'bound' });
    expect(answer.body).toMatchObject({
      data: { me: { nick: 'NICK', family: null } },
      errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: 'Person.family' } }],
    });
    expect(essence(await post(id(DEEP), { client: 'bound' }))).toEqual([400, 'LIMIT_ALIASES']);
  });

  test('may hold several, one of which is run', async () => {
    const ask = (operationName?: string) => post({ ...id(TWICE), operationName }, { client: 'bound' });
    expect(essence(await ask('A'))).toEqual({ me: { nick: 'NICK' } });
    expect(essence(await ask('B'))).toEqual({ me: { name: 'NAME' } });
    expect(essence(await ask('C'))).toEqual({ rename: 'RENAMED' });
    expect(essence(await ask('D'))).toEqual([200, 'OPERATION_RESOLUTION_FAILURE']);
    expect(essence(await ask())).toEqual([200, 'OPERATION_RESOLUTION_FAILURE']);
    expect(essence(await get({ ...id(TWICE), operationName: 'C' }, { client: 'bound' }))).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
    ]);
  });

  test('looks, where denied names are hidden, like any text that names what does not exist', async () => {
    expect(essence(await post(id(MINE), { client: 'hidden' }))).toEqual(mine);
    const answer = await post(id(MY_WELFARE), { client: 'hidden' });
    expect(essence(answer)).toEqual([200, 'GRAPHQL_VALIDATION_FAILED']);
    expect(answer.text).toContain('Cannot query field \\"family\\"');
  });

  test('is for one purpose', async () => {
    const welfare = { client: 'bound', claims: WELFARE };
    expect(essence(await post(id(MY_WELFARE), welfare))).toEqual({ me: { name: 'NAME', family: 'FAMILY' } });
    for (const form of [id(MINE), automatic(MINE), { query: MINE }, { query: MINE, ...automatic(MINE) }]) {
      expect(essence(await post(form, welfare))).toEqual(OTHER_PURPOSE);
      expect(essence(await get(form, welfare))).toEqual(OTHER_PURPOSE);
    }
    expect(essence(await post(id(MY_WELFARE), { client: 'bound' }))).toEqual(OTHER_PURPOSE);
  });

  test('is unknown, to the byte of the answer, where it is another client’s', async () => {
    const told = async (text: string, form: (text: string) => object) => {
      const { status, body } = await post(form(text), { client: 'bound' });
      return { status, body };
    };
    const text = (query: string) => ({ query });
    for (const form of [id, automatic, text]) {
      const unknown = await told(LOOSE, form);
      expect(unknown.status).toBe(403);
      for (const foreign of [THEIRS, FILED_FOR_OTHER]) expect(await told(foreign, form)).toEqual(unknown);
    }
    for (const form of [id, automatic]) {
      for (const foreign of [MINE, THEIRS, FILED_FOR_OTHER]) {
        expect(essence(await post(form(foreign), { client: 'free' }))).toEqual(NOT_FOUND);
      }
    }
  });
});

describe('a bound partner', () => {
  const bound = { client: 'bound' };

  test.each<[string, (accept: string) => Promise<HttpAnswer>, unknown]>([
    ['a text of its own', (accept) => post({ query: LOOSE }, { ...bound, accept }), REQUIRED],
    ['a text of its own by GET', (accept) => get({ query: LOOSE }, { ...bound, accept }), REQUIRED],
    ['a registered text, printed anew', (accept) => post({ query: `${MINE}\n` }, { ...bound, accept }), REQUIRED],
    [
      'introspection',
      (accept) => post({ query: '{ __type(name: "Person") { name } }' }, { ...bound, accept }),
      REQUIRED,
    ],
    ['__typename', (accept) => post({ query: '{ __typename }' }, { ...bound, accept }), REQUIRED],
    ['an explanation', (accept) => post({ query: LOOSE }, { ...bound, accept, path: '/explain' }), REQUIRED],
    ['what does not parse', (accept) => post({ query: '{' }, { ...bound, accept }), REQUIRED],
    ['an unknown hash', (accept) => post(automatic(LOOSE), { ...bound, accept }), REQUIRED],
    ['no text', (accept) => post({}, { ...bound, accept }), REQUIRED],
    [
      'another text under a registered hash',
      (accept) => post({ query: LOOSE, ...automatic(MINE) }, { ...bound, accept }),
      [400, 'BAD_REQUEST'],
    ],
    [
      'another text under a registered id, by GET',
      (accept) => get({ query: LOOSE, ...id(MINE) }, { ...bound, accept }),
      [400, 'BAD_REQUEST'],
    ],
    ['a list', (accept) => post([id(MINE), { query: LOOSE }], { ...bound, accept }), [400, 'BATCHING_NOT_SUPPORTED']],
  ])('is refused %s, under both media types', async (_what, ask, refusal) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await ask(accept);
      expect(essence(answer)).toEqual(refusal);
      expect(String(answer.headers['content-type'])).toContain(accept);
    }
    expect(federation.calls).toEqual([]);
  });

  test('is told in both languages', async () => {
    const headers = { ...(await headersOf(bound)), 'accept-language': 'vi' };
    const { text } = await federation.post(JSON.stringify({ query: LOOSE }), headers);
    expect(text).toContain('Ở đây chỉ chạy được thao tác đã đăng ký');
  });

  test('gets an explanation of what is registered', async () => {
    const answer = await post(id(MINE), { ...bound, path: '/explain' });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Person.name');
    expect(federation.calls).toEqual([]);
  });
});

describe('automatic persisted queries', () => {
  test('stay for others, and what they store is not registered', async () => {
    const free = { client: 'free' };
    const bound = { client: 'bound' };
    const stored = { query: LOOSE, ...automatic(LOOSE) };
    expect(essence(await post(automatic(LOOSE), free))).toEqual(NOT_FOUND);
    expect(essence(await post(stored, bound))).toEqual(REQUIRED);
    // The bound partner has stored nothing.
    expect(essence(await post(automatic(LOOSE), free))).toEqual(NOT_FOUND);
    expect(essence(await post(stored, free))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await post(automatic(LOOSE), free))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await get(automatic(LOOSE), free))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await post(id(LOOSE), free))).toEqual({ me: { loose: 'NICK' } });
    for (const form of [automatic(LOOSE), id(LOOSE), { query: LOOSE }, stored]) {
      expect(essence(await post(form, bound))).toEqual(REQUIRED);
      expect(essence(await get(form, bound))).toEqual(REQUIRED);
    }
  });

  test('of a registered text by somebody else leaves it for whom and what it was registered', async () => {
    const stored = { query: THEIRS, ...automatic(THEIRS) };
    expect(essence(await post(stored, { client: 'free' }))).toEqual({ me: { theirs: 'NICK' } });
    expect(essence(await post(automatic(THEIRS), { client: 'bound' }))).toEqual(REQUIRED);
    const welfare = { client: 'other', claims: WELFARE };
    expect(essence(await post(automatic(THEIRS), welfare))).toEqual(OTHER_PURPOSE);
    // Whoever may send any text may have it for any purpose.
    expect(essence(await post(automatic(THEIRS), { client: 'free', claims: WELFARE }))).toEqual({
      me: { theirs: 'NICK' },
    });
    expect(essence(await post(id(FILED), { client: 'free', claims: WELFARE }))).toEqual(OTHER_PURPOSE);
  });

  test('take no text under the hash of another', async () => {
    const poison = { query: LOOSE, ...automatic(FILED) };
    expect(essence(await post(poison, { client: 'free' }))).toEqual([400, 'BAD_REQUEST']);
    expect(essence(await post(automatic(FILED), { client: 'bound' }))).toEqual({ me: { filed: 'NICK' } });
  });
});

describe('who is not in the registry', () => {
  test('is judged by its token, and may not be taken for a client of the same id', async () => {
    const token = await mint(federation.issuers[1], { client_id: 'other', purpose: 'TTHC' });
    expect(essence(await post({ query: LOOSE }, { token }))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await post(id(FILED), { token }))).toEqual({ me: { filed: 'NICK' } });
    expect(essence(await post(id(FILED_FOR_OTHER), { token }))).toEqual(NOT_FOUND);
    const bound = await mint(federation.issuers[1], { client_id: 'bound', purpose: 'TTHC' });
    expect(essence(await post({ query: LOOSE }, { token: bound }))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await post(id(MINE), { token: bound }))).toEqual(NOT_FOUND);
  });

  test('nor is an anonymous caller bound', async () => {
    expect(essence(await post({ query: LOOSE }))).toEqual({ me: { loose: 'NICK' } });
    expect(essence(await post(id(SCHEMA)))).toEqual({ __schema: { queryType: { name: 'Query' } } });
    expect(essence(await post(id(FILED)))).toEqual(OTHER_PURPOSE);
  });
});

/** Replaces a file as a deployment does, never half-written. */
const replace = async (file: string, text: string) => {
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
};

describe('a reload', () => {
  const NEW = '{ me { fresh: nick } }';
  let sdl: string;
  beforeAll(async () => {
    sdl = await readFile(federation.supergraphFile, 'utf8');
  });
  const times = (text: string) => federation.gateway.log().split(text).length - 1;
  /** Does something, asks the gateway to look at its files, and waits until it has said so once more. */
  const told = async (text: string, change: () => Promise<void>) => {
    const before = times(text);
    await change();
    federation.gateway.child.kill('SIGHUP');
    await logged(federation.gateway, text, before + 1);
  };
  const without = (field: string) => sdl.replace(new RegExp(`^ {2}${field}: String(?!!)[^\\n]*\\n`, 'm'), '');

  test('takes a new file of documents, keeps the old for a broken one, and says so', async () => {
    expect(essence(await post(id(NEW), { client: 'bound' }))).toEqual(REQUIRED);
    const broken = [...filed, tthc('{ me { nobody } }')];
    await told('persisted documents refused, the old ones go on serving', () =>
      replace(documentsFile, JSON.stringify(broken, undefined, 1)),
    );
    expect(federation.gateway.log()).toMatch(/documents\.json:\d+: \[3\]\.body: .*Cannot query field/);
    expect(essence(await post(id(FILED), { client: 'bound' }))).toEqual({ me: { filed: 'NICK' } });

    await told('persisted documents loaded', () => replace(documentsFile, JSON.stringify([...filed, tthc(NEW)])));
    expect(essence(await post(id(NEW), { client: 'bound' }))).toEqual({ me: { fresh: 'NICK' } });

    // Without a signal too: the file is watched.
    const before = times('persisted documents loaded');
    await replace(documentsFile, JSON.stringify(filed));
    await logged(federation.gateway, 'persisted documents loaded', before + 1);
    expect(essence(await post(id(NEW), { client: 'bound' }))).toEqual(REQUIRED);
  });

  test('of a supergraph that a registered document does not fit is taken, with a warning', async () => {
    const warning = `"client":"bound","hash":"${hashOf(MINE)}"`;
    await told(warning, () => replace(federation.supergraphFile, without('name')));
    const answer = await post(id(MINE), { client: 'bound', accept: 'application/graphql-response+json' });
    expect(essence(answer)).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(answer.text).toContain('Cannot query field \\"name\\"');
    const line = federation.gateway
      .log()
      .split('\n')
      .find((each) => each.includes(warning));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 40,
      failure: 'document',
      purpose: 'TTHC',
      msg: 'a persisted document does not fit',
      problems: ['Cannot query field "name" on type "Person".'],
    });
    await told('supergraph loaded', () => replace(federation.supergraphFile, sdl));
    expect(essence(await post(id(MINE), { client: 'bound' }))).toEqual(mine);
  });

  test('swaps supergraph and documents at once, under requests', async () => {
    // Each stands in the file of that supergraph alone which knows its field: with the other it is refused.
    const WITH = '{ me { with: name } }';
    const WITHOUT = '{ me { without: handle } }';
    const editions = [
      { sdl: without('handle'), text: JSON.stringify([...filed, tthc(WITH)]) },
      { sdl: without('name'), text: JSON.stringify([...filed, tthc(WITHOUT)]) },
    ] as const;
    const seen = new Set<string>();
    let over = false;
    const client = async (text: string) => {
      while (!over) {
        const answer = await post(id(text), { client: 'bound' });
        seen.add(`${text} ${JSON.stringify(essence(answer))}`);
      }
    };
    const clients = [WITH, WITH, WITHOUT, WITHOUT].map(client);
    for (let turn = 0; turn < 12; turn++) {
      const { text, sdl: next } = turn % 2 === 0 ? editions[0] : editions[1];
      await told('supergraph loaded', async () => {
        await replace(documentsFile, text);
        await replace(federation.supergraphFile, next);
      });
    }
    over = true;
    await Promise.all(clients);
    expect([...seen].sort()).toEqual(
      [
        `${WITH} {"me":{"with":"NAME"}}`,
        `${WITH} ${JSON.stringify(REQUIRED)}`,
        `${WITHOUT} ${JSON.stringify(REQUIRED)}`,
        `${WITHOUT} {"me":{"without":"HANDLE"}}`,
      ].sort(),
    );
  });
});

describe('where everybody is bound', () => {
  let only: SmallFederation;
  beforeAll(async () => {
    await writeFile(
      join(folder, 'only.yaml'),
      `- purpose: none\n  body: |-\n    ${FILED}\n- { purpose: TTHC, body: '${MINE}' }\n`,
    );
    only = await startSmallFederation({
      departments: { people },
      config: `documents: { only: true, file: "${join(folder, 'only.yaml')}" }`,
    });
  });
  afterAll(() => only?.close());

  test('anonymous callers are, and every token', async () => {
    const ask = async (body: object, claims?: JWTPayload) => {
      const token = claims && (await only.token('citizens:basic:read', claims));
      return essence(await only.post(JSON.stringify(body), await headersOf({ ...(token ? { token } : {}) })));
    };
    expect(await ask(id(FILED))).toEqual({ me: { filed: 'NICK' } });
    expect(await ask({ query: FILED })).toEqual({ me: { filed: 'NICK' } });
    expect(await ask({ query: LOOSE })).toEqual(REQUIRED);
    expect(await ask({ query: LOOSE, ...automatic(LOOSE) })).toEqual(REQUIRED);
    expect(await ask(id(MINE))).toEqual(OTHER_PURPOSE);
    expect(await ask(id(MINE), { purpose: 'TTHC' })).toEqual(mine);
    expect(await ask(id(FILED), {})).toEqual({ me: { filed: 'NICK' } });
    expect(await ask(id(FILED), { purpose: 'TTHC' })).toEqual(OTHER_PURPOSE);
    expect(await ask({ query: LOOSE }, { purpose: 'TTHC' })).toEqual(REQUIRED);
  });
});

test('what an operator adds to the registry runs, and what is withdrawn does not', async () => {
  const database = await testDatabase('registry');
  const store = await RegistryStore.open(database.url);
  const author = { actor: 'test' };
  await store.add(JSON.stringify({ partners: { bound: partner() } }), 'test', author);
  const gateway = await startSmallFederation({
    departments: { people },
    config: `registry: { database: "${database.url}", issuers: ["${ISSUER}"] }`,
  });
  try {
    const token = await mint(gateway.issuers[0], {
      client_id: 'bound',
      org: 'H48.53',
      purpose: 'TTHC',
      legal_basis: 'MANDATORY_SHARE',
      scope: 'citizens:basic:read',
    });
    const becomes = async (expected: unknown) => {
      const ask = async () => essence(await gateway.post(JSON.stringify(id(MINE)), await headersOf({ token })));
      const end = Date.now() + 10_000;
      while (Date.now() < end && JSON.stringify(await ask()) !== JSON.stringify(expected)) await wait(100);
      expect(await ask()).toEqual(expected);
    };
    await becomes(REQUIRED);
    const hash = await store.addDocument('bound', { purpose: 'TTHC', body: MINE }, author);
    await becomes(mine);
    const misfit = '{ me { nobody } }';
    await store.addDocument('bound', { purpose: 'TTHC', body: misfit }, author);
    await logged(gateway.gateway, `"client":"bound","hash":"${hashOf(misfit)}"`);
    await store.removeDocument('bound', hash, author);
    await becomes(REQUIRED);
  } finally {
    await gateway.close();
    await store.close();
    await database.drop();
  }
});

test.each<[string, string, string]>([
  ['names a field that is not there', '- { purpose: TTHC, body: "{ nobody }" }', 'Cannot query field'],
  ['exceeds a limit', `- { purpose: TTHC, body: "${DEEP}" }`, 'LIMIT_ALIASES'],
  [
    'is for clients of one of several issuers',
    '- { purpose: A, body: "{ me { nick } }", clients: [a] }',
    '[0].clients: ',
  ],
])('a gateway does not start with a document that %s', async (_what, text, message) => {
  const file = join(folder, 'bad.yaml');
  await writeFile(file, text);
  const failure = await startSmallFederation({
    departments: { people },
    config: `documents: { file: "${file}" }`,
  }).then(
    (started) => started.close().then(() => 'it started'),
    (error: Error) => error.message,
  );
  expect(failure).toContain(`${file}:1: [0].`);
  expect(failure).toContain(message);
});
