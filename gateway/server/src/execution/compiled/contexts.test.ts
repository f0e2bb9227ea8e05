import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type DocumentNode,
  defaultTypeResolver,
  execute,
  type GraphQLCompositeType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isAbstractType,
  isCompositeType,
  isUnionType,
  parse,
  validate,
} from 'graphql';

import { anonymous } from '../../policy/principal.ts';
import { departmentSchema } from '../../testing/department-schema.ts';
import { type InProcessGateway, inProcess } from '../../testing/in-process.ts';
import { entity, ROOT, SDL, SUPERGRAPH, type Thing } from './contexts.fixture.ts';

/** What each argument is told, by a look at the objects above: nothing of planners, departments or fetches. */
const CONTEXTS: Readonly<
  Record<string, Readonly<Record<string, { of: readonly string[]; read(thing: Thing): unknown }>>>
> = {
  'Person.mark': { rank: { of: ['House'], read: ({ rank }) => rank } },
  'Person.floor': { level: { of: ['House'], read: ({ level }) => level } },
  'Person.sizes': {
    all: { of: ['House'], read: ({ rooms }) => (rooms as Thing[] | null)?.map((room) => room?.size ?? null) ?? null },
  },
  'Person.width': {
    of: { of: ['House'], read: ({ front }) => ((front as Thing | null)?.door as Thing | null)?.width ?? null },
  },
  'Person.cost': { of: { of: ['House'], read: ({ price }) => (price as (args: object) => number)({}) } },
  'Person.both': {
    rank: { of: ['House'], read: ({ rank }) => rank },
    level: { of: ['House'], read: ({ level }) => level },
  },
  'Person.sum': { rank: { of: ['House'], read: ({ rank }) => rank } },
  'Crop.grown': { rank: { of: ['House', 'Farm'], read: ({ rank }) => rank } },
  'Toy.squeak': { years: { of: ['Cat', 'Dog'], read: ({ years }) => years } },
  'Desk.look': {
    of: {
      of: ['School', 'Clinic'],
      read: ({ __typename, pupils, front }) => (__typename === 'School' ? pupils : front),
    },
  },
};

/** An object and those around it. */
class Seen {
  readonly thing: Thing;
  readonly around: Seen | undefined;

  constructor(thing: Thing, around: Seen | undefined) {
    this.thing = thing;
    this.around = around;
  }
}

const resolve: GraphQLFieldResolver<unknown, unknown> = (source, args, _, { fieldName, parentType }) => {
  const seen = source instanceof Seen ? source : new Seen(ROOT, undefined);
  const given: Record<string, unknown> = { ...args };
  for (const [name, { of, read }] of Object.entries(CONTEXTS[`${parentType.name}.${fieldName}`] ?? {})) {
    for (let here = seen.around; here && !(name in given); here = here.around) {
      if (of.includes(String(here.thing.__typename))) given[name] = read(here.thing);
    }
  }
  const member = seen.thing[fieldName];
  const value: unknown = typeof member === 'function' ? member.call(seen.thing, given) : member;
  const wrapped = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(wrapped);
    return typeof each === 'object' && each !== null ? new Seen(each as Thing, seen) : each;
  };
  return wrapped(value);
};

const monolith = (schema: GraphQLSchema, document: DocumentNode, variableValues: Record<string, unknown>) =>
  execute({
    schema,
    document,
    variableValues,
    fieldResolver: resolve,
    typeResolver: (value, ...rest) =>
      value instanceof Seen ? String(value.thing.__typename) : defaultTypeResolver(value, ...rest),
  });

