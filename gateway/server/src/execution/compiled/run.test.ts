import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { parse } from 'graphql';

import { anonymous } from '../../policy/principal.ts';
import { type InProcessGateway, inProcess } from '../../testing/in-process.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external"])';

const DEPARTMENTS = {
  people: `${LINK}
    type Query { people(of: String): [Person!] person(of: String): Person house: House }
    type Person @key(fields: "id") { id: ID! friend: Person }
    type House @key(fields: "id") { id: ID! }
    type Mutation { move: Moved }
    type Moved { done: Boolean query: Query! }`,
  names: `${LINK}
    type Person @key(fields: "id") { id: ID! name(of: String): String }
    type House @key(fields: "id") { id: ID! street: String rooms: [Int!] }`,
  later: `${LINK}
    type Query { second: Person }
    type Person @key(fields: "id") { id: ID! }`,
  last: `${LINK}
    type Query { third: Person }
    type Person @key(fields: "id") { id: ID! }`,
};

interface Sent {
  readonly department: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}
type Answer = (sent: Sent) => Promise<object | string> | object | string;

let gateway: InProcessGateway;
const calls: Sent[] = [];
const answers: Record<keyof typeof DEPARTMENTS, Answer> = {
  people: () => ({}),
  names: () => ({}),
  later: () => ({}),
  last: () => ({}),
};

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-run-'));
  const departments = Object.entries(DEPARTMENTS).map(([name, sdl]) => {
    writeFileSync(join(folder, name), sdl);
    return { name, url: `http://${name}.invalid/graphql`, schema: [join(folder, name)] };
  });
  const composed = composeSources({ departments }, { folder });
  rmSync(folder, { recursive: true });
  if (!composed.ok) throw new Error(JSON.stringify(composed.errors));
  gateway = await inProcess({
    supergraph: composed.supergraph,
    unguarded: 'allow',
    engine: 'compiled',
    onLog: () => {},
    departments:
      ({ name }) =>
      async (query, variables) => {
        const sent = { department: name, query, variables };
        calls.push(sent);
        return answers[name as keyof typeof answers](sent);
      },
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  calls.length = 0;
});

const ask = (text: string, variables: Record<string, unknown> = {}) =>
  gateway.ask({ document: parse(text), operationName: null, variables, principal: anonymous });

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

type Representations = readonly { readonly __typename: string; readonly id: string }[];

/** Every list of representations of a call, by the response name of its entities. */
const lists = ({ variables }: Sent): [string, Representations][] =>
  Object.entries(variables).flatMap(([name, value]) =>
    Array.isArray(value) ? [[name.replace('representations', '_entities'), value as Representations]] : [],
  );

const entities = (sent: Sent, entity: (each: Representations[number]) => unknown): object => ({
  data: Object.fromEntries(lists(sent).map(([alias, each]) => [alias, each.map(entity)])),
});

const BOTH = '{ people { id name } house { street } }';
const people = (...ids: string[]) => ids.map((id) => ({ id, __typename: 'Person' }));

