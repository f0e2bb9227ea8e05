import type { FetchDataRewrite, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';

import type { RequiredFields } from './required-fields.ts';
import { splitFetch } from './split.ts';

export type PlanNode = Exclude<NonNullable<QueryPlan['node']>, { kind: 'Subscription' }>;
export type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>;

type KeyRenamer = Extract<FetchDataRewrite, { kind: 'KeyRenamer' }>;

/**
 * Turns a plan over the planner's copy into one over the real supergraph: a department that is asked for a required field
 * is asked for the real one, its arguments written out, under the copy's name as alias; a department that requires it gets
 * it under the real name (`inputRewrites`); and a fetch that would have to send two values under one name becomes two.
 */
export const restorePlan = (plan: QueryPlan, required: RequiredFields): QueryPlan => {
  if (required.names.size === 0 || !plan.node || plan.node.kind === 'Subscription') return plan;
  return { ...plan, node: restoreNode(plan.node, required) };
};

const restoreNode = (node: PlanNode, required: RequiredFields): PlanNode => {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((inner) => restoreNode(inner, required)) };
    case 'Flatten': {
      const inner = restoreNode(node.node, required);
      // Each under a path of its own, as the planner writes them.
      return inner.kind === 'Parallel'
        ? { kind: 'Parallel', nodes: inner.nodes.map((part) => ({ ...node, node: part })) }
        : { ...node, node: inner };
    }
    case 'Fetch': {
      const [first, ...others] = splitFetch(node, required).map((fetch) => restoreFetch(fetch, required));
      return first && others.length > 0 ? { kind: 'Parallel', nodes: [first, ...others] } : (first ?? node);
    }
    // @skip, @include, @defer and subscriptions are gone before anything is planned.
    default:
      throw new TypeError(`a plan with ${node.kind}`);
  }
};

const restoreFetch = (fetch: FetchNode, required: RequiredFields): FetchNode => {
  const renamed = renamers(fetch.requires ?? [], required, []);
  // Rather no answer than one computed from the wrong value.
  const targets = new Set(renamed.map(({ path, renameKeyTo }) => [...path.slice(0, -1), renameKeyTo].join(' ')));
  if (targets.size < renamed.length) throw new TypeError(`two values under one name for ${fetch.serviceName}`);
  return {
    ...fetch,
    operation: withRealFields(fetch.operation, required),
    // Before the planner's own, which may change the type by which a path is found.
    ...(renamed.length > 0 ? { inputRewrites: [...renamed, ...(fetch.inputRewrites ?? [])] } : {}),
  };
};

const withRealFields = (text: string, { names }: RequiredFields): string => {
  let changed = false;
  const document = visit(parse(text, { noLocation: true }), {
    Field: (field) => {
      const real = names.get(field.name.value);
      if (!real) return undefined;
      changed = true;
      const { name, alias = name } = field;
      return { ...field, alias, name: { kind: Kind.NAME, value: real.field }, arguments: [...real.arguments] };
    },
  });
  return changed ? stripIgnoredCharacters(print(document)) : text;
};

/** Innermost first, so that the path to each one still has the names of the copy. */
const renamers = (
  selections: readonly QueryPlanSelectionNode[],
  required: RequiredFields,
  path: readonly string[],
): KeyRenamer[] =>
  selections.flatMap((selection): KeyRenamer[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition === undefined ? [] : [`... on ${selection.typeCondition}`];
      return renamers(selection.selections, required, [...path, ...condition]);
    }
    const here = [...path, selection.name];
    const inner = renamers(selection.selections ?? [], required, here);
    const real = required.names.get(selection.name);
    return real ? [...inner, { kind: 'KeyRenamer', path: here, renameKeyTo: real.field }] : inner;
  });
