/** What stock Apollo asks the departments and answers: the floors make the same calls, every engine gives the same answers. */
import './engines/apollo-off.ts';

import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';

import type { Workload } from './workloads.ts';

type DidResolveQueryPlan = NonNullable<
  Extract<ConstructorParameters<typeof ApolloGateway>[0], object>['experimental_didResolveQueryPlan']
>;
type QueryPlan = Parameters<DidResolveQueryPlan>[0]['queryPlan'];
type PlanNode = Exclude<QueryPlan['node'], undefined | { kind: 'Subscription' }>;

/** One request to a department. */
export interface Call {
  readonly url: string;
  readonly body: string;
}

/** The stock plan without what was asked: `call` counts the fetches in the order of the plan. */
export type Step =
  | { readonly kind: 'call'; readonly call: number }
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly Step[] };

export interface RecordedAnswer {
  /** By the number of the fetch; null where the plan had nothing to ask. */
  readonly calls: readonly (Call | null)[];
  readonly data: unknown;
}

export interface Recording {
  readonly plan: Step;
  readonly fetches: number;
  /** By variant. */
  readonly answers: readonly RecordedAnswer[];
}

/** Runs workloads once through stock Apollo in this process, and records. */
export class Reference {
  readonly #server: ApolloServer;
  #plan: QueryPlan | undefined;
  #calls: Call[] = [];

  private constructor(strippedSdl: string) {
    const gateway = new ApolloGateway({
      supergraphSdl: strippedSdl,
      buildService: ({ url = '' }) =>
        new RemoteGraphQLDataSource({ url, fetcher: (to, init) => this.#fetch(to, init) }),
      experimental_didResolveQueryPlan: ({ queryPlan }) => {
        this.#plan = queryPlan;
      },
    });
    this.#server = new ApolloServer({ gateway, logger: silent });
  }

  /** @param strippedSdl a supergraph without authorization directives: stock Apollo refuses them */
  static async start(strippedSdl: string): Promise<Reference> {
    const reference = new Reference(strippedSdl);
    await reference.#server.start();
    return reference;
  }

  async record(workload: Workload, fromVariant = 0): Promise<Recording> {
    const answers: RecordedAnswer[] = [];
    let shape: { readonly plan: Step; readonly texts: readonly string[] } | undefined;
    for (let variant = fromVariant; variant < fromVariant + workload.variants; variant++) {
      this.#calls = [];
      const data = await this.#run(workload, variant);
      shape ??= stepsOf(this.#plan);
      answers.push({ data, calls: assigned(shape.texts, this.#calls) });
    }
    if (!shape) throw new Error(`${workload.name} has no variants`);
    return { plan: shape.plan, fetches: shape.texts.length, answers };
  }

  close(): Promise<void> {
    return this.#server.stop();
  }

  async #run({ name, query, variables }: Workload, variant: number): Promise<unknown> {
    const { body } = await this.#server.executeOperation({ query, variables: variables(variant) });
    const result = body.kind === 'single' ? body.singleResult : undefined;
    if (!result?.data || result.errors) throw new Error(`${name}: ${JSON.stringify(result?.errors)}`);
    // Through JSON, as callers receive it: the executor's objects have no prototype.
    return JSON.parse(JSON.stringify(result.data));
  }

  async #fetch(to: string, init: Parameters<RemoteGraphQLDataSource['fetcher']>[1]) {
    const body = String(init?.body);
    this.#calls.push({ url: to, body });
    return fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }
}

const nothing = (): void => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const stepsOf = (queryPlan: QueryPlan | undefined): { readonly plan: Step; readonly texts: readonly string[] } => {
  const texts: string[] = [];
  const step = (node: PlanNode): Step => {
    switch (node.kind) {
      case 'Fetch':
        texts.push(node.operation);
        return { kind: 'call', call: texts.length - 1 };
      case 'Flatten':
        return step(node.node);
      case 'Sequence':
        return { kind: 'sequence', steps: node.nodes.map(step) };
      case 'Parallel':
        return { kind: 'parallel', steps: node.nodes.map(step) };
      default:
        throw new TypeError(`the workloads have no ${node.kind}`);
    }
  };
  if (!queryPlan?.node || queryPlan.node.kind === 'Subscription') throw new Error('no plan');
  return { plan: step(queryPlan.node), texts };
};

/** The calls in the order of the plan; equal texts are assigned as they came. */
const assigned = (texts: readonly string[], calls: readonly Call[]): readonly (Call | null)[] => {
  const rest = calls.map((call) => ({ call, query: Object(JSON.parse(call.body)).query }));
  return texts.map((text) => {
    const found = rest.findIndex(({ query }) => query === text);
    return found < 0 ? null : (rest.splice(found, 1)[0]?.call ?? null);
  });
};