describe('entities', () => {
  test('each representation is told once, and what it brings goes to every object', async () => {
    answers.people = () => ({ data: { people: people('1', '2', '1', '1') } });
    answers.names = (sent) => entities(sent, ({ id }) => ({ name: `name ${id}` }));
    const { data, errors } = await ask('{ people { name } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ people: ['1', '2', '1', '1'].map((id) => ({ name: `name ${id}` })) });
    expect(lists(calls[1] as Sent)).toEqual([
      ['_entities', [expect.objectContaining({ id: '1' }), expect.objectContaining({ id: '2' })]],
    ]);
  });

  test('fetches to one department at one stage share a call', async () => {
    answers.people = () => ({ data: { people: people('1'), house: { __typename: 'House', id: '9' } } });
    answers.names = (sent) =>
      entities(sent, ({ __typename, id }) =>
        __typename === 'House' ? { street: `street ${id}` } : { name: `name ${id}` },
      );
    expect(await ask(BOTH)).toEqual({
      data: { people: [{ id: '1', name: 'name 1' }], house: { street: 'street 9' } },
    });
    expect(calls.map(({ department }) => department)).toEqual(['people', 'names']);
  });

  test('who comes when the others have gone makes a call of his own, and each is told of once', async () => {
    const person = (id: string) => people(id)[0];
    const asked: string[][] = [];
    const [first, second] = [gate(), gate()];
    answers.people = () => ({ data: { person: person('1') } });
    // Each is there when the one before it has been asked about, however long that takes.
    answers.later = async () => {
      await first.opened;
      return { data: { second: person('2') } };
    };
    answers.last = async () => {
      await second.opened;
      return { data: { third: person('3') } };
    };
    answers.names = (sent) => {
      asked.push(lists(sent).flatMap(([, told]) => told.map(({ id }) => id)));
      (asked.length === 1 ? first : second).open();
      return entities(sent, ({ id }) => ({ name: `name ${id}` }));
    };
    const { data, errors } = await ask('{ person { name } second { name } third { name } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ person: { name: 'name 1' }, second: { name: 'name 2' }, third: { name: 'name 3' } });
    expect(asked).toEqual([['1'], ['2'], ['3']]);
  });

  test('an error of one of them is told at each object that it stands for, and at no other', async () => {
    answers.people = () => ({ data: { people: people('2', '1', '2') } });
    answers.names = (sent) => ({
      ...entities(sent, ({ id }) => ({ name: id === '2' ? null : 'An' })),
      errors: [{ message: 'x', path: ['_entities', 0, 'name'] }],
    });
    const { data, errors } = await ask('{ people { name } }');
    expect(data).toEqual({ people: [{ name: null }, { name: 'An' }, { name: null }] });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['people', 0, 'name'],
      ['people', 2, 'name'],
    ]);
  });

  test('an error is told at the right object where others before it had nothing to ask for', async () => {
    answers.people = () => ({
      data: {
        people: [...people('1'), ...people('2')].map((each, at) => ({
          ...each,
          friend: at === 0 ? null : people('3')[0],
        })),
      },
    });
    answers.names = (sent) => ({
      ...entities(sent, () => ({ name: null })),
      errors: [{ message: 'x', path: ['_entities', 0, 'name'] }],
    });
    const { errors } = await ask('{ people { friend { name } } }');
    expect(errors?.map(({ path }) => path)).toEqual([['people', 1, 'friend', 'name']]);
  });

  test('an error that says of none of them where it belongs is not lost', async () => {
    answers.people = () => ({ data: { people: people('1') } });
    for (const path of [['_entities', 7, 'name'], ['nowhere'], undefined]) {
      answers.names = (sent) => ({ ...entities(sent, () => ({ name: null })), errors: [{ message: 'x', path }] });
      const { errors } = await ask('{ people { name } }');
      expect(errors?.map(({ extensions }) => extensions?.affectedPath)).toEqual(['people.@.name']);
    }
  });

  test('an entity that was not found and must be is told of', async () => {
    answers.people = () => ({ data: { person: { __typename: 'Person', id: '1' } } });
    answers.names = () => ({ data: { _entities: [null] } });
    expect(await ask('{ person { name } }')).toEqual({ data: { person: { name: null } } });
  });
});

