import { expect, test } from '@jest/globals';
import {
  buildSchema,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';

import { prepareOperation } from '../../operation/prepare.ts';
import { authorize } from '../../policy/authorize.ts';
import { Guards } from '../../policy/guards.ts';
import { readRules } from '../../testing/miniature.ts';
import { complete } from '../complete.ts';
import { permittedDocument } from '../document.ts';
import { PrivateNames, privatePrefix } from '../private-names.ts';
import { AnswerWriter } from './answer.ts';
import { giveBack, takeArena } from './arena.ts';
import { Layout } from './layout.ts';
import { Place } from './places.ts';
import { AnswerReader, Unusual } from './read.ts';
import { RowMaker } from './rows.ts';

const schema = buildSchema(`
  scalar Any
  enum Level { LOW HIGH }
  interface Node { id: ID! peer: Node peers: [Node!] label: String next: Node }
  type Book implements Node { id: ID! peer: Node peers: [Node!] label: String! next: Book! title: String! pages: [Int!]! level: Level! author: Person! }
  type Person implements Node { id: ID! peer: Node peers: [Node!] label: String next: Node name: String secret: String! books: [Book!]! shelf: [[Book]!] any: Any }
  union Item = Book | Person
  type Query { node: Node nodes: [Node]! item: Item! items: [Item!] book(n: Int): Book person: Person! level: [Level!] }
`);

const rules = readRules({
  rules: {
    'Person.secret': ['high'],
    'Book.author': ['high'],
    'Person.shelf': ['some'],
    'Book.title': ['some'],
    'Query.items': ['some'],
  },
});

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed * 2_654_435_761;
  }
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

/** Response keys are few, so that they meet; those that cannot merge are not valid and thrown away. */
const KEYS = ['id', 'a', 'b', '__proto__', 'constructor', 'title'];

const selections = (type: GraphQLCompositeType, random: Random, depth: number): string => {
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    if (random.below(5) === 0) return random.below(2) === 0 ? '__typename' : 'a: __typename';
    if (random.below(3) === 0 && depth > 0) {
      const on = random.pick(['Node', 'Book', 'Person', 'Item']);
      return type.name === 'Query'
        ? '__typename'
        : `... on ${on} ${selections(schema.getType(on) as GraphQLCompositeType, random, depth - 1)}`;
    }
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const field = fields.length > 0 ? random.pick(fields) : undefined;
    const named = field && getNamedType(field.type);
    if (!field || (isCompositeType(named) && depth === 0)) return '__typename';
    const alias = random.below(2) === 0 ? `${random.pick(KEYS)}: ` : '';
    const inner = isCompositeType(named) ? ` ${selections(named, random, depth - 1)}` : '';
    return `${alias}${field.name}${field.args.length > 0 && random.below(2) === 0 ? '(n: 3)' : ''}${inner}`;
  });
  return `{ ${parts.join(' ')} }`;
};

/** What a department might answer: right, but for a null here and there where none may be. */
const answer = (
  sets: readonly SelectionSetNode[],
  type: GraphQLCompositeType,
  random: Random,
  nulls: number,
): object => {
  const result: Record<string, unknown> = { ...(type.name === 'Query' ? {} : { __typename: type.name }) };
  const inner = new Map<string, { type: GraphQLOutputType; sets: SelectionSetNode[] }>();
  const walk = (set: SelectionSetNode): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const on = schema.getType(node.typeCondition?.name.value ?? type.name);
        if (on === type || (isAbstractType(on) && isObjectType(type) && schema.isSubType(on, type)))
          walk(node.selectionSet);
      } else if (node.kind === Kind.FIELD && isObjectType(type) && !node.name.value.startsWith('__')) {
        const key = node.alias?.value ?? node.name.value;
        const known = inner.get(key) ?? {
          type: type.getFields()[node.name.value]?.type as GraphQLOutputType,
          sets: [],
        };
        if (node.selectionSet) known.sets.push(node.selectionSet);
        inner.set(key, known);
      }
    }
  };
  for (const set of sets) walk(set);
  const value = (of: GraphQLOutputType, within: readonly SelectionSetNode[]): unknown => {
    if (isNonNullType(of)) return random.below(nulls) === 0 ? null : present(of.ofType, within);
    return random.below(4) === 0 ? null : present(of, within);
  };
  const present = (of: GraphQLOutputType, within: readonly SelectionSetNode[]): unknown => {
    if (isNonNullType(of)) return present(of.ofType, within);
    if (isListType(of)) return Array.from({ length: random.below(4) }, () => value(of.ofType, within));
    if (isCompositeType(of)) {
      const object = isAbstractType(of) ? random.pick(schema.getPossibleTypes(of)) : of;
      return answer(within, object, random, nulls);
    }
    if (isEnumType(of)) return random.pick(['LOW', 'HIGH']);
    return of.toString() === 'Int' ? random.below(100) : random.pick(['x', 'Đinh Thị Hoa', '"\\\u0007\u2028', '😀']);
  };
  for (const [key, each] of inner) result[key] = value(each.type, each.sets);
  return result;
};

