import {
  buildASTSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isOutputType,
  type NamedTypeNode,
  parse,
  parseType,
  typeFromAST,
  visit,
} from 'graphql';

import type { Model } from './model.ts';
import { hash } from './random.ts';

/** An object of the invented data: everything else follows from its type and identity. */
export interface Thing {
  readonly __typename: string;
  readonly identity: string;
  /** Where a department was handed it by the gateway: what it may compute from. */
  readonly representation?: Readonly<Record<string, unknown>>;
}

/** Texts of the data stand between these, so that one is recognised wherever it turns up. */
export const VALUE = /⟦[^⟧]*⟧/;

const INSTANCES = 3;
/** Where it is known whose everything is. */
const PEOPLE = 9;

/** A place of the data, by its own text and by the department that answers for it. */
interface Place {
  readonly seed: string;
  readonly department: string;
}

/**
 * One data set, seen by the departments and by the monolith. Nothing is stored: a value is a function of object, field and
 * arguments, and unique to them.
 */
export class World {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  readonly resolve: GraphQLFieldResolver<Thing | undefined, unknown> = (source, given, _context, info) => {
    if (info.fieldName === '_entities') return (given.representations as Record<string, unknown>[]).map(thingOf);
    const thing = source ?? { __typename: info.parentType.name, identity: '' };
    return this.#value(thing, info.fieldName, given, info.returnType, info.schema);
  };

  readonly typeOf = (value: unknown): string => (value as Thing).__typename;

  /** The value of one field, whoever asks. */
  value(
    thing: Thing | undefined,
    name: string,
    given: object,
    type: GraphQLObjectType,
    schema: GraphQLSchema,
  ): unknown {
    const field = type.getFields()[name];
    if (!field) throw new TypeError(`no field ${type.name}.${name}`);
    return this.#value(thing ?? { __typename: type.name, identity: '' }, name, given, field.type, schema);
  }

  #value(thing: Thing, name: string, given: object, type: GraphQLOutputType, schema: GraphQLSchema): unknown {
    if (name === 'id') return thing.identity;
    if (name === 'code' && this.#isEntity(thing.__typename)) return `⟦${thing.identity}~code⟧`;
    const people = this.#peopleAt(thing, name, type);
    if (people !== undefined) return people;
    const object = this.#model.objects.find((each) => each.name === thing.__typename);
    const field = object?.fields.find((each) => each.name === name);
    const inputs = (field?.requires ?? []).map((input) => this.#input(thing, input, schema));
    const computed = inputs.length > 0 ? `≈${hash(JSON.stringify(inputs)).toString(36)}` : '';
    const seed = `${thing.__typename}/${thing.identity}.${name}${argumentsOf(given)}${computed}`;
    const [department = ''] = field?.departments.keys() ?? [];
    return this.#make(type, { seed, department }, schema);
  }

  /** What a computed field reads: from the representation in a department, from the data in the monolith. */
  #input(thing: Thing, name: string, schema: GraphQLSchema): unknown {
    if (thing.representation) {
      if (!Object.hasOwn(thing.representation, name)) throw new TypeError(`no input ${thing.__typename}.${name}`);
      return thing.representation[name];
    }
    const object = this.#model.objects.find((each) => each.name === thing.__typename);
    const written = object?.fields.find((each) => each.name === name)?.type;
    const type = written === undefined ? undefined : typeFromAST(schema, parseType(written) as NamedTypeNode);
    if (!isOutputType(type)) throw new TypeError(`no field ${thing.__typename}.${name}`);
    return this.#value(thing, name, {}, type, schema);
  }

  /** Whose an object is, as far as it does not depend on what is around it: ids of people. */
  people(thing: Thing, schema: GraphQLSchema): readonly string[] {
    const { own } = this.#model.concerns?.types.get(thing.__typename) ?? {};
    const seed = `people ${thing.__typename}/${thing.identity}`;
    const some = (most: number) =>
      Array.from({ length: hash(`number ${seed}`) % (most + 1) }, (_, n) => citizen(hash(`${seed}.${n}`) % PEOPLE));
    if (own === 'self') return [thing.identity];
    if (own === 'holder') return some(1);
    if (own === 'wards' || own === 'people') return some(3);
    if (own !== 'edges' && own !== 'node') return [];
    const type = schema.getType(thing.__typename);
    const inside = isObjectType(type) ? [this.value(thing, own, {}, type, schema)].flat() : [];
    return (inside as (Thing | null)[]).flatMap((each) => (each ? this.people(each, schema) : []));
  }

