import type { GraphQLDataSource } from '@apollo/gateway';

import type { QueryPlan } from '../planning/planner.ts';

/** Members that a plan has renamed on the way, by the name before: in what is sent, and in what is received. */
export interface RenamedMembers {
  readonly sent: ReadonlyMap<string, string>;
  readonly received: ReadonlyMap<string, string>;
}

type Node = NonNullable<QueryPlan['node']>;

const known = new WeakMap<QueryPlan, RenamedMembers>();

/** What the rewrites of a plan rename. The planner's names are made up, and each stands for one real name in a plan. */
export const renamedMembersOf = (plan: QueryPlan): RenamedMembers => {
  const found = known.get(plan) ?? read(plan);
  known.set(plan, found);
  return found;
};

const read = ({ node }: QueryPlan): RenamedMembers => {
  const sent = new Map<string, string>();
  const received = new Map<string, string>();
  const walk = (part: Node | undefined): void => {
    if (part?.kind === 'Sequence' || part?.kind === 'Parallel') part.nodes.forEach(walk);
    else if (part?.kind === 'Flatten') walk(part.node);
    else if (part?.kind === 'Fetch') {
      for (const [names, rewrites] of [
        [sent, part.inputRewrites],
        [received, part.outputRewrites],
      ] as const) {
        for (const rewrite of rewrites ?? []) {
          const last = rewrite.path.at(-1);
          if (rewrite.kind === 'KeyRenamer' && last !== undefined) names.set(last, rewrite.renameKeyTo);
        }
      }
    }
  };
  walk(node);
  return { sent, received };
};

/**
 * Apollo's executor renames no member that is null, false, zero or empty: a price of 0 would not arrive at the department
 * that requires it, nor at the caller. Here those get their names; the others it renames itself.
 *
 * @param renamed what is renamed in the plan that is being run
 */
export const renamingSource = (
  source: GraphQLDataSource,
  renamed: (context: Parameters<GraphQLDataSource['process']>[0]['context']) => RenamedMembers,
): GraphQLDataSource => ({
  async process(options) {
    const { sent, received } = renamed(options.context);
    const { request } = options;
    const representations = request.variables?.representations;
    const asked =
      sent.size > 0 && representations
        ? { ...request, variables: { ...request.variables, representations: withNames(representations, sent) } }
        : request;
    const answer = await source.process({ ...options, request: asked });
    if (received.size === 0 || !answer.data) return answer;
    return { ...answer, data: withNames(answer.data, received) as Record<string, unknown> };
  },
});

const withNames = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => withNames(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    // What it renamed already stays behind as undefined.
    if (member !== undefined) result[(member ? undefined : names.get(key)) ?? key] = withNames(member, names);
  }
  return result;
};
