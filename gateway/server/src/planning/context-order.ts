import { Kind, parse, type SelectionSetNode } from 'graphql';

import { PublicError } from '../errors.ts';
import type { QueryPlan } from './planner.ts';
import type { FetchNode, PlanNode } from './restore.ts';

/** One call of a plan, with the path under which it stands. */
interface Call {
  readonly node: PlanNode;
  /** Calls that the plan makes before it. */
  readonly before: Set<Call>;
  /** Members of the answer that it brings, by their way from the root. */
  readonly brings: ReadonlySet<string>;
  /** For each argument that is filled from above, the members of which one is meant. */
  readonly needs: readonly (readonly string[])[];
}

/**
 * The plan with every call behind those that bring what fills its arguments (`@fromContext`). The planner asks for such
 * values, but where another department has them it may ask both at the same time, and the argument would stay empty.
 *
 * @throws PublicError OPERATION_UNRESOLVABLE where no call before it brings the value
 */
export const contextsInOrder = (plan: QueryPlan): QueryPlan => {
  const { node } = plan;
  if (!node || node.kind === 'Subscription' || !takesContext(node)) return plan;
  const ordered = inOrder(node);
  checkBrought(ordered, new Set());
  return { ...plan, node: ordered };
};

/** Whether a plan has arguments that are filled from what stands above. */
export const takesContext = (node: PlanNode): boolean => {
  if (node.kind === 'Fetch') return (node.contextRewrites ?? []).length > 0;
  if (node.kind === 'Flatten') return takesContext(node.node);
  return (node.kind === 'Sequence' || node.kind === 'Parallel') && node.nodes.some(takesContext);
};

const inOrder = (node: PlanNode): PlanNode => {
  if (node.kind === 'Sequence') return { ...node, nodes: node.nodes.map(inOrder) };
  if (node.kind !== 'Parallel') return node;
  const parts = node.nodes.map((inner) => {
    const ordered = inOrder(inner);
    return { ordered, calls: callsOf(ordered, new Set()) };
  });
  const isBound = (part: (typeof parts)[number]) =>
    parts.some((other) => other !== part && (waitsFor(part.calls, other.calls) || waitsFor(other.calls, part.calls)));
  const bound = parts.filter(isBound);
  const free = parts.filter((part) => !bound.includes(part)).map(({ ordered }) => ordered);
  if (bound.length === 0) return { ...node, nodes: free };
  const staged = inStages(bound.flatMap(({ calls }) => calls));
  return free.length === 0 ? staged : { ...node, nodes: [...free, staged] };
};

const waitsFor = (some: readonly Call[], others: readonly Call[]): boolean =>
  some.some((call) => others.some((other) => brings(other, call)));

const brings = (one: Call, other: Call): boolean => other.needs.flat().some((member) => one.brings.has(member));

const callsOf = (node: PlanNode, before: ReadonlySet<Call>): readonly Call[] => {
  if (node.kind === 'Parallel') return node.nodes.flatMap((inner) => callsOf(inner, before));
  if (node.kind !== 'Sequence') return [callOf(node, before)];
  const calls: Call[] = [];
  for (const inner of node.nodes) calls.push(...callsOf(inner, new Set([...before, ...calls])));
  return calls;
};

/** Each call as soon as everything it waits for has been asked, one stage after the other. */
const inStages = (calls: readonly Call[]): PlanNode => {
  for (const call of calls)
    for (const other of calls) if (other !== call && brings(other, call)) call.before.add(other);
  const stages: PlanNode[] = [];
  let left = calls;
  while (left.length > 0) {
    const ready = left.filter(({ before }) => !left.some((other) => before.has(other)));
    // Each waits for another.
    if (ready.length === 0) throw new PublicError('OPERATION_UNRESOLVABLE');
    left = left.filter((call) => !ready.includes(call));
    const [first, ...others] = ready.map(({ node }) => node);
    if (first) stages.push(others.length === 0 ? first : { kind: 'Parallel', nodes: [first, ...others] });
  }
  return { kind: 'Sequence', nodes: stages };
};

/** @returns what is there behind the part of a plan */
const checkBrought = (node: PlanNode, before: ReadonlySet<string>): ReadonlySet<string> => {
  if (node.kind === 'Sequence') return node.nodes.reduce((known, inner) => checkBrought(inner, known), before);
  if (node.kind === 'Parallel') return new Set(node.nodes.flatMap((inner) => [...checkBrought(inner, before)]));
  const { needs, brings: brought } = callOf(node, new Set());
  if (needs.some((members) => members.length > 0 && !members.some((member) => before.has(member)))) {
    throw new PublicError('OPERATION_UNRESOLVABLE');
  }
  return new Set([...before, ...brought]);
};

const callOf = (node: PlanNode, before: ReadonlySet<Call>): Call => {
  const fetch = node.kind === 'Flatten' ? node.node : node;
  // Nothing else comes out of the planner's options that are on.
  if (fetch.kind !== 'Fetch') throw new TypeError(`a plan with ${fetch.kind} in ${node.kind}`);
  const path = node.kind === 'Flatten' ? node.path.filter((name) => name !== '@').map(String) : [];
  return { node, before: new Set(before), brings: broughtBy(fetch, path), needs: neededBy(fetch, path) };
};

/** The steps of a path that are members, and no conditions on the type of what they stand in. */
const isMember = (step: string): boolean => !step.startsWith('... on ');

const ENTITIES = '_entities';
const UP = '..';
const nameOf = (path: readonly string[]): string => path.join('.');

const neededBy = ({ contextRewrites = [] }: FetchNode, path: readonly string[]): string[][] => {
  const needs = new Map<string, string[]>();
  for (const { path: way, renameKeyTo } of contextRewrites) {
    const up = way.filter((step) => step === UP).length;
    const members = way.slice(up).filter(isMember);
    const named = members.length === 0 ? [] : [nameOf([...path.slice(0, path.length - up), ...members])];
    needs.set(renameKeyTo, [...(needs.get(renameKeyTo) ?? []), ...named]);
  }
  return [...needs.values()];
};

const broughtBy = ({ operation, outputRewrites = [] }: FetchNode, path: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const renamed = new Map(
    outputRewrites.flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[nameOf(rewrite.path.filter(isMember)), rewrite.renameKeyTo]] : [],
    ),
  );
  const walk = (set: SelectionSetNode, asked: readonly string[], here: readonly string[]): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new TypeError('a plan with named fragments');
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, asked, here);
        continue;
      }
      const name = selection.alias?.value ?? selection.name.value;
      if (asked.length === 0 && name === ENTITIES && selection.selectionSet) {
        walk(selection.selectionSet, asked, here);
        continue;
      }
      const member = [...here, renamed.get(nameOf([...asked, name])) ?? name];
      found.add(nameOf(member));
      if (selection.selectionSet) walk(selection.selectionSet, [...asked, name], member);
    }
  };
  for (const definition of parse(operation, { noLocation: true }).definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition.selectionSet, [], path);
  }
  return found;
};