  /** Where a field leads to the people whose its object is: there they are, and nobody else. */
  #peopleAt(thing: Thing, name: string, type: GraphQLOutputType): unknown {
    if (this.#model.concerns?.types.get(thing.__typename)?.own !== name) return undefined;
    const identities = this.people(thing, NO_SCHEMA);
    const things = identities.map((identity) => ({ __typename: 'Citizen', identity }));
    if (name === 'people') return identities;
    if (name === 'holder') return things[0] ?? null;
    if (name !== 'wards') return undefined;
    // Somebody who is not told is nobody, where the schema allows it.
    return type.toString() === '[Citizen]!' ? [null, ...things] : things;
  }

  #make(type: GraphQLOutputType, at: Place, schema: GraphQLSchema): unknown {
    if (isNonNullType(type)) return this.#present(type.ofType, at, schema);
    return hash(`null ${at.seed}`) % 8 === 0 ? null : this.#present(type, at, schema);
  }

  #present(type: GraphQLOutputType, at: Place, schema: GraphQLSchema): unknown {
    const { seed, department } = at;
    if (isListType(type)) {
      return Array.from({ length: hash(`size ${seed}`) % 4 }, (_, n) =>
        this.#make(type.ofType, { seed: `${seed}.${n}`, department }, schema),
      );
    }
    if (isEnumType(type)) return type.getValues()[hash(seed) % type.getValues().length]?.value;
    if (isLeafType(type) && type.name === 'Boolean') return hash(seed) % 2 === 0;
    if (isLeafType(type)) return type.name === 'Int' ? hash(seed) & 0x7fffffff : `⟦${seed}⟧`;
    if (isAbstractType(type)) {
      // A department returns what it knows of, and the monolith must find the same.
      const members = this.#model.abstracts.find(({ name }) => name === type.name)?.members.get(department) ?? [];
      const names = [...members].sort();
      return this.#object(names[hash(`type ${seed}`) % names.length] ?? '', seed);
    }
    return 'name' in type ? this.#object(type.name, seed) : null;
  }

  #object(name: string, seed: string): Thing {
    const number = hash(`which ${seed}`);
    const instances = name === 'Citizen' && this.#model.concerns ? PEOPLE : INSTANCES;
    const identity = this.#isEntity(name) ? String(number % instances) : number.toString(36);
    return { __typename: name, identity: `⟦${name}#${identity}⟧` };
  }

  #isEntity(name: string): boolean {
    return this.#model.objects.some((object) => object.name === name && object.kind === 'entity');
  }
}

const citizen = (number: number): string => `⟦Citizen#${number}⟧`;

/** Whom a personal number names; some name nobody whom the data has. */
export const personOf = (number: string): string => citizen(Number(number));

/** Of objects that lead to people directly nothing needs to be looked up. */
const NO_SCHEMA = buildASTSchema(parse('type Query { none: Int }'));

export const thingOf = (representation: Record<string, unknown>): Thing => {
  const { __typename, id, code } = representation;
  const identity = typeof id === 'string' ? id : String(code).slice(1, -'~code⟧'.length);
  return { __typename: String(__typename), identity, representation };
};

const argumentsOf = (given: object): string => {
  const entries = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return entries.length === 0 ? '' : `(${entries.map(([name, value]) => `${name}=${text(value)}`).join(',')})`;
};

/** A department that runs in this process: its own SDL, made executable by the entity fields of the specification. */
export const executableDepartment = (sdl: string, change = (document: DocumentNode) => document): GraphQLSchema => {
  const entities: string[] = [];
  let query = 'type Query';
  const document: DocumentNode = visit(parse(sdl), {
    SchemaExtension: () => null,
    ObjectTypeDefinition: (node) => {
      if (node.name.value === 'Query') query = 'extend type Query';
      if (node.directives?.some(({ name }) => name.value === 'key')) entities.push(node.name.value);
    },
    Directive: () => null,
  });
  const machinery = `
    scalar _Any
    union _Entity = ${entities.join(' | ')}
    ${query} { _entities(representations: [_Any!]!): [_Entity]! }`;
  const definitions = entities.length > 0 ? parse(machinery).definitions : [];
  return buildASTSchema(change({ ...document, definitions: [...document.definitions, ...definitions] }), {
    assumeValid: true,
  });
};

export type Run = (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  operationName?: string | null,
) => ExecutionResult | Promise<ExecutionResult>;

/** Runs documents over the data through one schema. */
export const runner =
  (schema: GraphQLSchema, world: World): Run =>
  (document, variables, operationName) =>
    execute({
      schema,
      document,
      variableValues: variables,
      operationName: operationName ?? null,
      fieldResolver: world.resolve,
      typeResolver: world.typeOf,
    });
