import {
  type DocumentNode,
  execute,
  type FieldDefinitionNode,
  GraphQLError,
  type GraphQLFieldResolver,
  isObjectType,
  Kind,
  parse,
  type TypeNode,
  visit,
} from 'graphql';

import { hash } from './random.ts';
import { executableDepartment, type Thing, thingOf, type World } from './world.ts';

/** What a whole department does wrong. */
const WHOLE = ['throws', 'no JSON', 'no data', 'nothing', 'half', 'keys twice', 'unasked'] as const;

/**
 * Departments that do what they must not: fail, answer null where none may be, values of another type, entities that are
 * not found. What goes wrong is a function of the seed and of the object and field (or of the department), so that it goes
 * wrong alike however a plan is run.
 */
export class Faults {
  /** Undefined: everything is well. */
  seed: string | undefined;
  readonly #world: World;
  readonly #leads: (type: string, field: string) => boolean;

  /** @param leads whether a field leads to people: a department that lies about them cannot be found out */
  constructor(world: World, leads: (type: string, field: string) => boolean = NOWHERE) {
    this.#world = world;
    this.#leads = leads;
  }

  department(
    name: string,
    sdl: string,
  ): (query: string, variables: Record<string, unknown>) => Promise<object | string> {
    const strict = executableDepartment(sdl);
    const loose = executableDepartment(sdl, loosened);
    const resolve: GraphQLFieldResolver<Thing | undefined, unknown> = (
      source,
      given,
      _context,
      { fieldName, parentType, path },
    ) => {
      if (fieldName === '_entities') {
        return (given.representations as Record<string, unknown>[]).map((each) => this.#entity(thingOf(each)));
      }
      const type = strict.getType(parentType.name);
      if (!isObjectType(type)) throw new TypeError(`no type ${parentType.name}`);
      const value = () => this.#world.value(source, fieldName, given, type, strict);
      // By another key it would be another object, and nobody could say whose.
      const isKey = path.key === fieldName && (fieldName === 'id' || fieldName === 'code');
      return isKey && this.#leads !== NOWHERE ? value() : this.#field(source, fieldName, type.name, value);
    };
    return async (query, variables) => {
      const result = await execute({
        schema: loose,
        document: parse(query),
        variableValues: variables,
        fieldResolver: resolve,
        typeResolver: this.#world.typeOf,
      });
      const which = hash(`department ${this.seed} ${name}`) % (4 * WHOLE.length);
      return spoilt(result, WHOLE[which]);
    };
  }

  #entity(thing: Thing): Thing | Error | null {
    const which = hash(`entity ${this.seed} ${thing.__typename}/${thing.identity}`) % 24;
    if (which === 0) return null;
    return which === 1 ? refusal(thing.identity) : thing;
  }

  #field(source: Thing | undefined, name: string, type: string, value: () => unknown): unknown {
    const at = `field ${this.seed} ${type}/${source?.identity}.${name}`;
    const which = hash(at) % 40;
    switch (which <= 2 && this.#leads(type, name) ? 0 : which) {
      case 0:
        throw refusal(at);
      case 1:
        return null;
      case 2: {
        const known = value();
        // Of what is invented where there is nothing, nobody could say whose it is.
        return known === null && this.#leads !== NOWHERE ? null : wrong(known, at);
      }
      default:
        return value();
    }
  }
}

const NOWHERE = () => false;

/** Half of them are told to callers. */
const refusal = (at: string): GraphQLError =>
  new GraphQLError('no', {
    extensions:
      hash(`told ${at}`) % 2 === 0
        ? { code: 'BAD_USER_INPUT', reason: 'invented', messages: { vi: 'Không', en: 'No' } }
        : { code: 'INTERNAL' },
  });

const WRONG: readonly unknown[] = [{ a: 1 }, [[]], 7.5, true, '', 'LATER', -3, JSON.parse('{"__proto__":1}')];

/** Another leaf than was promised; nulls among the items of a list. */
const wrong = (value: unknown, at: string): unknown => {
  const number = hash(`wrong ${at}`);
  if (Array.isArray(value)) return value.map((item, index) => (index === number % 3 ? null : item));
  return typeof value === 'object' && value !== null ? null : WRONG[number % WRONG.length];
};

const spoilt = (answer: object, how: (typeof WHOLE)[number] | undefined): object | string => {
  const text = JSON.stringify(answer);
  switch (how) {
    case 'throws':
      throw new Error('unreachable');
    case 'no JSON':
      return `<html>${text}</html>`;
    case 'no data':
      return { data: null, errors: [{ message: 'no' }] };
    case 'nothing':
      return '{}';
    case 'half':
      return text.slice(0, text.length / 2);
    case 'keys twice':
      return text.replace('{"data":', '{"data":null,"data":');
    case 'unasked':
      return { ...answer, data: { ...(answer as { data?: object }).data, unasked: { secret: 1 } } };
    default:
      return answer;
  }
};

/** The same schema that promises nothing: every value may be null, and every leaf anything. */
const loosened = (document: DocumentNode): DocumentNode => {
  const composite = new Set(
    document.definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ||
      node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
      node.kind === Kind.UNION_TYPE_DEFINITION
        ? [node.name.value]
        : [],
    ),
  );
  const loose = (type: TypeNode): TypeNode => {
    if (type.kind === Kind.NON_NULL_TYPE) return loose(type.type);
    if (type.kind === Kind.LIST_TYPE) return isLeafList(type) ? ANY : { ...type, type: loose(type.type) };
    return composite.has(type.name.value) ? type : ANY;
  };
  const isLeafList = (type: TypeNode): boolean =>
    type.kind === Kind.NAMED_TYPE ? !composite.has(type.name.value) : isLeafList(type.type);
  const any = document.definitions.some(
    (node) => node.kind === Kind.SCALAR_TYPE_DEFINITION && node.name.value === '_Any',
  );
  return visit(
    { ...document, definitions: [...document.definitions, ...(any ? [] : parse('scalar _Any').definitions)] },
    { FieldDefinition: (node): FieldDefinitionNode => ({ ...node, type: loose(node.type) }) },
  );
};

const ANY: TypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: '_Any' } };
