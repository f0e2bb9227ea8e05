import {
  DirectiveLocation,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
} from 'graphql';

import type { VisibleFields } from './view-visible.ts';

/** The types that visible fields lead to from the roots: what they return and what their arguments take. */
export const reachedTypes = (schema: GraphQLSchema, visible: VisibleFields): ReadonlySet<GraphQLNamedType> => {
  const reached = new Set<GraphQLNamedType>();
  const visitArguments = (given: readonly GraphQLArgument[]) => {
    for (const { type } of given) visit(getNamedType(type));
  };
  const visit = (type: GraphQLNamedType) => {
    if (reached.has(type)) return;
    reached.add(type);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) visit(getNamedType(field.type));
    }
    if (isInterfaceType(type) || isUnionType(type)) {
      for (const member of schema.getPossibleTypes(type)) if (visible.shows(member)) visit(member);
    }
    if (isInterfaceType(type) || isObjectType(type)) {
      for (const parent of type.getInterfaces()) if (visible.of(parent).size > 0) visit(parent);
      for (const field of visible.of(type).values()) {
        visit(getNamedType(field.type));
        visitArguments(field.args);
      }
    }
  };

  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root && visible.shows(root)) visit(root);
  }
  for (const directive of callableDirectives(schema)) visitArguments(directive.args);
  return reached;
};

/** Places in a schema; every other place is in an operation. */
const SCHEMA_LOCATIONS: ReadonlySet<string> = new Set([
  DirectiveLocation.SCHEMA,
  DirectiveLocation.SCALAR,
  DirectiveLocation.OBJECT,
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.ARGUMENT_DEFINITION,
  DirectiveLocation.INTERFACE,
  DirectiveLocation.UNION,
  DirectiveLocation.ENUM,
  DirectiveLocation.ENUM_VALUE,
  DirectiveLocation.INPUT_OBJECT,
  DirectiveLocation.INPUT_FIELD_DEFINITION,
]);

/** The directives of the GraphQL specification and those that an operation may use. */
export const callableDirectives = (schema: GraphQLSchema): readonly GraphQLDirective[] =>
  schema
    .getDirectives()
    .filter(
      (directive) =>
        isSpecifiedDirective(directive) || directive.locations.some((location) => !SCHEMA_LOCATIONS.has(location)),
    );
