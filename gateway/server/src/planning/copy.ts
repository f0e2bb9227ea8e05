import { buildASTSchema, Kind, parse, print } from 'graphql';

import { privatePrefix } from '../execution/private-names.ts';
import { type RequiredFields, withRequiredFields } from './required-fields.ts';
import { withoutUnresolvableKeys } from './unresolvable-keys.ts';

/** What the planner is given in place of the supergraph, and how to read what it makes of it. */
export interface PlannersCopy {
  /** Absent where the supergraph itself will do. */
  readonly sdl?: string;
  readonly required: RequiredFields;
}

/**
 * A copy of the supergraph in which Apollo's planner cannot make two mistakes of its own (docs/conformance.md): entering a
 * department by a key that it declares unresolvable, and reading one field with two sets of arguments as one value.
 *
 * @param strippedSdl the supergraph without authorization directives
 */
export const plannersCopy = (strippedSdl: string): PlannersCopy => {
  const document = parse(strippedSdl, { noLocation: true });
  const prefix = privatePrefix(buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }));
  const resolvable = withoutUnresolvableKeys(document.definitions);
  const { definitions, required } = withRequiredFields(resolvable, prefix);
  if (definitions === document.definitions) return { required };
  return { sdl: print({ kind: Kind.DOCUMENT, definitions }), required };
};
