import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

import { PublicError } from '../errors.ts';

/**
 * Pairs of fields with one response key in one place. Validation compares each pair (FieldsInSetCanMerge), so that 4,000
 * tokens of equal keys are millions of comparisons, and graphql-js would give up only after a tenth of a second
 * (CVE-2023-26144). A hundred fragments that all select the same ten fields stay below.
 */
const MAX_PAIRS = 50_000;

/** Selections met on the way, fragments set in place: as many as an operation may have at all. */
const MAX_VISITS = 20_000;

/**
 * Bounds the work of merging what a document selects under equal response keys, before anything compares it. Linear: the
 * selection sets that merge are walked together, each once.
 *
 * @param depth levels that the document is known not to exceed, fragments that spread themselves set aside
 * @throws PublicError LIMIT_COST
 */
export const checkOverlap = ({ definitions }: DocumentNode, depth: number): void => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  const reached = new Set<string>();
  let pairs = 0;
  let visits = 0;

  /** The fields of selection sets that merge, by response key. A fragment that is spread twice counts once. */
  const collect = (sets: ReadonlySet<SelectionSetNode>): Iterable<readonly FieldNode[]> => {
    const groups = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const pending = [...sets];
    for (let set = pending.pop(); set !== undefined; set = pending.pop()) {
      for (const selection of set.selections) {
        if (++visits > MAX_VISITS) throw exceeded(visits, MAX_VISITS);
        if (selection.kind === Kind.FIELD) {
          const key = (selection.alias ?? selection.name).value;
          const group = groups.get(key);
          if (group) group.push(selection);
          else groups.set(key, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) pending.push(selection.selectionSet);
        else if (!spread.has(selection.name.value)) {
          spread.add(selection.name.value);
          reached.add(selection.name.value);
          const fragment = fragments.get(selection.name.value);
          if (fragment) pending.push(fragment.selectionSet);
        }
      }
    }
    return groups.values();
  };

  const merge = (sets: ReadonlySet<SelectionSetNode>, levels: number): void => {
    for (const fields of collect(sets)) {
      pairs += (fields.length * (fields.length - 1)) / 2;
      if (pairs > MAX_PAIRS) throw exceeded(pairs, MAX_PAIRS);
      const inner = new Set(fields.flatMap(({ selectionSet }) => selectionSet ?? []));
      if (inner.size > 0 && levels > 0) merge(inner, levels - 1);
    }
  };

  for (const each of definitions)
    if (each.kind === Kind.OPERATION_DEFINITION) merge(new Set([each.selectionSet]), depth);
  // What nothing spreads is refused, but only after it has been compared like the rest.
  for (const [name, { selectionSet }] of fragments) if (!reached.has(name)) merge(new Set([selectionSet]), depth);
};

const exceeded = (found: number, limit: number): PublicError =>
  new PublicError('LIMIT_COST', { data: { found, limit, reason: 'overlap' } });
