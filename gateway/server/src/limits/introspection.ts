import { PublicError } from '../errors.ts';
import type { FieldSelection, Selection } from '../operation/model.ts';

/**
 * Aliases in all that an operation asks of the schema itself. Costs are told for departments, so introspection has none;
 * without aliases an answer is as large as the schema, with sixty it was three megabytes for a request of one kilobyte.
 */
const MAX_ALIASES = 10;

/**
 * Bounds what `__schema` and `__type` repeat under other names.
 *
 * @param fields the root fields that ask for the schema
 * @throws PublicError LIMIT_ALIASES
 */
export const checkIntrospection = (fields: readonly FieldSelection[]): void => {
  let aliases = 0;
  const walk = (selections: readonly Selection[]): void => {
    for (const selection of selections) {
      if (selection.kind === 'field' && selection.responseKey !== selection.name) aliases++;
      walk(selection.selections);
    }
  };
  walk(fields);
  if (aliases <= MAX_ALIASES) return;
  throw new PublicError('LIMIT_ALIASES', { data: { found: aliases, limit: MAX_ALIASES, reason: 'introspection' } });
};
