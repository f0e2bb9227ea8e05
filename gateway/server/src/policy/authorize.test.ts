import { describe, expect, test } from '@jest/globals';

import { ask, type Miniature } from '../testing/miniature.ts';

/** People, their files (some sealed) and their pets: an interface, a union, guards on fields, types and a scalar. */
const registry: Miniature = {
  sdl: `
    type Query { me: Person, must: Person!, people: [Person!], search: [Thing], files: [File], echo(text: String): String }
    type Mutation { rename(name: String!): Person, erase: Boolean, reset: Boolean! }
    scalar Phone
    interface Named { name: String  motto: String }
    interface File { title: String  owner: Person }
    union Thing = Person | Pet | Secret
    type Person implements Named {
      id: ID!  name: String  motto: String  blood: String  strict: String!  phone: Phone  pets: [Pet!]  strictPets: [Pet!]!
      friend: Person  diagnosis: String  age(unit: String): Int
    }
    type Pet implements Named { name: String  motto: String  chip: String }
    type Secret { code: String }
    type OpenFile implements File { title: String  owner: Person }
    type SealedFile implements File { title: String  owner: Person  body: String }
  `,
  rules: {
    'Query.me': ['basic', 'phone', 'blood'],
    'Person.id': ['basic'],
    'Person.name': ['basic'],
    'Person.blood': ['blood'],
    'Person.strict': ['strict'],
    Phone: ['phone'],
    'Pet.chip': ['chip'],
    'Pet.motto': ['pets'],
    Secret: ['secret'],
    SealedFile: ['sealed'],
    'Person.diagnosis': ['clinical', 'policy:purpose:TREATMENT'],
    'Person.friend': ['basic family'],
    'Mutation.erase': ['admin'],
    'Query.echo': ['authenticated'],
  },
  data: {
    me: {
      id: 'k1',
      name: 'An',
      motto: 'x',
      blood: 'O',
      strict: 's',
      phone: '09',
      diagnosis: 'flu',
      age: 40,
      pets: [{ name: 'Mực', motto: 'gâu', chip: 'c1' }],
      strictPets: [{ name: 'Vện', motto: 'gừ', chip: 'c2' }],
      friend: { id: 'k2', name: 'Bình', blood: 'A' },
    },
    must: { id: 'k1', name: 'An', strict: 's' },
    people: [
      { name: 'An', strict: 's' },
      { name: 'Bình', strict: 's' },
    ],
    search: [
      { __typename: 'Person', name: 'An' },
      { __typename: 'Secret', code: '42' },
      { __typename: 'Pet', chip: 'c' },
    ],
    files: [
      { __typename: 'OpenFile', title: 'map', owner: { name: 'An' } },
      { __typename: 'SealedFile', title: 'will', body: 'all to Mực', owner: { name: 'An' } },
    ],
    echo: 'hello',
    rename: { name: 'Cúc' },
    erase: true,
    reset: true,
  },
};

