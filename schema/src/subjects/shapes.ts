import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeNode,
} from 'graphql';

/** What a path must know of one field. */
export interface FieldShape {
  readonly node: FieldDefinitionNode;
  /** Name of the type behind lists and `!`. */
  readonly type: string;
}

/** What a path must know of a document's types: a supergraph's, or one department's with its extensions. */
export interface Shapes {
  /** Object and interface types → their fields. */
  readonly composites: ReadonlyMap<string, ReadonlyMap<string, FieldShape>>;
  /** Input objects → their members. */
  readonly inputs: ReadonlyMap<string, ReadonlyMap<string, InputValueDefinitionNode>>;
}

/** The name of the type behind lists and `!`. */
export const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

/** Reads the shapes off a document; a type and its extensions count as one. */
export function readShapes(document: DocumentNode): Shapes {
  const composites = new Map<string, Map<string, FieldShape>>();
  const inputs = new Map<string, Map<string, InputValueDefinitionNode>>();
  for (const node of document.definitions) {
    switch (node.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION: {
        const fields = composites.get(node.name.value) ?? new Map<string, FieldShape>();
        for (const field of node.fields ?? []) {
          fields.set(field.name.value, { node: field, type: namedType(field.type) });
        }
        composites.set(node.name.value, fields);
        break;
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION: {
        const members = inputs.get(node.name.value) ?? new Map<string, InputValueDefinitionNode>();
        for (const member of node.fields ?? []) members.set(member.name.value, member);
        inputs.set(node.name.value, members);
        break;
      }
    }
  }
  return { composites, inputs };
}
