import { buildASTSchema, type DocumentNode, type GraphQLSchema, Kind, parse, visit } from 'graphql';

/** A department of tests by its own SDL, made executable by the entity fields of the specification. */
export const departmentSchema = (sdl: string): GraphQLSchema => {
  const entities: string[] = [];
  const plain: DocumentNode = visit(parse(sdl), {
    ObjectTypeDefinition: (node) => {
      if (node.directives?.some(({ name }) => name.value === 'key')) entities.push(node.name.value);
    },
    SchemaExtension: () => null,
    Directive: () => null,
    DirectiveDefinition: () => null,
  });
  const query = /type Query/.test(sdl) ? 'extend type' : 'type';
  const machinery = parse(`scalar _Any union _Entity = ${entities.join(' | ')}
    ${query} Query { _entities(representations: [_Any!]!): [_Entity]! }`);
  return buildASTSchema(
    { kind: Kind.DOCUMENT, definitions: [...plain.definitions, ...machinery.definitions] },
    { assumeValid: true, assumeValidSDL: true },
  );
};
