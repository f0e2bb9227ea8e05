import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { HttpAnswer } from '../kit/http.ts';
import { logged } from '../kit/process.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(60_000);

/** What stands in the data, and the scopes that it takes to see it. */
const GUARDED: readonly (readonly [string, string])[] = [
  ['NATIONAL-ID', 'id'],
  ['PERSON-LABEL', 'label'],
  ['VAULT-LABEL', 'vault'],
  ['NAME', 'name'],
  ['GREETING', 'name greet'],
  ['SUMMARY', 'name greet sum'],
  ['CODE', 'secret'],
  ['STAMP', 'secret'],
  ['TITLE', 'title'],
  ['LINE(', 'title'],
];
const EVERYTHING = 'id label vault name greet sum secret title';

let federation: SmallFederation;
beforeAll(async () => {
  federation = await startSmallFederation({ departments: registry });
});
afterAll(() => federation?.close());

const denials = ({ body }: HttpAnswer) =>
  body.errors?.map(({ extensions }) => `${extensions.affectedPath} ${extensions.coordinate}`);

/** Asks twice: seen first and repeated, what leaves is equal to the byte, and nothing leaves that `scopes` do not open. */
const ask = async (query: string, scopes: string, variables?: Record<string, unknown>): Promise<HttpAnswer> => {
  const token = await federation.token(scopes);
  const question = { query, token, ...(variables ? { variables } : {}) };
  federation.calls.length = 0;
  const cold = await federation.ask(question);
  const hot = await federation.ask(question);
  expect([hot.status, hot.text]).toEqual([cold.status, cold.text]);
  const held = new Set(scopes.split(' '));
  for (const [value, needed] of GUARDED) {
    const open = needed.split(' ').every((scope) => held.has(scope));
    if (!open) expect({ query, scopes, leaked: cold.text.includes(value) && value }).toMatchObject({ leaked: false });
  }
  return cold;
};

const dataOf = async (...given: Parameters<typeof ask>) => (await ask(...given)).body.data;

describe('federation#3036: an alias that equals a key or an input', () => {
  test('reads the field that was aliased, never the key', async () => {
    expect(await dataOf('{ me { nationalId: nick blood } }', '')).toEqual({
      me: { nationalId: 'NICK', blood: 'BLOOD' },
    });
    expect(await dataOf('{ me { nationalId: name blood } }', 'name')).toEqual({
      me: { nationalId: 'NAME', blood: 'BLOOD' },
    });
  });

  test('feeds no computed field', async () => {
    const answer = await dataOf('{ me { name: nick code: nick greeting: blood g: greeting stamp } }', EVERYTHING);
    expect(answer).toEqual({
      me: { name: 'NICK', code: 'NICK', greeting: 'BLOOD', g: 'GREETING(NAME)', stamp: 'STAMP(CODE)' },
    });
  });

  test.each([
    ['the key, guarded, under a name that is open', '{ me { nick: nationalId blood } }'],
    ['the key beside its own shadow', '{ me { nationalId: nick x: nationalId blood } }'],
    [
      'in a fragment',
      '{ me { ... on Person { nationalId: nick } ...F } } fragment F on Person { blood y: nationalId }',
    ],
    ['on an interface', '{ things { id: label ... on Person { nationalId: nick blood } } }'],
    ['the type name', '{ me { __typename: nick } }'],
    ['a private alias of the gateway', '{ me { lt_0: nick lt_1: nationalId nationalId: lt_0 blood } }'],
    ['the machinery of federation', '{ _entities: me { representations: nick _service: nationalId blood } }'],
  ])('%s', async (_what, query) => {
    const answer = await ask(query, '');
    expect(answer.text).not.toContain('NATIONAL-ID');
  });

  test('an error’s path holds the caller’s words', async () => {
    federation.divert(
      'health',
      JSON.stringify({
        data: { _entities: [{ blood: null }] },
        errors: [{ message: 'x', path: ['_entities', 0, 'blood'] }],
      }),
    );
    try {
      const { body } = await ask('{ self: me { nationalId: nick blood } }', '');
      expect(body.errors?.map(({ path, extensions }) => [path, extensions.affectedPath])).toEqual([
        [['self', 'blood'], 'self.blood'],
      ]);
      const aliased = await ask('{ self: me { nationalId: blood nick } }', '');
      expect(JSON.stringify(aliased.body.errors)).not.toContain('lt_');
      expect(aliased.body.data).toEqual({ self: { nationalId: null, nick: 'NICK' } });
    } finally {
      federation.divert('health', undefined);
    }
  });
});

