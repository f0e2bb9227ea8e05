import '../telemetry/apollo-off.ts';

import { ApolloGateway } from '@apollo/gateway';
import { prettyFormatQueryPlan, type QueryPlan } from '@apollo/query-planner';
import { type GraphQLError, type GraphQLFormattedError, type GraphQLSchema, Kind, print } from 'graphql';
import type { Logger } from 'pino';

import { errorKinds, isErrorCode, PublicError } from '../errors.ts';
import type { Engine, Executed, Execution, Plan } from './engine.ts';

export type DataSources = ConstructorParameters<typeof ApolloGateway>[0] extends infer C
  ? C extends { buildService?: infer B }
    ? NonNullable<B>
    : never
  : never;

type Executor = Awaited<ReturnType<ApolloGateway['load']>>['executor'];
type RequestContext = Parameters<Executor>[0];

/**
 * The reference engine: Apollo's planner and executor over one supergraph version. It sees nothing but permitted
 * operations in private names, and its plans are kept by the shape of those, never by the client's text.
 *
 * @param strippedSdl the supergraph without authorization directives, which this planner refuses to load with
 */
export const apolloEngine = async (
  strippedSdl: string,
  schema: GraphQLSchema,
  buildService: DataSources,
  log: Logger,
): Promise<Engine> => {
  const logger = {
    debug: () => {},
    info: () => {},
    warn: (message?: unknown) => log.warn({ planner: String(message) }),
    error: (message?: unknown) => log.error({ planner: String(message) }),
  };
  const onlyPlanned = new WeakSet<object>();
  const gateway = new ApolloGateway({
    supergraphSdl: strippedSdl,
    buildService,
    logger,
    debug: false,
    __exposeQueryPlanExperimental: false,
    experimental_didResolveQueryPlan: ({ queryPlan, requestContext }) => {
      // The stock executor answers an empty plan with a silent null; a permitted operation always has something to ask.
      if (!queryPlan.node) throw new PublicError('OPERATION_UNRESOLVABLE');
      if (onlyPlanned.has(requestContext.context)) throw new Planned(queryPlan);
    },
  });
  const { executor } = await gateway.load();

  const run = (execution: Execution) => {
    const { document, variables, shape } = execution;
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation in the permitted document');
    const request = { query: print(document), variables: { ...variables } };
    return executor({
      request,
      document,
      operation,
      operationName: null,
      queryHash: shape,
      source: request.query,
      schema,
      context: execution,
      logger,
      metrics: {},
      cache: noCache,
      schemaHash: '' as RequestContext['schemaHash'],
      overallCachePolicy: undefined,
    } satisfies Partial<RequestContext> as RequestContext);
  };

  return {
    async execute(execution: Execution): Promise<Executed> {
      const result = await run(execution);
      const errors = [...(result.errors ?? [])].map((error) => shown(error, execution, log));
      return { data: result.data ?? null, errors: [...errors, ...invalidValues(result.extensions, execution, errors)] };
    },
    async plan(execution: Execution): Promise<Plan> {
      const asked = { ...execution };
      onlyPlanned.add(asked);
      try {
        const { errors } = await run(asked);
        throw new Error(`not planned: ${errors?.[0]?.message}`);
      } catch (error) {
        if (!(error instanceof Planned)) throw error;
        return { text: prettyFormatQueryPlan(error.plan), departments: departmentsOf(error.plan) };
      }
    },
    close: () => gateway.stop(),
  };
};

/** Carries a plan out of the executor before its first call: Apollo's gateway has no other door to its planner. */
class Planned extends Error {
  readonly plan: QueryPlan;

  constructor(plan: QueryPlan) {
    super('planned');
    this.plan = plan;
  }
}

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

const noCache: RequestContext['cache'] = {
  get: async () => undefined,
  set: async () => {},
  delete: async () => true,
};

/** Errors of our own data sources pass; whatever else the executor reports is logged and masked. */
const shown = (error: GraphQLError, { requestId, language }: Execution, log: Logger): GraphQLFormattedError => {
  // What the executor throws by itself may be an Error without extensions.
  const { serviceName: _, ...extensions } = error.extensions ?? {};
  const { code } = extensions;
  const path = error.path ? { path: error.path } : {};
  if (isErrorCode(code) && errorKinds[code].fault !== 'gateway') return { message: error.message, ...path, extensions };
  log.error({ requestId, failure: 'engine', err: error });
  return { ...new PublicError('INTERNAL_SERVER_ERROR').format(language), ...path };
};

/**
 * A department that answers null, or a value of another type, where its schema forbids it. The stock executor nulls the
 * parent and says so only in an extension, and only when there are no other errors.
 */
const invalidValues = (
  extensions: Record<string, unknown> | undefined,
  { language }: Execution,
  others: readonly GraphQLFormattedError[],
): GraphQLFormattedError[] => {
  const found = extensions?.valueCompletion;
  if (!Array.isArray(found) || others.length > 0) return [];
  return found.map((error: GraphQLError) => ({
    ...new PublicError('DEPARTMENT_ERROR').format(language),
    ...(error.path ? { path: error.path } : {}),
  }));
};
