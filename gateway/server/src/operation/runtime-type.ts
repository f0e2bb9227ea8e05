import { type GraphQLCompositeType, getNamedType, isAbstractType, TypeNameMetaFieldDef } from 'graphql';

import { isIncluded, type Selection } from './model.ts';

/**
 * The member that tells an object's type. It travels under its own name: planners and executors read it to choose among
 * fragments, and no client field can stand in its place, because client aliases travel under private ones.
 */
export const TYPENAME = TypeNameMetaFieldDef.name;

/**
 * Whether the answer at a position depends on which type its object turns out to have. Where it does not, nobody is
 * asked: at an `@interfaceObject` that would take a department more, or one that does not exist.
 *
 * @param position the static type of the position
 */
export const dependsOnRuntimeType = (
  selections: readonly Selection[],
  position: GraphQLCompositeType,
  variables: ReadonlyMap<string, unknown>,
): boolean =>
  selections.some((selection) => {
    if (!isIncluded(selection.conditions, variables)) return false;
    if (selection.kind === 'field') return selection.name === TYPENAME;
    return selection.type !== position || dependsOnRuntimeType(selection.selections, position, variables);
  });

/**
 * The response keys under which somewhere in these selections a runtime type is needed. By key, because selections that
 * share one are answered together: one of them may be denied, hence not asked, and still need the type of the other's
 * object.
 */
export const keysThatNeedTypes = (
  selections: readonly Selection[],
  variables: ReadonlyMap<string, unknown>,
): ReadonlySet<string> => {
  const keys = new Set<string>();
  const walk = (inner: readonly Selection[]) => {
    for (const selection of inner) {
      if (!isIncluded(selection.conditions, variables)) continue;
      if (selection.kind === 'field' && !keys.has(selection.responseKey)) {
        const type = getNamedType(selection.type);
        if (isAbstractType(type) && dependsOnRuntimeType(selection.selections, type, variables))
          keys.add(selection.responseKey);
      }
      walk(selection.selections);
    }
  };
  walk(selections);
  return keys;
};