interface Sent {
  readonly department: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

let gateway: InProcessGateway;
const calls: Sent[] = [];
const down = new Set<string>();
const lines: string[] = [];

beforeAll(async () => {
  gateway = await inProcess({
    supergraph: SUPERGRAPH,
    unguarded: 'allow',
    engine: 'compiled',
    onLog: (line) => lines.push(line),
    departments: ({ name }) => {
      const schema = departmentSchema(SDL[name as keyof typeof SDL]);
      const _entities = ({ representations }: { representations: Thing[] }) =>
        representations.map((each) => {
          const known = entity(each.__typename, each.id);
          return known && Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(known), ...plainly(each) });
        });
      return async (source, variableValues) => {
        calls.push({ department: name, query: source, variables: variableValues });
        if (down.has(name)) throw new Error('down');
        return graphql({ schema, source, variableValues, rootValue: { ...ROOT, _entities } });
      };
    },
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  calls.length = 0;
  lines.length = 0;
  down.clear();
});

const plainly = (thing: Thing) => Object.getOwnPropertyDescriptors(thing);

const ask = (text: string, variables: Record<string, unknown> = {}) =>
  gateway.ask({ document: parse(text), operationName: null, variables, principal: anonymous });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** First seen and again: the second goes by what is remembered of the first. */
const same = async (text: string, variables: Record<string, unknown> = {}) => {
  const expected = plain(await monolith(gateway.schema, parse(text), variables));
  expect(expected).not.toHaveProperty('errors');
  for (const _ of ['cold', 'hot'])
    expect({ text, ...(await ask(text, variables)) }).toEqual({ text, ...(expected as object) });
  return expected as { data: Record<string, unknown> };
};

describe('an argument is told what stands above', () => {
  test.each([
    ['the same department, or another one', '{ houses { head { mark } } beasts { toys { squeak } } }'],
    ['a value of a third department, asked before', '{ houses { head { floor } } }'],
    ['entities below several objects', '{ houses { people { mark } } grid { people { mark floor } } }'],
    ['one entity below several objects', '{ houses { id guest { mark floor } } }'],
    [
      'the nearest of several',
      '{ houses { head { mark house { head { mark } } friend { house { rank head { mark } } } } } }',
    ],
    [
      'the nearest of several, by type',
      '{ houses { holdings { ... on Shop { crop { grown } } ... on Farm { crop { grown } } } } }',
    ],
    ['further out', '{ houses { pages { items { person { mark friend { mark friend { floor } } } } } } }'],
    [
      'what one department says of an entity, below several objects',
      '{ houses { guest { friend { mark friend { floor } } } } }',
    ],
    ['a list', '{ houses { head { sizes } } }'],
    ['a value within objects', '{ houses { head { width } } }'],
    ['two of them, and more below', '{ houses { head { both { text person { mark name } } } } }'],
    ['with @requires', '{ houses { people { sum age } } }'],
    ['an interface', '{ beasts { toys { squeak } ... on Cat { lives toys { id squeak(loud: true) } } } }'],
    ['a fragment of the interface', '{ beasts { ... on Dog { toys { squeak } } } }'],
    [
      'a union, by type',
      '{ wards { ... on School { desk { look } } ... on Clinic { desk { look } } } school { desk { look } } }',
    ],
    ['a field of the caller beside it', '{ houses { rank level rooms { size } head { mark(of: "x") floor sizes } } }'],
    ['a field with arguments of the caller beside it', '{ houses { price(currency: "VND") head { cost } } }'],
    ['without them', '{ houses { price head { cost } p: price(currency: "VND") } }'],
  ])('%s', async (_, text) => {
    await same(text);
  });

  test('variables of the caller do not meet those that a context fills', async () => {
    const text =
      'query ($contextualArgument_1_0: String, $v: String = "v") { houses { people { mark(of: $contextualArgument_1_0) m: mark(of: $v) } } }';
    await same(text, { contextualArgument_1_0: 'mine' });
  });

  test('aliases of the caller neither break nor feed it', async () => {
    const text = `{ houses { rank: price(currency: "VND") level: code front: head { id } __proto__: id rooms: people { size: id }
      head { mark: name floor: mark sizes: floor f: sizes w: width __proto__: mark } } }`;
    const { data } = await same(text);
    expect(JSON.stringify(data)).not.toContain('code h1"}');
    for (const { query } of calls) expect(query).not.toContain('__proto__');
  });

  test('everything in random order and depth', async () => {
    const random = new Random(20_261_123);
    let judged = 0;
    for (let round = 0; round < 60; round += 1) {
      const text = selections(gateway.schema.getQueryType() as GraphQLCompositeType, random, 5);
      // Forty houses, some of which fail, have a test of their own.
      if (text.includes('street') || validate(gateway.schema, parse(text)).length > 0) continue;
      judged += 1;
      await same(text);
    }
    expect(judged).toBeGreaterThan(25);
  });
});

describe('where something fails', () => {
  test('a value that could not be had: nobody is asked without it, and the failure is told once', async () => {
    down.add('levels');
    const { data, errors } = await ask('{ houses { head { floor name } } }');
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['DEPARTMENT_UNAVAILABLE']);
    expect(calls.some(({ query }) => query.includes('floor('))).toBe(false);
    expect(plain(data)).toMatchObject({
      houses: [{ head: { floor: null, name: 'person p1' } }, null, {}, {}, {}],
    });
  });

  test('the department that is told: its fields alone', async () => {
    down.add('facts');
    const { data, errors } = await ask('{ house { head { name mark } } }');
    expect(errors?.map(({ extensions }) => [extensions?.code, extensions?.affectedPath])).toEqual([
      ['DEPARTMENT_UNAVAILABLE', 'house.head.mark'],
    ]);
    expect(plain(data)).toEqual({ house: { head: { name: 'person p1', mark: null } } });
  });

  test('more contexts than fit into a call, and an error at each object that it concerns, at no other', async () => {
    const text = '{ street { head { m: mark } guest { mark } } }';
    const { data, errors } = await ask(text);
    const judged = await monolith(gateway.schema, parse(text), {});
    expect(plain(data)).toEqual(plain(judged.data));
    const places = (list: typeof errors | typeof judged.errors) =>
      (list ?? []).map(({ path }) => path?.join('.')).sort();
    expect(places(errors)).toEqual(places(judged.errors));
    expect(places(errors)).toHaveLength(4);
    const asked = calls.filter(({ query }) => query.includes('mark('));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(6);
    for (const { variables } of asked) expect(Object.keys(variables).length).toBeLessThanOrEqual(64);
  });
});