describe('what is denied', () => {
  test('is null under its key, is not asked for, and is told once', async () => {
    const answer = await ask(registry, { query: '{ me { name kind: blood } }', scopes: ['basic'] });
    expect(answer).toEqual({
      data: { me: { name: 'An', kind: null } },
      sent: '{ me { name } }',
      denials: ['me.kind Person.blood'],
    });
  });

  test('is told once where it is selected twice', async () => {
    const answer = await ask(registry, {
      query: '{ me { blood blood ... { blood } pets { chip } pets { chip } } }',
      scopes: ['basic'],
    });
    expect(answer.denials).toEqual(['me.blood Person.blood', 'me.pets.@.chip Pet.chip']);
  });

  test('binds to the coordinate, never to the response key', async () => {
    const swapped = { query: '{ me { blood: name name: blood } }' };
    expect((await ask(registry, { ...swapped, scopes: ['basic'] })).data).toEqual({ me: { blood: 'An', name: null } });
    expect((await ask(registry, { ...swapped, scopes: ['blood'] })).data).toEqual({ me: { blood: null, name: 'O' } });
  });

  test('takes its parent along when nothing else was asked, and the parent is not fetched', async () => {
    const answer = await ask(registry, { query: '{ me { friend { blood } name } }', scopes: ['basic', 'family'] });
    expect(answer.sent).toBe('{ me { name } }');
    expect(answer.data).toEqual({ me: { friend: null, name: 'An' } });
  });

  test('leaves null under every root key when nothing is left', async () => {
    const answer = await ask(registry, { query: '{ me { blood } other: me { id } }', scopes: ['phone'] });
    expect(answer).toEqual({
      sent: undefined,
      data: { me: null, other: null },
      denials: ['me.blood Person.blood', 'other.id Person.id'],
    });
  });

  test('bubbles by nullability, item by item', async () => {
    const nullable = await ask(registry, { query: '{ me { name strict } }', scopes: ['basic'] });
    expect(nullable.data).toEqual({ me: null });
    const items = await ask(registry, { query: '{ people { name strict } }', scopes: ['basic'] });
    expect(items.data).toEqual({ people: null });
    const root = await ask(registry, { query: '{ must { name strict } }', scopes: ['basic'] });
    expect(root.data).toBeNull();
  });

  test('__typename of a guarded root is denied with the root and is never null', async () => {
    const guarded: Miniature = { ...registry, rules: { ...registry.rules, Query: ['any'] } };
    const answer = await ask(guarded, { query: '{ __typename people { name } }', scopes: ['basic'] });
    expect(answer.data).toBeNull();
    expect(answer.denials).toEqual(['__typename Query.__typename', 'people Query.people']);
    expect((await ask(guarded, { query: '{ __typename }', scopes: ['any'] })).data).toEqual({ __typename: 'Query' });
  });

  test('a rule on a scalar guards every field of that type', async () => {
    const query = '{ me { phone } }';
    expect((await ask(registry, { query, scopes: ['basic'] })).denials).toEqual(['me.phone Person.phone']);
    expect((await ask(registry, { query, scopes: ['phone'] })).data).toEqual({ me: { phone: '09' } });
  });

  test('a set of scopes needs all of its members, alternatives any one', async () => {
    const query = '{ me { friend { name } } }';
    expect((await ask(registry, { query, scopes: ['basic'] })).denials).toEqual(['me.friend Person.friend']);
    expect((await ask(registry, { query, scopes: ['basic', 'family'] })).data).toEqual({
      me: { friend: { name: 'Bình' } },
    });
    expect((await ask(registry, { query: '{ me { motto } }', scopes: ['blood'] })).data).toEqual({
      me: { motto: 'x' },
    });
  });

  test.each(['Basic', 'basic:read', 'bas', 'basic basic', '__proto__', 'constructor'])(
    'the scope «%s» is not «basic»',
    async (scope) => {
      expect((await ask(registry, { query: '{ me { name } }', scopes: [scope] })).data).toEqual({ me: null });
    },
  );

  test('scopes and policies must both hold', async () => {
    const query = '{ me { diagnosis } }';
    const scopes = ['basic', 'clinical'];
    expect((await ask(registry, { query, scopes })).data).toEqual({ me: null });
    expect((await ask(registry, { query, policies: ['purpose:TREATMENT'], scopes: ['basic'] })).data).toEqual({
      me: null,
    });
    expect((await ask(registry, { query, scopes, policies: ['purpose:TREATMENT'] })).data).toEqual({
      me: { diagnosis: 'flu' },
    });
  });

  test('@authenticated asks for any token at all', async () => {
    expect((await ask(registry, { query: '{ echo }' })).data).toEqual({ echo: 'hello' });
    expect((await ask(registry, { query: '{ echo }', anonymous: true })).denials).toEqual(['echo Query.echo']);
  });
});

describe('abstract positions', () => {
  test('a field on an interface needs the rules of every implementing type', async () => {
    const query = '{ files { title } }';
    expect((await ask(registry, { query, scopes: [] })).denials).toEqual(['files.@.title File.title']);
    expect((await ask(registry, { query, scopes: ['sealed'] })).data).toEqual({
      files: [{ title: 'map' }, { title: 'will' }],
    });
  });

  test('fragments give the open ones their fields and the sealed ones nothing', async () => {
    const answer = await ask(registry, { query: '{ files { ... on OpenFile { title } } }' });
    expect(answer.data).toEqual({ files: [{ title: 'map' }, {}] });
    expect(answer.denials).toEqual([]);
  });

  test('a fragment on a denied type contributes nothing, and is told as that type', async () => {
    const answer = await ask(registry, {
      query: '{ search { __typename ... on Person { name } ... on Secret { code } ... on Pet { chip } } }',
      scopes: ['basic'],
    });
    expect(answer.data).toEqual({
      search: [{ __typename: 'Person', name: 'An' }, { __typename: 'Secret' }, { __typename: 'Pet', chip: null }],
    });
    expect(answer.denials).toEqual(['search.@.(Secret) Secret', 'search.@.chip Pet.chip']);
    expect(answer.sent).not.toContain('Secret');
  });

  test('__typename inside a denied fragment is denied with it', async () => {
    const answer = await ask(registry, { query: '{ search { ... on Secret { __typename } } }' });
    expect(answer).toEqual({ sent: undefined, data: { search: null }, denials: ['search.@.(Secret) Secret'] });
  });

  test('a detour through an interface is not a way round', async () => {
    const detour = '{ me { ... on Named { motto } pets { ... on Named { motto } } } }';
    const answer = await ask(registry, { query: detour, scopes: ['basic'] });
    expect(answer.denials).toEqual(['me.motto Named.motto', 'me.pets.@.motto Named.motto']);
    expect(answer.data).toEqual({ me: null });
  });

  test('what one selection permits stays where another one under the same key is denied', async () => {
    const answer = await ask(registry, { query: '{ me { ... on Named { motto } motto } }', scopes: ['basic'] });
    expect(answer.data).toEqual({ me: { motto: 'x' } });
    expect(answer.denials).toEqual(['me.motto Named.motto']);
  });
});

