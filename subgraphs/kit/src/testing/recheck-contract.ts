import { describe, expect, test } from '@jest/globals';
import { readDataSubjects } from '@lienthong/schema/subjects';
import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { pino } from 'pino';
import type { Department, DepartmentRequest } from '../department.ts';
import { recheckRules } from '../recheck/recheck.ts';
import { FieldRefused } from '../recheck/refusal.ts';
import { type OwnRule, ownRules } from '../recheck/rules.ts';
import { departmentSchema, departmentSdl } from '../schema.ts';
import { type Answer, ask, askEntities } from './ask.ts';
import type { TestPrincipal } from './gateway.ts';
import type { TestSubgraph } from './subgraph.ts';

interface Entity {
  readonly type: string;
  readonly hundred: (subgraph: TestSubgraph) => readonly object[] | Promise<readonly object[]>;
}

const LITERALS: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  PersonalNumber: '"051085000001"',
  Date: '"2026-01-15"',
  PartialDate: '"2026"',
  CommuneCode: '"21289"',
};

/** Some literal that a type accepts: what a refused field would have been asked with. */
const literal = (type: GraphQLInputType): string => {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(' ')} }`;
  }
  return LITERALS[type.name] ?? '"21289"';
};

const selectionOf = (field: GraphQLField<unknown, unknown>): string => {
  const args = field.args
    .filter(({ type }) => isNonNullType(type))
    .map(({ name, type }) => `${name}: ${literal(type)}`);
  const inner = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  return `${field.name}${args.length > 0 ? `(${args.join(' ')})` : ''}${inner}`;
};

/** A declared path as the gateway selects it: each name under its private alias. */
const privately = ([name, ...rest]: readonly string[]): string =>
  `lt_s_${name}: ${name}${rest.length > 0 ? ` { ${privately(rest)} }` : ''}`;

const everyScope = (rules: Iterable<OwnRule>) => new Set([...rules].flatMap(({ scopes }) => scopes.flat(2)));

/** Callers who each lack something without which nobody meets the rule. */
const lacking = (rule: OwnRule, all: ReadonlySet<string>): readonly TestPrincipal[] => {
  const purpose = rule.purposes[0]?.[0]?.[0];
  const whole: TestPrincipal = { scopes: [...all], ...(purpose === undefined ? {} : { purpose }) };
  const needed = rule.scopes.flatMap((alternatives) => (alternatives.length === 1 ? alternatives.flat() : []));
  return [
    ...(rule.scopes.length > 0 ? [{ ...whole, scopes: [] }] : []),
    ...needed.map((scope) => ({ ...whole, scopes: [...all].filter((held) => held !== scope) })),
    ...(purpose === undefined ? [] : [{ ...whole, purpose: 'OTHER' }, { scopes: [...all] }]),
  ];
};

/** A department refuses by itself what its own rules forbid, whatever the gateway asks for. */
export const recheckContract = <Tables, Data>(
  department: Department<Tables, Data>,
  entities: readonly Entity[],
  running: () => TestSubgraph,
): void => {
  const document = parse(departmentSdl(department.folder));
  const rules = ownRules(document);
  const all = everyScope(rules.values());
  const schema = departmentSchema(department);
  recheckRules(schema, document);
  const fieldOf = (coordinate: string) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) throw new Error(`${coordinate} is not in the schema`);
    return field;
  };

  const request = ({ scopes = [], ...claims }: TestPrincipal): DepartmentRequest => ({
    caller: { issuer: 'https://issuer.test', subject: 'a', clientId: 'a', ...claims, scopes: new Set(scopes) },
    requestId: 'a',
    language: 'en',
    log: pino({ level: 'silent' }),
  });

  test.each([...rules])('%s is refused before its resolver runs', (coordinate, rule) => {
    const { resolve } = fieldOf(coordinate);
    const path = { prev: undefined, key: 'a', typename: undefined };
    const cases = lacking(rule, all);
    expect(cases.length).toBeGreaterThan(0);
    for (const principal of cases) {
      const act = () => Reflect.apply(resolve ?? (() => {}), undefined, [{}, {}, request(principal), { path }]);
      expect(act).toThrow(FieldRefused);
    }
  });

  const direct = [...rules].filter(([coordinate]) =>
    ['Query', 'Mutation', ...entities.map(({ type }) => type)].includes(coordinate.split('.')[0] ?? ''),
  );

  /** Without the principal that may read everything. */
  const bare = () => ({ name: running().name, url: running().url, gateway: running().gateway });

  describe('asked directly', () => {
    const answerTo = async (coordinate: string, principal: TestPrincipal): Promise<Answer> => {
      const [type = ''] = coordinate.split('.');
      const selection = `{ ${selectionOf(fieldOf(coordinate))} }`;
      const entity = entities.find((one) => one.type === type);
      if (!entity) return ask(bare(), { query: `${type.toLowerCase()} ${selection}`, ...principal });
      const keys = await entity.hundred(running());
      return askEntities(bare(), type, keys.slice(0, 1), selection, principal);
    };

    // None of a department that extends others' entities and names no reference: `test.each` takes no empty table.
    for (const [coordinate, rule] of direct)
      test(`${coordinate} without its scope or purpose is null`, async () => {
        const [type, name = ''] = coordinate.split('.');
        for (const principal of lacking(rule, all)) {
          running().statements.length = 0;
          const { status, body } = await answerTo(coordinate, principal);
          const isEntity = entities.some((one) => one.type === type);
          expect({ status, data: body.data }).toEqual({
            status: 200,
            data: isEntity ? { _entities: [{ [name]: null }] } : { [name]: null },
          });
          expect(body.errors).toEqual([
            expect.objectContaining({ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate } }),
          ]);
          if (!isEntity) expect(running().statements).toEqual([]);
        }
      });
  });

  test('whose data an entity is, the gateway is told without any scope', async () => {
    const { types } = readDataSubjects(document);
    for (const { type, hundred } of entities) {
      const paths = (types.get(type) ?? []).flatMap((subject) => (subject.kind === 'path' ? [subject.segments] : []));
      if (paths.length === 0) continue;
      const [key = {}] = await hundred(running());
      const selection = `{ ${paths.map(privately).join(' ')} }`;
      const { body } = await askEntities(bare(), type, [key], selection, { scopes: [] });
      expect(body.errors).toBeUndefined();
    }
  });

  test('a key is read by whoever may be asked about, without any scope', async () => {
    for (const { type, hundred } of entities) {
      const [key = {}] = await hundred(running());
      const selection = `{ ${Object.keys(key).join(' ')} }`;
      const { body } = await askEntities(running(), type, [key], selection, { scopes: [] });
      expect(body).toEqual({ data: { _entities: [key] } });
    }
  });
};
