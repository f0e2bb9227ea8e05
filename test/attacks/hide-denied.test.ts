import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { request } from 'undici';

import { LINK, type SmallDepartment, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

/*
 * `authorization.hideDenied`: what is denied behaves, byte for byte, like a name that does not exist. Two federations: one
 * with everything, whose caller may not have what is marked, and one whose departments never wrote it.
 */

const BASIC = '@requiresScopes(scopes: [["basic"]])';
const SECRET = '@requiresScopes(scopes: [["secret"]])';

/** Lines that end in `# hidden` exist in the whole federation alone; what follows a colon stands in their place in the other. */
const people = `${LINK}
  type Query {
    person(id: ID!): Person ${BASIC}
    named: [Named]
    files: [File]
    count(level: Level): Int
    night: String @policy(policies: [["night"]])
    echo(input: Wanted): String
    vault(key: VaultKey!, mode: Mode = FAST): Vault ${SECRET} # hidden
    mode: Mode ${SECRET} # hidden
  }
  type Mutation { seal(input: VaultKey!): Boolean ${SECRET} } # hidden
  type Person implements Named @key(fields: "id") {
    id: ID!
    name: String ${BASIC}
    motto: String
    friend: Person
    blood: String ${SECRET} # hidden
    vault: Vault # hidden
    secretFriend(kind: Mode!): Person ${SECRET} # hidden
  }
  interface Named {
    name: String
    motto: String # hidden
  }
  type Pet implements Named {
    name: String
    motto: String ${SECRET} # hidden
  }
  interface File { title: String } # hidden: union File = OpenFile
  type OpenFile implements File { title: String body: String } # hidden: type OpenFile { title: String body: String }
  type SealedFile implements File ${SECRET} { title: String seal: String } # hidden
  type Vault ${SECRET} { code: String stage: Mode } # hidden
  input Wanted { level: Level  text: String }
  input VaultKey { code: String  level: Level } # hidden
  enum Level { LOW HIGH }
  enum Mode { FAST SLOW } # hidden
`;
const health = `${LINK}
  type Person @key(fields: "id") {
    id: ID!
    insurance: Insurance ${BASIC}
    diagnoses(since: Day): [Diagnosis!] ${SECRET} # hidden
  }
  type Insurance { number: String }
  type Diagnosis ${SECRET} { code: String on: Day } # hidden
  scalar Day # hidden
`;

const cut = (sdl: string) => sdl.replaceAll(/^.*# hidden$\n/gm, '').replaceAll(/^.*# hidden: /gm, '');

const person = (id: string) => ({ id, name: `NAME ${id}`, motto: 'MOTTO', blood: 'BLOOD', friend: null });
const departments = (write: (sdl: string) => string): Record<string, SmallDepartment> => ({
  people: {
    sdl: write(people),
    root: {
      person: ({ id }: { id: string }) => person(id),
      named: [
        { __typename: 'Person', ...person('1') },
        { __typename: 'Pet', name: 'Mực' },
      ],
      files: [{ __typename: 'OpenFile', title: 'OPEN', body: 'BODY' }],
      count: 3,
      night: 'NIGHT',
      echo: 'ECHO',
    },
    entities: { Person: ({ id }) => person(String(id)) },
  },
  health: { sdl: write(health), entities: { Person: () => ({ insurance: { number: 'N1' } }) } },
});

let whole: SmallFederation;
let less: SmallFederation;
beforeAll(async () => {
  const config = 'limits: { cost: 400, aliases: 4 }';
  [whole, less] = await Promise.all([
    startSmallFederation({
      departments: departments((sdl) => sdl),
      config: `authorization: { hideDenied: true }\n${config}`,
    }),
    startSmallFederation({ departments: departments(cut), config }),
  ]);
});
afterAll(() => Promise.all([whole?.close(), less?.close()]));

interface Sent {
  readonly body?: object;
  readonly search?: string;
  readonly headers?: Record<string, string>;
}

/** Everything of an answer that does not differ from request to request. */
const answerOf = async (federation: SmallFederation, scopes: string, { body, search = '', headers = {} }: Sent) => {
  const {
    statusCode,
    headers: received,
    ...answer
  } = await request(`${federation.url}${search}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${await federation.token(scopes)}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const { 'x-request-id': _, date: __, 'request-digest': ___, ...others } = received;
  // Every answer has a signature of its own, over the very text that was asked for.
  const { signature: ____, 'signature-input': covered, ...rest } = others;
  const same = { ...rest, covered: String(covered).split(';')[0] };
  return { status: statusCode, headers: same, text: await answer.body.text() };
};

const MEDIA = ['application/json', 'application/graphql-response+json'];
const PREFLIGHTED = { 'apollo-require-preflight': 'true' };

/** Documents that the hidden names make valid, and what goes with them. */
const HIDDEN: readonly (readonly [string, string, Record<string, unknown>?])[] = [
  ['a field', '{ person(id: "1") { name blood } }'],
  ['a field under an alias', '{ person(id: "1") { name: blood } }'],
  ['a root field', '{ vault(key: {code: "1"}) { code } }'],
  ['the name alone, near one that is there', '{ person(id: "1") { secretFriend(kind: FAST) { nam } } named { name } }'],
  [
    'several, and unknown ones among them, in order',
    '{ mode person(id: "1") { blood nothing vault { code none } } zero }',
  ],
  ['inside a fragment', 'query { person(id: "1") { ...P } } fragment P on Person { blood }'],
  ['inside an inline fragment', '{ named { ... on Person { blood } } }'],
  ['a fragment on a hidden type', '{ files { ... on SealedFile { seal } } }'],
  ['a named fragment on a hidden type', '{ files { ...S } } fragment S on SealedFile { seal title }'],
  ['a field on an interface whose types hide it', '{ named { name motto } }'],
  ['the same on a type that hides it', '{ named { ... on Pet { motto } } }'],
  ['a field of an interface that has nothing else', '{ files { title } }'],
  ['a field that another department has', '{ person(id: "1") { diagnoses { code on } insurance { number } } }'],
  ['what is skipped', '{ person(id: "1") { name blood @skip(if: true) } }'],
  [
    'what a variable leaves out',
    'query ($no: Boolean!) { person(id: "1") { name blood @include(if: $no) } }',
    { no: false },
  ],
  ['an operation that is not chosen', 'query A { count } query B { mode }'],
  ['an argument on a hidden field', '{ person(id: "1") { diagnoses(since: "2026-01-01") { code } } }'],
  [
    'a variable of a hidden input type',
    'query ($key: VaultKey!) { vault(key: $key) { code } }',
    { key: { code: '1' } },
  ],
  ['a variable of a hidden enum', 'query ($mode: Mode) { count }', { mode: 'FAST' }],
  [
    'a variable of a hidden scalar, with a bad value',
    'query ($day: Day!) { person(id: "1") { diagnoses(since: $day) { code } } }',
    {},
  ],
  ['a value of a hidden enum', '{ person(id: "1") { secretFriend(kind: SLOW) { name } } }'],
  ['a wrong value of a hidden enum', '{ person(id: "1") { secretFriend(kind: NONE) { name } } }'],
  ['an argument that a hidden field lacks', '{ person(id: "1") { blood(unit: "x") } }'],
  ['a hidden object without a selection', '{ person(id: "1") { vault } }'],
  ['a hidden leaf with one', '{ person(id: "1") { blood { x } } }'],
  ['hidden fields that cannot be merged', '{ person(id: "1") { a: blood a: name } }'],
  ['a write', 'mutation { seal(input: {code: "1"}) }'],
  ['a write with a variable', 'mutation ($k: VaultKey!) { seal(input: $k) }', { k: { code: '1' } }],
  ['a fragment on the type of writes', '{ count } fragment M on Mutation { seal(input: {}) }'],
  ['beyond the cost, with a hidden field', `{ ${'person(id: "1") { friend { friend { name blood } } } '.repeat(3)} }`],
  ['introspection of a hidden type', '{ __type(name: "Vault") { name fields { name } } }'],
  ['introspection of a hidden enum', '{ __type(name: "Mode") { enumValues { name } } }'],
  ['introspection of everything', getIntrospectionQuery()],
];

/** Documents in which nothing is hidden: both have to serve, or refuse, them alike. */
const SHOWN: readonly (readonly [string, string, Record<string, unknown>?])[] = [
  ['what is permitted, over both departments', '{ person(id: "1") { __typename name insurance { number } } }'],
  ['an interface', '{ named { __typename name ... on Person { motto } } }'],
  ['what became a union', '{ files { __typename ... on OpenFile { title } } }'],
  ['a denial by policy', '{ count night }'],
  ['an unknown field', '{ person(id: "1") { nothing } }'],
  ['a syntax error', '{ person('],
  ['nothing', ''],
  ['a bad variable', 'query ($l: Level) { count(level: $l) }', { l: 'NONE' }],
  ['a good one', 'query ($w: Wanted) { echo(input: $w) }', { w: { level: 'LOW' } }],
  ['too many aliases', '{ a: count b: count c: count d: count e: count f: count }'],
  ['an unknown operation', 'subscription { count }'],
];

describe.each(MEDIA)('as %s', (accept) => {
  test.each([...HIDDEN, ...SHOWN].map(([title, query, variables]) => ({ title, query, variables })))(
    '$title',
    async ({ query, variables }) => {
      const body = { query, ...(variables ? { variables } : {}) };
      const search = new URLSearchParams({ query, ...(variables ? { variables: JSON.stringify(variables) } : {}) });
      for (const sent of [
        { body, headers: { accept } },
        { body: { ...body, operationName: 'A' }, headers: { accept, 'accept-language': 'en' } },
        { search: `?${search}`, headers: { accept, ...PREFLIGHTED } },
        { search: `?${search}`, headers: { accept } },
      ]) {
        // Whoever may have everything asks before, so that what is remembered of the document would be theirs.
        await answerOf(whole, 'basic secret', sent);
        const expected = await answerOf(less, 'basic', sent);
        expect(await answerOf(whole, 'basic', sent)).toEqual(expected);
        expect(await answerOf(whole, 'basic', sent)).toEqual(expected);
      }
    },
  );
});

test.each(HIDDEN.map(([title, query, variables]) => ({ title, query, variables })))(
  'the table has force: $title differs for who may have it',
  async ({ query, variables }) => {
    const sent = { body: { query, ...(variables ? { variables } : {}) } };
    const [mine, theirs] = await Promise.all([answerOf(whole, 'basic', sent), answerOf(whole, 'basic secret', sent)]);
    expect(mine.text).not.toBe(theirs.text);
  },
);

test('a persisted query that somebody else registered is not found, and registering it is refused as invalid', async () => {
  const query = '{ person(id: "2") { blood } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
  const [registers, asks] = [{ body: { query, extensions } }, { body: { extensions } }];
  expect((await answerOf(whole, 'basic secret', registers)).text).toContain('BLOOD');
  expect((await answerOf(whole, 'basic secret', asks)).text).toContain('BLOOD');
  for (const sent of [asks, registers, asks]) {
    expect(await answerOf(whole, 'basic', sent)).toEqual(await answerOf(less, 'basic', sent));
  }
  const shown = '{ person(id: "2") { name } }';
  const hash = createHash('sha256').update(shown).digest('hex');
  const own = { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
  for (const body of [own, { query: shown, ...own }, own]) {
    expect(await answerOf(whole, 'basic', { body })).toEqual(await answerOf(less, 'basic', { body }));
  }
});

test('an object of a hidden type does not tell its name', async () => {
  whole.divert('people', undefined);
  const query = '{ files { __typename ... on OpenFile { title } } }';
  whole.calls.length = 0;
  await answerOf(whole, 'basic', { body: { query } });
  const [{ query: sent = '' } = {}] = whole.calls;
  const key = /(\w+):\s*files/.exec(sent)?.[1] ?? 'files';
  const title = /(\w+):\s*title/.exec(sent)?.[1] ?? 'title';
  whole.divert(
    'people',
    JSON.stringify({
      data: { [key]: [{ __typename: 'OpenFile', [title]: 'OPEN' }, { __typename: 'SealedFile' }] },
    }),
  );
  const answers = await Promise.all(
    ['basic', 'basic secret'].map((scopes) => answerOf(whole, scopes, { body: { query } })),
  );
  whole.divert('people', undefined);
  const files = (sealed: string) => ({
    data: { files: [{ __typename: 'OpenFile', title: 'OPEN' }, { __typename: sealed }] },
  });
  expect(answers.map(({ text }) => JSON.parse(text))).toEqual([files('File'), files('SealedFile')]);
});
