import { type GraphQLSchema, getNamedType, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

import type { Ids } from './ids.ts';
import type { Keys } from './keys.ts';
import type { Subjects } from './subjects.ts';

/** What one department was told of one object, to compute from. */
export interface Handed {
  readonly ids: Ids;
  readonly coordinates: readonly string[];
  readonly department: string;
}

export interface InputParts {
  readonly subjects: Subjects;
  readonly keys: Keys;
  /** The whole supergraph. */
  readonly supergraphSchema: GraphQLSchema;
  /** Names that plans give to what a @requires reads with arguments, and the fields that they stand for. */
  readonly realNames: ReadonlyMap<string, { readonly field: string }>;
}

/** A member that a department is told, by the name that the plan gives it, and its own members. */
export interface InputMember {
  readonly name: string;
  readonly inner: readonly InputMember[];
}

/**
 * The guarded coordinates that the members of a representation disclose to a department. By its key a department only
 * learns which object is meant, and whoever asks it about an object tells that in any case.
 *
 * @param type the object's own, whatever the department is told
 */
export const inputsIn = (
  { subjects, keys, supergraphSchema, realNames }: InputParts,
  department: string,
  type: string,
  members: readonly InputMember[],
): readonly string[] => {
  const found = new Set<string>();
  const enter = (typeName: string, entered: readonly InputMember[]): void => {
    for (const { name, inner } of entered) {
      const field = realNames.get(name)?.field ?? name;
      if (keys.has(department, typeName, field)) continue;
      for (const object of objectsOf(typeName, supergraphSchema)) {
        if (subjects.isGuarded(object, field)) found.add(`${object}.${field}`);
      }
      const returned = returnedBy(typeName, field, supergraphSchema);
      if (returned !== undefined) enter(returned, inner);
    }
  };
  enter(type, members);
  return [...found].sort();
};

const objectsOf = (name: string, schema: GraphQLSchema): readonly string[] => {
  const type = schema.getType(name);
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((object) => object.name) : [name];
};

const returnedBy = (name: string, field: string, schema: GraphQLSchema): string | undefined => {
  const type = schema.getType(name);
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  const found = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return found && getNamedType(found.type).name;
};
