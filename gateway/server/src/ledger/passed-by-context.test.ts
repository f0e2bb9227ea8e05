import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { graphql, parse } from 'graphql';

import type { Principal } from '../policy/principal.ts';
import { departmentSchema } from '../testing/department-schema.ts';
import { type InProcessGateway, inProcess } from '../testing/in-process.ts';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requiresScopes", "@composeDirective", "@context", "@fromContext"])
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION
`;
const READ = '@requiresScopes(scopes: [["read"]])';
const TAX = '@requiresScopes(scopes: [["tax"]])';

const SDL = {
  people: `${LINK}
    type Query { citizens: [Citizen] }
    type Citizen @key(fields: "id") @dataSubject(path: "id") {
      id: ID! ${READ}
      income: Int ${TAX}
      region: Int
      address: Address ${READ}
      spouse: Citizen ${READ}
    }
    type Address @shareable @dataSubject(enclosing: true) { street: String ${READ} }`,
  welfare: `${LINK}
    type Citizen @key(fields: "id") @context(name: "citizen") @dataSubject(path: "id") {
      id: ID! ${READ}
      income: Int @external
      region: Int @external
      address: Address @external
      category: String ${READ}
      benefits: [Benefit] ${READ}
    }
    type Address @shareable @dataSubject(enclosing: true) { street: String ${READ} }
    type Benefit @key(fields: "id") @dataSubject(enclosing: true) {
      id: ID! ${READ}
      amount(income: Int @fromContext(field: "$citizen { income }")): Int ${TAX}
      office(region: Int @fromContext(field: "$citizen { region }")): String ${READ}
      letter(street: String @fromContext(field: "$citizen { address { street } }")): String ${READ}
      ranked(category: String @fromContext(field: "$citizen { category }")): String ${READ}
      stamped(id: ID @fromContext(field: "$citizen { id }")): String ${READ}
    }`,
};

const benefit = (id: string) => ({
  ...{ __typename: 'Benefit', id },
  amount: ({ income }: { income?: number }) => (income ?? 0) / 10,
  office: ({ region }: { region?: number }) => `office ${region}`,
  letter: ({ street }: { street?: string }) => `letter ${street}`,
  ranked: ({ category }: { category?: string }) => `rank ${category}`,
  stamped: ({ id: of }: { id?: string }) => `stamp ${of}`,
});
const citizen = (id: string, income: number | null) => ({
  ...{ __typename: 'Citizen', id, income, region: 51, address: { street: `street of ${id}` }, category: `of ${id}` },
  benefits: [benefit('1'), benefit('2')],
});
const a = citizen('a', 500);
const b = { ...citizen('b', null), spouse: a };
const ENTITIES = new Map([a, b, benefit('1'), benefit('2')].map((each) => [`${each.__typename} ${each.id}`, each]));

interface Sent {
  readonly department: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

let gateway: InProcessGateway;
const calls: Sent[] = [];
let answers = () => true;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-context-'));
  const departments = Object.entries(SDL).map(([name, sdl]) => {
    writeFileSync(join(folder, name), sdl);
    return { name, url: `http://${name}.invalid/graphql`, schema: [join(folder, name)] };
  });
  const composed = composeSources({ departments }, { folder });
  rmSync(folder, { recursive: true });
  if (!composed.ok) throw new Error(JSON.stringify(composed.errors));
  const rootValue = {
    citizens: [a, b],
    _entities: ({ representations }: { representations: { __typename: string; id: string }[] }) =>
      representations.map(({ __typename, id }) => ENTITIES.get(`${__typename} ${id}`) ?? null),
  };
  gateway = await inProcess({
    ...{ supergraph: composed.supergraph, unguarded: 'allow', engine: 'compiled', onLog: () => {} },
    ledger: { idOf: (number) => number },
    departments: ({ name }) => {
      const schema = departmentSchema(SDL[name as keyof typeof SDL]);
      return async (source, variableValues) => {
        calls.push({ department: name, query: source, variables: variableValues });
        if (!answers()) throw new Error('down');
        return graphql({ schema, source, variableValues, rootValue });
      };
    },
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  calls.length = 0;
  answers = () => true;
});