describe('a call that is shared', () => {
  beforeEach(() => {
    answers.people = () => ({ data: { people: people('1'), house: { __typename: 'House', id: '9' } } });
  });

  test('fails for all who share it', async () => {
    answers.names = () => {
      throw new Error('away');
    };
    const { data, errors } = await ask(BOTH);
    expect(data).toEqual({ people: [{ id: '1', name: null }], house: { street: null } });
    expect(errors?.map(({ extensions }) => extensions?.affectedPath).sort()).toEqual(['house.street', 'people.@.name']);
    expect(calls).toHaveLength(2);
  });

  test('whose null for one takes the data of all is made again for each alone', async () => {
    answers.names = (sent) => {
      const [[, [entity] = []] = ['', []]] = lists(sent);
      if (lists(sent).length > 1) return { data: null, errors: [{ message: 'x', path: ['_entities_0'] }] };
      return entity?.__typename === 'House'
        ? entities(sent, () => ({ street: 'Lê Lợi' }))
        : { data: null, errors: [{ message: 'x', path: ['_entities'] }] };
    };
    const { data, errors } = await ask(BOTH);
    expect(data).toEqual({ people: [{ id: '1', name: null }], house: { street: 'Lê Lợi' } });
    expect(errors?.map(({ extensions }) => extensions?.affectedPath)).toEqual(['people.@']);
  });

  test('gives each its own errors, and those that name nobody to all', async () => {
    answers.names = (sent) => {
      const alias = lists(sent).find(([, [first]]) => first?.__typename === 'House')?.[0] ?? '';
      return {
        ...entities(sent, ({ __typename }) => (__typename === 'House' ? { street: null } : { name: 'An' })),
        errors: [{ message: 'x', path: [alias, 0, 'street'] }],
      };
    };
    const { data, errors } = await ask(BOTH);
    expect(data).toEqual({ people: [{ id: '1', name: 'An' }], house: { street: null } });
    expect(errors?.map(({ path }) => path)).toEqual([['house', 'street']]);
  });
});

test('a null among leaves that cannot be null takes their list, and no byte of what stood there is shown', async () => {
  answers.people = () => ({ data: { house: { __typename: 'House', id: '9' } } });
  answers.names = (sent) => entities(sent, () => ({ rooms: [1, null] }));
  const { data, errors } = await ask('{ house { rooms } }');
  expect(data).toEqual({ house: { rooms: null } });
  expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['DEPARTMENT_ERROR']);
});

test('the root of all queries below a write is asked at its place', async () => {
  answers.people = ({ query }) =>
    query.startsWith('mutation')
      ? { data: { move: { done: true, query: { __typename: 'Query', house: { __typename: 'House', id: '9' } } } } }
      : { data: { house: { __typename: 'House', id: '9' } } };
  answers.names = (sent) => entities(sent, ({ id }) => ({ street: `street ${id}` }));
  const { data, errors } = await ask('mutation { move { done query { house { street } } } }');
  expect(errors).toBeUndefined();
  expect(data).toEqual({ move: { done: true, query: { house: { street: 'street 9' } } } });
});

test('of many requests at once, some of which fail, each gets its own bytes alone', async () => {
  // Answers of different lengths, cut off, late, never read strictly, and departments that fail.
  const size = (of: string): number => 1 + ((Number(of) * 7_919) % 300);
  answers.people = async ({ variables }) => {
    const of = String(variables.v0);
    await setTimeout(Number(of) % 5);
    if (Number(of) % 11 === 0) throw new Error('away');
    const list = people(`${of}-a`, `${of}-b`).map((each) => ({
      ...each,
      friend: people(`${of}-${'c'.repeat(size(of))}`)[0],
    }));
    const text = JSON.stringify({ data: { lt_0: list, people: list } });
    return Number(of) % 7 === 0 ? text.slice(0, -9) : JSON.parse(text);
  };
  answers.names = async (sent) => {
    const [[, [first] = []] = ['', []]] = lists(sent);
    const of = Number.parseInt(first?.id ?? '0', 10);
    await setTimeout(of % 3);
    if (of % 13 === 0) return '{"data":{"_entities":[{"name":"';
    return entities(sent, ({ id }) => (of % 5 === 0 ? { name: id, more: id } : { name: `tên ${id}` }));
  };
  const all = await Promise.all(
    Array.from({ length: 400 }, async (_, of) => {
      const answer = await ask('query ($of: String) { people(of: $of) { id friend { id name } } }', { of: String(of) });
      return { of, text: JSON.stringify(answer) };
    }),
  );
  for (const { of, text } of all) {
    const others = [...text.matchAll(/(\d+)-[abc]/g)].filter(([, found]) => found !== String(of));
    expect(others).toEqual([]);
    if (of % 11 !== 0 && of % 7 !== 0) expect(text).toContain(`"${of}-a"`);
  }
});
