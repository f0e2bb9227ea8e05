import { buildASTSchema, type DocumentNode, type GraphQLSchema, parse, visit } from 'graphql';

/** A department of tests: its own SDL, made executable by the entity fields of the specification. */
export const departmentSchema = (sdl: string): GraphQLSchema => {
  const plain: DocumentNode = visit(parse(sdl), {
    SchemaExtension: () => null,
    Directive: () => null,
    DirectiveDefinition: () => null,
  });
  const extending = /^type Query/m.test(sdl) ? 'extend type' : 'type';
  const machinery = parse(`
    scalar _Any
    union _Entity = Citizen
    ${extending} Query { _entities(representations: [_Any!]!): [_Entity]! }`);
  return buildASTSchema(
    { ...plain, definitions: [...plain.definitions, ...machinery.definitions] },
    { assumeValid: true },
  );
};