const caller = (...scopes: string[]): Principal => ({
  kind: 'authenticated',
  issuer: 'https://idp.invalid',
  subject: 'officer',
  clientId: 'office',
  jti: 'j',
  scopes: new Set(scopes),
  expiresAt: 4_102_444_800,
  claims: {},
});

const ask = async (text: string, ...scopes: string[]) => {
  const { disclosed, ...answer } = await gateway.ask({
    ...{ document: parse(text), operationName: null, variables: {}, principal: caller(...scopes) },
  });
  return { answer, passed: disclosed && Object.fromEntries(disclosed.passed), entries: disclosed?.entries };
};

const toWelfare = (...coordinates: string[]) =>
  coordinates.map((coordinate) => ({ coordinate, department: 'welfare' }));

describe('what a department is told of what stands above', () => {
  test('is told of the person above, null as well, once for all that stand below', async () => {
    const { answer, passed } = await ask('{ citizens { benefits { amount } } }', 'read', 'tax');
    expect(answer).toEqual({
      data: {
        citizens: [{ benefits: [{ amount: 50 }, { amount: 50 }] }, { benefits: [{ amount: 0 }, { amount: 0 }] }],
      },
    });
    expect(passed).toEqual({ a: toWelfare('Citizen.income'), b: toWelfare('Citizen.income') });
  });

  test('the nearest person’s, not that of those further out', async () => {
    const { passed } = await ask('{ citizens { spouse { benefits { amount } } } }', 'read', 'tax');
    expect(passed).toEqual({ a: toWelfare('Citizen.income') });
  });

  test('what is within it, with the way there', async () => {
    const { passed } = await ask('{ citizens { benefits { letter } } }', 'read');
    expect(passed?.a).toEqual(toWelfare('Address.street', 'Citizen.address'));
  });

  test.each(['office', 'ranked', 'stamped'])('%s: nothing where it is open, its own or a key', async (field) => {
    const { answer, passed } = await ask(`{ citizens { benefits { ${field} } } }`, 'read');
    expect(answer.errors).toBeUndefined();
    expect(calls.some(({ query }) => query.includes(`${field}(`))).toBe(true);
    expect(passed).toEqual({});
  });

  test('of a department that fails as well: it was told', async () => {
    answers = () => !calls.at(-1)?.query.includes('amount(');
    const { answer, passed } = await ask('{ citizens { benefits { amount } } }', 'read', 'tax');
    expect(answer.errors?.[0]?.extensions?.code).toBe('DEPARTMENT_UNAVAILABLE');
    expect(passed).toEqual({ a: toWelfare('Citizen.income'), b: toWelfare('Citizen.income') });
  });
});

describe('whoever may not have it, for him it is not fetched', () => {
  test('a denied field costs no call, and hands on nothing', async () => {
    const { answer, passed } = await ask('{ citizens { region benefits { a: amount office } } }', 'read');
    expect(answer.errors?.map(({ extensions }) => extensions?.affectedPath)).toEqual(['citizens.@.benefits.@.a']);
    const all = [
      { a: null, office: 'office 51' },
      { a: null, office: 'office 51' },
    ];
    expect(answer.data).toEqual({
      citizens: [
        { region: 51, benefits: all },
        { region: 51, benefits: all },
      ],
    });
    expect(passed).toEqual({});
    for (const { query, variables } of calls) {
      expect(query).not.toMatch(/income|amount/);
      expect(JSON.stringify(variables)).not.toContain('500');
    }
  });

  test('after whoever may, and before: what is remembered of the one is not the other’s', async () => {
    const text = '{ citizens { benefits { amount } } }';
    for (const scopes of [['read', 'tax'], ['read'], ['read', 'tax'], ['tax'], []]) {
      calls.length = 0;
      const { answer } = await ask(text, ...scopes);
      const may = scopes.length === 2;
      expect(answer.errors === undefined).toBe(may);
      expect(calls.some(({ query }) => query.includes('income'))).toBe(may);
    }
  });
});
