import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLUnionType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';

import type { GuardSource } from './guards.ts';
import type { Holder } from './self.ts';
import { callableDirectives, reachedTypes } from './view-reach.ts';
import { type Fielded, VisibleFields } from './view-visible.ts';

/**
 * The schema cut down to what a caller is permitted (AUTHORIZATION §4): what introspection answers from. Policies count as
 * granted, because they are decided per request; everything else is judged by the same verdict as an operation is.
 *
 * What remains is what can be asked for: fields with what they return, types that such fields reach, input types that
 * their arguments use. A guarded enum or scalar goes with the last field that returns it, yet stays where a permitted
 * argument takes it. The result is a valid schema, with two shapes that need a word:
 *
 * - An interface none of whose fields may be shown, while some of its types may, becomes a union of those: exactly what is
 *   permitted there, `files { ... on OpenFile { title } }` (§1.5), where leaving the interface out would hide too much.
 * - A caller who may ask for nothing at all sees Query without a field. GraphQL has no valid schema for that, and an
 *   invented field would be a lie, so this one is not checked by graphql-js; tools read it, and `{ __typename }` is indeed
 *   the whole of what they may ask.
 *
 * Neither schema nor view holds directive applications; of definitions, those stay that an operation may use.
 */
export const viewOf = (schema: GraphQLSchema, guards: GuardSource, holder: Holder): GraphQLSchema => {
  const visible = new VisibleFields(schema, guards, holder);
  const reached = reachedTypes(schema, visible);
  const rebuild = new Rebuild(schema, visible, reached);
  const query = schema.getQueryType();
  const root = (type: GraphQLObjectType | null | undefined) =>
    type && (type === query || visible.shows(type)) ? rebuild.object(type) : undefined;
  return new GraphQLSchema({
    description: schema.description,
    query: root(query),
    mutation: root(schema.getMutationType()),
    subscription: root(schema.getSubscriptionType()),
    types: [...reached].map((type) => rebuild.named(type)),
    directives: callableDirectives(schema),
    assumeValid: !query || !visible.shows(query),
  });
};

/** Makes the view's types anew, each once, so that they refer to one another and never to a type of the whole schema. */
class Rebuild {
  readonly #schema: GraphQLSchema;
  readonly #visible: VisibleFields;
  readonly #reached: ReadonlySet<GraphQLNamedType>;
  readonly #made = new Map<string, GraphQLCompositeType>();

  constructor(schema: GraphQLSchema, visible: VisibleFields, reached: ReadonlySet<GraphQLNamedType>) {
    this.#schema = schema;
    this.#visible = visible;
    this.#reached = reached;
  }

  /** Scalars, enums and input types stay as they are: they are shown whole or not at all. */
  named(type: GraphQLNamedType): GraphQLNamedType {
    if (!isCompositeType(type)) return type;
    const made = this.#made.get(type.name) ?? this.#make(type);
    this.#made.set(type.name, made);
    return made;
  }

  object(type: GraphQLObjectType): GraphQLObjectType {
    return this.named(type) as GraphQLObjectType;
  }

  #make(type: GraphQLCompositeType): GraphQLCompositeType {
    const { name, description } = type;
    if (isUnionType(type) || (isInterfaceType(type) && this.#visible.of(type).size === 0)) {
      const members = this.#schema.getPossibleTypes(type).filter((member) => this.#visible.shows(member));
      return new GraphQLUnionType({ name, description, types: () => members.map((member) => this.object(member)) });
    }
    const config = { name, description, interfaces: () => this.#interfaces(type), fields: () => this.#fields(type) };
    return isInterfaceType(type) ? new GraphQLInterfaceType(config) : new GraphQLObjectType(config);
  }

  #interfaces(type: Fielded): GraphQLInterfaceType[] {
    return type
      .getInterfaces()
      .filter((parent) => this.#reached.has(parent) && this.#visible.of(parent).size > 0)
      .map((parent) => this.named(parent) as GraphQLInterfaceType);
  }

  #fields(type: Fielded): GraphQLFieldConfigMap<unknown, unknown> {
    return Object.fromEntries(
      [...this.#visible.of(type).values()].map(({ name, description, deprecationReason, args, type: returned }) => [
        name,
        { description, deprecationReason, args: argumentsOf(args), type: this.#output(returned) },
      ]),
    );
  }

  #output(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type))
      return new GraphQLNonNull(this.#output(type.ofType) as GraphQLNullableType & GraphQLOutputType);
    if (isListType(type)) return new GraphQLList(this.#output(type.ofType));
    return this.named(type) as GraphQLOutputType;
  }
}

const argumentsOf = (given: readonly GraphQLArgument[]): GraphQLFieldConfigArgumentMap =>
  Object.fromEntries(
    given.map(({ name, description, type, defaultValue, deprecationReason }) => [
      name,
      { description, type, defaultValue, deprecationReason },
    ]),
  );