describe('GHSA-x33c-7c2v-mrj9, GHSA-mx7m-j9xf-62hw: interfaces', () => {
  test.each<[string, string, string[]]>([
    ['an interface position', '{ things { label } }', ['things.@.label Thing.label']],
    ['a second interface', '{ labelled { label } }', ['labelled.@.label Labelled.label']],
    ['an object cast to its interface', '{ me { ... on Thing { label } } }', ['me.label Thing.label']],
    ['an object cast to its other interface', '{ me { ... on Labelled { label } } }', ['me.label Labelled.label']],
    [
      'a detour through the other interface',
      '{ things { ... on Labelled { label } } }',
      ['things.@.label Labelled.label'],
    ],
    [
      'a detour by a named fragment and back',
      '{ things { ...A } } fragment A on Labelled { ... on Thing { label } }',
      ['things.@.label Thing.label'],
    ],
    [
      'an object of the interface cast up again',
      '{ things { ... on Person { ... on Labelled { label } } } }',
      ['things.@.label Labelled.label'],
    ],
    ['an object of the interface', '{ things { ... on Person { label } } }', ['things.@.label Person.label']],
    ['a union cast to an interface', '{ found { ... on Labelled { label } } }', ['found.@.label Labelled.label']],
    ['a sealed member of a union', '{ found { ... on Vault { id __typename } } }', ['found.@.(Vault) Vault']],
    ['a sealed member by way of an interface', '{ found { ... on Thing { id } } }', ['found.@.id Thing.id']],
  ])('%s is as strong as its implementers', async (_what, query, denied) => {
    expect(denials(await ask(query, ''))).toEqual(denied);
  });

  test('one implementer’s scope opens that implementer alone', async () => {
    expect(await dataOf('{ things { label } }', 'label')).toEqual({ things: null });
    const each = '{ things { ... on Person { label } ... on Office { label } ... on Vault { label } } }';
    expect(await dataOf(each, 'label')).toEqual({ things: [{ label: 'PERSON-LABEL' }, { label: 'OFFICE-LABEL' }, {}] });
    expect(await dataOf(each, 'vault')).toEqual({
      things: [{ label: null }, { label: 'OFFICE-LABEL' }, { label: 'VAULT-LABEL' }],
    });
  });

  test('who may have all of them gets them on every way', async () => {
    const labels = [{ label: 'PERSON-LABEL' }, { label: 'OFFICE-LABEL' }, { label: 'VAULT-LABEL' }];
    const query = '{ things { label } labelled { ... on Thing { label } } }';
    expect(await dataOf(query, 'label vault')).toEqual({ things: labels, labelled: labels });
  });
});