describe('what decides', () => {
  test('skipped selections are neither judged nor told', async () => {
    const query =
      'query ($no: Boolean = false, $yes: Boolean!) { me { name blood @include(if: $no) id @skip(if: $yes) } }';
    const answer = await ask(registry, { query, scopes: ['basic'], variables: { yes: true } });
    expect(answer).toEqual({ data: { me: { name: 'An' } }, sent: '{ me { name } }', denials: [] });
  });

  test('an object whose selections are all skipped is still there', async () => {
    const answer = await ask(registry, { query: '{ me { name @skip(if: true) } }', scopes: ['basic'] });
    expect(answer.data).toEqual({ me: {} });
  });

  test('only the selected operation is judged', async () => {
    const query = 'query A { me { name } } query B { me { blood } }';
    expect((await ask(registry, { query, operationName: 'A', scopes: ['basic'] })).denials).toEqual([]);
  });

  test('a fragment is judged at each place where it is spread', async () => {
    const query = '{ me { ...F friend { ...F } } } fragment F on Person { blood name }';
    const answer = await ask(registry, { query, scopes: ['basic', 'family'] });
    expect(answer.denials).toEqual(['me.blood Person.blood', 'me.friend.blood Person.blood']);
    expect(answer.data).toEqual({ me: { blood: null, name: 'An', friend: { blood: null, name: 'Bình' } } });
  });

  test('a fragment skipped at one place still counts at the next', async () => {
    const query = '{ me { ...F @skip(if: true) ...F } } fragment F on Person { name }';
    expect((await ask(registry, { query, scopes: ['basic'] })).data).toEqual({ me: { name: 'An' } });
  });

  test('unguarded: refuse closes what has neither a rule nor the public tag', async () => {
    const strict: Miniature = { ...registry, unguarded: 'refuse', open: ['Query.people'] };
    expect((await ask(strict, { query: '{ people { name motto } }', scopes: ['basic'] })).denials).toEqual([
      'people.@.motto Person.motto',
    ]);
    expect((await ask(strict, { query: '{ files { __typename } }', scopes: ['basic'] })).denials).toEqual([
      'files Query.files',
    ]);
  });
});

describe('what travels', () => {
  test('fragments around the fields of one known type are gone', async () => {
    const query =
      '{ me { ... on Named { ... on Person { name } } } search { ... on Person { ... on Named { motto ... on Pet { chip } } } } }';
    const answer = await ask(registry, { query, scopes: ['basic', 'pets', 'chip'] });
    expect(answer.sent).toBe('{ me { name } search { ... on Person { motto } __typename } }');
  });

  test('fragments that can apply to no object of their position are judged and not sent', async () => {
    const query = '{ search { ... on Person { name ... on Named { ... on Pet { chip } } } } }';
    const answer = await ask(registry, { query, scopes: ['basic'] });
    expect(answer.sent).toBe('{ search { ... on Person { name } __typename } }');
    expect(answer.denials).toEqual(['search.@.chip Pet.chip']);
  });

  test('client aliases never meet fields that plans add', async () => {
    const answer = await ask(registry, { query: '{ me { id: name name: id } }', scopes: ['basic'] });
    expect(answer.sent).toBe('{ me { lt_0: name lt_1: id } }');
    expect(answer.data).toEqual({ me: { id: 'An', name: 'k1' } });
  });

  test('fields with arguments travel under an alias too', async () => {
    const answer = await ask(registry, { query: '{ me { age(unit: "year") } }', scopes: ['basic'] });
    expect(answer.sent).toBe('{ me { lt_0: age(unit: "year") } }');
    expect(answer.data).toEqual({ me: { age: 40 } });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename'])(
    'the alias %s is a name like any other',
    async (alias) => {
      const { data, sent } = await ask(registry, { query: `{ me { ${alias}: name } }`, scopes: ['basic'] });
      expect(JSON.stringify(data)).toBe(`{"me":{"${alias}":"An"}}`);
      expect(sent).not.toContain(alias);
      expect(({} as Record<string, unknown>).name).toBeUndefined();
    },
  );

  test('variables are renamed, unused ones dropped, defaults kept', async () => {
    const query =
      'query Hidden($representations: String = "hi", $gone: String) { echo(text: $representations) me { friend { age(unit: $gone) } } }';
    const answer = await ask(registry, { query, scopes: ['basic'], variables: { gone: 'secret' } });
    expect(answer.sent).toBe('query ($v0: String = "hi") { lt_0: echo(text: $v0) }');
  });

  test('a bomb of fragments spread twice stays small', async () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Person { ...F${n + 1} ...F${n + 1} }`).join(
      ' ',
    );
    const query = `{ me { ...F0 } } ${bomb} fragment F30 on Person { name }`;
    expect((await ask(registry, { query, scopes: ['basic'] })).data).toEqual({ me: { name: 'An' } });
  });

  test('a bomb of fragments nested in fields is refused', async () => {
    const bomb = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Person { a: friend { ...F${n + 1} } b: friend { ...F${n + 1} } }`,
    );
    const query = `{ me { ...F0 } } ${bomb.join(' ')} fragment F30 on Person { name }`;
    await expect(ask(registry, { query, scopes: ['basic'] })).rejects.toMatchObject({ code: 'LIMIT_COST' });
  });
});
