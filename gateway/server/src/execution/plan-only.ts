import type { Planner, QueryPlan } from '../planning/planner.ts';
import type { Engine, Execution, Plan } from './engine.ts';

/** An engine as far as it plans: every engine runs the planner's plans. By itself it asks no department. */
export const planOnly = (planner: Planner): Engine => ({
  async execute() {
    throw new TypeError('explaining must not ask any department');
  },
  async plan({ document, shape }: Execution): Promise<Plan> {
    const plan = await planner.plan(document, shape);
    // The planner itself lives in a thread of its own: only who explains has to load its library here.
    const { prettyFormatQueryPlan } = await import('@apollo/query-planner');
    return { text: prettyFormatQueryPlan(plan), departments: departmentsOf(plan) };
  },
  close: async () => planner.close(),
});

type PlanNode = NonNullable<QueryPlan['node']>;

const departmentsOf = ({ node }: QueryPlan): string[] => {
  const names = new Set<string>();
  const walk = (part: PlanNode | undefined): void => {
    if (part?.kind === 'Fetch') names.add(part.serviceName);
    else if (part?.kind === 'Flatten') walk(part.node);
    else if (part?.kind === 'Sequence' || part?.kind === 'Parallel') part.nodes.forEach(walk);
    // @skip, @include, @defer and subscriptions are gone before anything is planned.
    else if (part) throw new TypeError(`a plan with ${part.kind}`);
  };
  walk(node);
  return [...names];
};
