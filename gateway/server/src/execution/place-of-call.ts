import { Kind, parse, type SelectionSetNode, visit } from 'graphql';

/** Where in the answer a whole call stands, in private names; `@` for a list level. */
export const CALL_PLACE = 'callPlace';

/**
 * The place of an error that concerns a call as a whole (bad input, a department that is down): the object that the call
 * was to extend, and the field, where it was for one alone. Kept as an extension until the names are the caller's again,
 * because a GraphQL path cannot say "every item of this list".
 */
export const placeOfCall = ({
  query,
  path,
}: CallAsked): { extensions: { [CALL_PLACE]: readonly (string | number)[] } } => ({
  extensions: { [CALL_PLACE]: [...path, ...fieldOfCall(query)] },
});

/** A call as far as errors about it tell: what was asked, and where in the answer the objects stand that it extends. */
export interface CallAsked {
  readonly query: string;
  /** In private names; `@` for a list level. */
  readonly path: readonly (string | number)[];
}

/** An error about an entity as a whole concerns the field that the entity was asked for, where that is one alone. */
export const placeOfEntity = (query: string, path: readonly (string | number)[]): readonly (string | number)[] =>
  path.length === 2 && path[0] === '_entities' ? [...path, ...fieldOfCall(query)] : path;

/** The response key of the only field that a call asks for; empty where there are several. */
const fieldOfCall = (query: string): string[] => {
  const keys = new Set(responseKeys(query));
  return keys.size === 1 ? [...keys] : [];
};

const responseKeys = (query: string): string[] => {
  const [operation] = parse(query, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return flat(operation.selectionSet).flatMap(({ name, key, inner }) =>
    name === '_entities' && inner ? flat(inner).map((field) => field.key) : [key],
  );
};

const flat = (set: SelectionSetNode): { name: string; key: string; inner: SelectionSetNode | undefined }[] =>
  set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return flat(selection.selectionSet);
    if (selection.name.value === '__typename') return [];
    const key = selection.alias?.value ?? selection.name.value;
    return [{ name: selection.name.value, key, inner: selection.selectionSet }];
  });

/** Whether a path that a department gives is made of the response keys it was asked for, and of positions in lists. */
export const isPathWithin = (query: string, path: readonly (string | number)[]): boolean => {
  const keys = new Set<string>();
  visit(parse(query, { noLocation: true }), {
    Field: (field) => {
      keys.add(field.alias?.value ?? field.name.value);
    },
  });
  return path.every((key) => (typeof key === 'number' ? Number.isSafeInteger(key) && key >= 0 : keys.has(key)));
};