/** A small congruential generator: the same operations every time. */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const ALIASES = ['rank', 'level', 'id', 'head', 'a', 'b', 'mark', 'years', 'pupils', '__proto__'];

const selections = (type: GraphQLCompositeType, random: Random, depth: number): string => {
  const taken = new Set<string>();
  const parts = Array.from({ length: 1 + random.below(4) }, (): string => {
    if (isAbstractType(type) && (isUnionType(type) || random.below(3) === 0)) {
      const on = random.pick(gateway.schema.getPossibleTypes(type));
      return `... on ${on.name} ${selections(on, random, depth - 1)}`;
    }
    if (isUnionType(type)) return '__typename';
    const fields = Object.values(type.getFields()).filter(
      ({ type: of }) => depth > 0 || !isCompositeType(getNamedType(of)),
    );
    if (fields.length === 0) return '__typename';
    const field = random.pick(fields);
    const name = random.below(3) === 0 ? random.pick(ALIASES) : field.name;
    if (taken.has(name)) return '__typename';
    taken.add(name);
    const named = getNamedType(field.type);
    const inner = isCompositeType(named) ? ` ${selections(named, random, depth - 1)}` : '';
    const given = { mark: '(of: "x")', price: '(currency: "x")', squeak: '(loud: true)' }[field.name];
    return `${name === field.name ? '' : `${name}: `}${field.name}${given && random.below(2) === 0 ? given : ''}${inner}`;
  });
  return `{ ${parts.join(' ')} }`;
};