/** As planners write it: every object tells its type, before anything else. */
const withTypes = (document: DocumentNode): SelectionSetNode => {
  const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
  const typed = visit(document, {
    SelectionSet: (set, _key, parent) =>
      parent && 'kind' in parent && parent.kind === Kind.FIELD
        ? { ...set, selections: [typename, ...set.selections] }
        : undefined,
  });
  const [operation] = typed.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation');
  return operation.selectionSet;
};

test('what is written is what complete.ts says, to the byte, nulls where none may be and denials included', () => {
  const seen = { strict: 0, slow: 0, nulls: 0, denials: 0 };
  for (let seed = 0; seed < 4_000; seed += 1) {
    const random = new Random(seed);
    const document = parse(selections(schema.getQueryType() as GraphQLCompositeType, random, 4));
    const ast = getOperationAST(document);
    if (!ast || validate(schema, document).length > 0) continue;
    const operation = prepareOperation(schema, document, ast);
    const variables = new Map<string, unknown>();
    const scopes = ['some', 'high'].filter(() => random.below(2) === 0);
    const decision = authorize({
      operation,
      variables,
      principal: {
        kind: 'authenticated',
        issuer: 'i',
        subject: 's',
        clientId: 'c',
        jti: 'j',
        expiresAt: 0,
        scopes: new Set(scopes),
        claims: {},
      },
      policies: new Set(),
      guards: new Guards(rules, schema, 'allow'),
    });
    const names = new PrivateNames(privatePrefix(schema));
    const permitted = permittedDocument(operation, decision.asked, variables, names);
    if (!permitted) continue;
    const set = withTypes(permitted.document);
    const layout = new Layout();
    const place = new Place(schema, layout, [set]);
    const root = schema.getQueryType() as GraphQLCompositeType;
    place.prepare(root);
    const data = answer([set], root, random, random.pick([3, 12, 1_000_000]));
    const expected = complete({ schema, operation, decision, variables, names, data, introspection: new Map() });
    const writer = new AnswerWriter({
      ...{ schema, supergraphSchema: schema, selections: operation.selections, rootType: 'Query' },
      ...{ decision, variables, names, layout, isKnown: () => true },
    });

    const arena = takeArena();
    const rows = [new RowMaker(arena).row(data as Record<string, unknown>, place, root)];
    const body = Buffer.from(JSON.stringify({ data }));
    const begin = arena.append([body], body.length);
    try {
      const reader = new AnswerReader(arena, begin);
      rows.push(reader.answer(() => reader.object(place, 'Query')));
      seen.strict += 1;
    } catch (error) {
      if (!(error instanceof Unusual)) throw error;
      seen.slow += 1;
    }
    for (const row of rows) {
      const written = { arena, introspection: new Map(), isFaulty: false };
      const text = arena.written((out) => writer.write(row, written, out)).toString('utf8');
      expect(text).toBe(JSON.stringify(expected));
    }
    giveBack(arena);
    if (expected === null) seen.nulls += 1;
    if (decision.denials.length > 0) seen.denials += 1;
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});