describe('GHSA-m8jr-fxqx-8xx6: @requires and @fromContext lend nothing', () => {
  test.each([
    ['direct', '{ me { greeting } }', 'greet', 'me.greeting Person.greeting'],
    ['direct, its input alone', '{ me { greeting } }', 'name', 'me.greeting Person.greeting'],
    ['chained', '{ me { summary } }', 'sum greet', 'me.summary Person.summary'],
    ['chained, its last link alone', '{ me { summary } }', 'sum', 'me.summary Person.summary'],
    ['through a protected scalar', '{ me { stamp } }', 'name', 'me.stamp Person.stamp'],
    ['a protected scalar itself', '{ me { code } }', 'name', 'me.code Person.code'],
    ['from a context', '{ me { card { line } } }', 'name', 'me.card.line Card.line'],
  ])('%s: without the input’s scopes it is denied and nobody is asked', async (_what, query, scopes, denied) => {
    expect(denials(await ask(query, scopes))).toEqual([denied]);
    expect(federation.calls).toEqual([]);
  });

  test('inputs are fetched and never shown', async () => {
    const answer = await ask('{ me { summary } }', 'name greet sum');
    expect(answer.body).toEqual({ data: { me: { summary: 'SUMMARY(GREETING(NAME))' } } });
    expect(await dataOf('{ me { stamp } }', 'secret')).toEqual({ me: { stamp: 'STAMP(CODE)' } });
    expect(await dataOf('{ me { card { line } } }', 'title')).toEqual({ me: { card: { line: 'LINE(TITLE)' } } });
  });

  test('an alias of the caller is not handed on in place of what a context is to tell, first seen or again', async () => {
    const query = '{ me { title: nick card { owner: line } } }';
    for (const _ of ['cold', 'hot']) {
      expect(await dataOf(query, 'title')).toEqual({ me: { title: 'NICK', card: { owner: 'LINE(TITLE)' } } });
      expect(await dataOf(query, '')).toEqual({ me: { title: 'NICK', card: null } });
    }
  });

  test.each([
    ['direct', 'health', '@requiresScopes(scopes: [["name", "greet"]])', ''],
    ['chained', 'archive', '["name", "greet", "sum"]', '["sum"]'],
    [
      'through a protected scalar',
      'health',
      '@requires(fields: "code") @requiresScopes(scopes: [["secret"]])',
      '@requires(fields: "code")',
    ],
    ['from a context', 'archive', '{ title }")): String @requiresScopes(scopes: [["title"]])', '{ title }")): String'],
  ])('%s: a department that forgets its input’s scopes is not composed', async (_what, name, guard, weaker) => {
    const sdl = registry[name]?.sdl ?? '';
    expect(sdl).toContain(guard);
    const departments = { ...registry, [name]: { ...registry[name], sdl: sdl.replace(guard, weaker) } };
    await expect(startSmallFederation({ departments })).rejects.toThrow('MISSING_TRANSITIVE_AUTH_REQUIREMENTS');
  });

  test('a supergraph that was composed elsewhere, without them, is not taken by a gateway that serves', async () => {
    const { supergraphFile, gateway } = federation;
    const whole = await readFile(supergraphFile, 'utf8');
    const weaker = whole.replace(/(greeting: String[^\n]*?) @requiresScopes\(scopes: \[\["name", "greet"\]\]\)/, '$1');
    expect(weaker).not.toBe(whole);
    await writeFile(supergraphFile, weaker);
    try {
      gateway.child.kill('SIGHUP');
      await logged(gateway, 'MISSING_TRANSITIVE_AUTH_REQUIREMENTS');
      expect(denials(await ask('{ me { greeting } }', ''))).toEqual(['me.greeting Person.greeting']);
    } finally {
      await writeFile(supergraphFile, whole);
    }
  });
});

describe('GHSA-g8jh-vg5j-4h3f: renamed and unimported guards', () => {
  const sdl = (link: string, guard: string, other = '') => `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${link}]) ${other}
    type Query { secret: String ${guard}  open: String }`;
  const root = { secret: () => 'SECRET', open: () => 'OPEN' };

  test.each([
    ['renamed', '{name: "@requiresScopes", as: "@phamVi"}', '@phamVi(scopes: [["s"]])', ''],
    [
      'renamed to another guard’s name',
      '{name: "@requiresScopes", as: "@authenticated"}',
      '@authenticated(scopes: [["s"]])',
      '',
    ],
    [
      'two guards with each other’s names',
      '{name: "@requiresScopes", as: "@policy"}, {name: "@policy", as: "@requiresScopes"}',
      '@policy(scopes: [["s"]])',
      '',
    ],
    ['not imported', '"@tag"', '@federation__requiresScopes(scopes: [["s"]])', ''],
    ['not imported, the specification renamed', '"@tag"', '@f__requiresScopes(scopes: [["s"]])', 'as'],
  ])('%s: the guard holds', async (_what, imports, guard, as) => {
    const text = sdl(imports, guard);
    const named = as === '' ? text : text.replace('import:', 'as: "f", import:');
    const small = await startSmallFederation({ departments: { only: { sdl: named, root } } });
    try {
      for (const _ of ['cold', 'hot']) {
        const query = '{ secret open }';
        const poor = await small.ask({ query, token: await small.token('t') });
        expect(poor.body.data).toEqual({ secret: null, open: 'OPEN' });
        expect((await small.ask({ query })).body.data).toEqual({ secret: null, open: 'OPEN' });
        expect((await small.ask({ query, token: await small.token('s') })).body).toEqual({
          data: { secret: 'SECRET', open: 'OPEN' },
        });
      }
      expect(small.calls.filter(({ query }) => query.includes('secret'))).toHaveLength(2);
    } finally {
      await small.close();
    }
  });

  test('a directive that only has the name guards nothing, so it is refused', async () => {
    const text = `directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION\n${sdl('"@tag"', '@requiresScopes(scopes: [["s"]])')}`;
    await expect(startSmallFederation({ departments: { only: { sdl: text, root } } })).rejects.toThrow(
      /requiresScopes/,
    );
  });
});

