import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode, visit } from 'graphql';

import { PublicError } from '../errors.ts';
import { checkOverlap } from './overlap.ts';

export interface DocumentLimits {
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
}

/**
 * Lists and objects within each other in a literal. The planner reads a list twice at each level, so that one of thirty
 * levels in three hundred bytes would keep the process busy for an hour; what honestly is deeper travels in a variable.
 */
const MAX_LITERAL_DEPTH = 6;

/**
 * Limits that a document must keep before it is validated: validation itself is work that grows with them. Each fragment
 * is walked once, however often it is spread.
 *
 * @throws PublicError LIMIT_DEPTH, LIMIT_ALIASES, LIMIT_COST
 */
export const checkDocument = (document: DocumentNode, limits: DocumentLimits): void => {
  checkLiterals(document);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const walked = new Map<string, Measure>();
  let aliases = 0;

  const measure = (set: SelectionSetNode): Measure => {
    let depth = 0;
    let fields = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.alias) aliases++;
        depth = Math.max(depth, 1 + (selection.selectionSet ? measure(selection.selectionSet).depth : 0));
        fields++;
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT ? measure(selection.selectionSet) : spread(selection.name.value);
        depth = Math.max(depth, inner.depth);
        fields += inner.fields;
      }
    }
    return { depth, fields };
  };

  const spread = (name: string): Measure => {
    const known = walked.get(name);
    if (known) return known;
    // A fragment that spreads itself counts as empty here; validation refuses it right after.
    walked.set(name, { depth: 0, fields: 0 });
    const fragment = fragments.get(name);
    const measured = fragment ? measure(fragment.selectionSet) : { depth: 0, fields: 0 };
    walked.set(name, measured);
    return measured;
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, fields } = measure(definition.selectionSet);
    if (depth > limits.depth) throw exceeded('LIMIT_DEPTH', depth, limits.depth);
    if (fields > limits.rootFields) throw exceeded('LIMIT_COST', fields, limits.rootFields, 'rootFields');
  }
  if (aliases > limits.aliases) throw exceeded('LIMIT_ALIASES', aliases, limits.aliases);
  checkOverlap(document, limits.depth);
};

const checkLiterals = (document: DocumentNode): void => {
  let depth = 0;
  const nested = {
    enter: () => {
      if (++depth > MAX_LITERAL_DEPTH) throw exceeded('LIMIT_DEPTH', depth, MAX_LITERAL_DEPTH, 'literal');
    },
    leave: () => {
      depth--;
    },
  };
  visit(document, { ListValue: nested, ObjectValue: nested });
};

interface Measure {
  readonly depth: number;
  readonly fields: number;
}

const exceeded = (
  code: 'LIMIT_DEPTH' | 'LIMIT_ALIASES' | 'LIMIT_COST',
  found: number,
  limit: number,
  reason?: string,
): PublicError => new PublicError(code, { data: { found, limit, ...(reason ? { reason } : {}) } });
