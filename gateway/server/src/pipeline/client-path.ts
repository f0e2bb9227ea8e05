import type { PrivateNames } from '../execution/private-names.ts';
import type { FieldSelection, Selection } from '../operation/model.ts';

/**
 * A path in private names as a path through what the caller selected; it ends where it leaves that. Plans add fields of
 * their own, and a caller who aliased another field to the name of such a one must not be told that his field failed
 * (apollographql/federation#3036, in errors' paths).
 *
 * @param path names, positions in lists, and `@` for a list level
 */
export const clientPath = (
  path: readonly (string | number)[],
  selections: readonly Selection[],
  names: PrivateNames,
): (string | number)[] => {
  const told: (string | number)[] = [];
  let here: readonly (readonly Selection[])[] = [selections];
  for (const key of path) {
    if (typeof key === 'number' || key === '@') {
      told.push(key);
      continue;
    }
    const fields = here.flatMap((each) => [...fieldsIn(each)]).filter((field) => names.written(field) === key);
    const [first] = fields;
    if (!first) break;
    told.push(first.responseKey);
    here = fields.map((field) => field.selections);
  }
  return told;
};

const fieldsIn = function* (selections: readonly Selection[]): Iterable<FieldSelection> {
  for (const selection of selections) {
    if (selection.kind === 'field') yield selection;
    else yield* fieldsIn(selection.selections);
  }
};