describe('GHSA-q9p4-hw9m-fj2v: the plan of another', () => {
  const query = '{ me { nick name code } things { id } }';
  const expected = (scopes: string) => ({
    me: {
      nick: 'NICK',
      name: scopes.split(' ').includes('name') ? 'NAME' : null,
      code: scopes.split(' ').includes('secret') ? 'CODE' : null,
    },
    things: scopes.split(' ').includes('vault') ? [{ id: 'person' }, { id: 'office' }, { id: 'vault' }] : null,
  });
  const holdings = ['', 'name', 'secret', 'name secret', 'secret name', 'vault', 'name vault', EVERYTHING];

  test.each([
    ['the rich first', [...holdings].reverse()],
    ['the poor first', holdings],
  ])('%s: each gets its own answer', async (order, all) => {
    for (const scopes of all) {
      const own = query.replace('nick', `nick # ${order}\n`);
      expect(await dataOf(own, scopes)).toEqual(expected(scopes));
    }
  });

  test('two hundred interleaved', async () => {
    const tokens = await Promise.all(holdings.map((scopes) => federation.token(scopes)));
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const scopes = holdings[n % holdings.length] ?? '';
        const answer = await federation.ask({ query, token: tokens[n % holdings.length] ?? '' });
        return [answer.body.data, expected(scopes)] as const;
      }),
    );
    for (const [data, own] of answers) expect(data).toEqual(own);
  });

  /** As the claim is written; what looks like `name secret` to somebody is not. */
  test.each([
    ['a comma', 'name,secret', ''],
    ['a tab', 'name\tsecret', ''],
    ['a no-break space', 'name\u00a0secret', ''],
    ['a line feed', 'name\nsecret', ''],
    ['a look-alike letter', 'n\u0430me', ''],
    ['another case', 'NAME Secret', ''],
    ['another normal form', 'na\u0301me', ''],
    ['a prefix and an extension', 'nam namee name:read', ''],
    ['a wildcard', '* name* .*', ''],
    ['names of the prototype', '__proto__ constructor', ''],
    ['numbers of the decision’s key', '0 1 2 0,1,2', ''],
    ['two spaces', 'name  secret', 'name secret'],
    ['spaces around', ' name secret ', 'name secret'],
    ['one twice', 'name name secret', 'name secret'],
  ])('a claim with %s collides with no other', async (_what, claim, means) => {
    for (const rich of ['name secret', EVERYTHING]) {
      for (const scopes of [rich, claim, rich, claim]) {
        const answer = await federation.ask({ query, token: await federation.token(scopes) });
        expect(answer.body.data).toEqual(expected(scopes === claim ? means : scopes));
      }
    }
  });

  test('one text, two operations, each judged by its own name', async () => {
    const two = 'query A { me { nick } } query B { me { nick name } }';
    for (const operationName of ['A', 'B', 'A', 'B']) {
      const { body } = await federation.ask({ query: two, operationName, token: await federation.token('') });
      expect(body.data).toEqual({ me: operationName === 'A' ? { nick: 'NICK' } : { nick: 'NICK', name: null } });
    }
  });
});
