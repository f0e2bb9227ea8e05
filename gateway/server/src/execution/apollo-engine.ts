import '../telemetry/apollo-off.ts';

import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLDataSource } from '@apollo/gateway';
// The package's main module brings composition and its vendor's uplink with it, which nobody here uses. It has no `exports`
// map, and this path is not promised to stay: the dependency is pinned to the very version.
import { executeQueryPlan } from '@apollo/gateway/dist/executeQueryPlan.js';
import { type GraphQLError, type GraphQLFormattedError, type GraphQLSchema, Kind } from 'graphql';
import type { Logger } from 'pino';

import { errorKinds, isErrorCode, PublicError } from '../errors.ts';
import type { Planner } from '../planning/planner.ts';
import type { Engine, Executed, Execution } from './engine.ts';
import { CALL_PLACE } from './place-of-call.ts';
import { planOnly } from './plan-only.ts';
import { type RenamedMembers, renamedMembersOf, renamingSource } from './renamed-members.ts';
import { witnessedSource } from './witnessed-source.ts';

/** Where one department is asked. */
export type DataSources = (department: { readonly name: string; readonly url?: string }) => GraphQLDataSource;

export interface ApolloEngineParts {
  readonly planner: Planner;
  /** The supergraph without authorization directives. */
  readonly strippedSdl: string;
  /** The same as graphql-js has it: fields that callers cannot see are fetched too. */
  readonly supergraphSchema: GraphQLSchema;
  /** What callers see. */
  readonly schema: GraphQLSchema;
  readonly sources: DataSources;
  readonly log: Logger;
}

/** What data sources are told of the request they work for. */
interface Run extends Execution {
  readonly renamed: RenamedMembers;
}

type Arguments = Parameters<typeof executeQueryPlan>;
type RequestContext = Arguments[2];

/**
 * The reference engine: Apollo's executor over one supergraph version. It sees nothing but permitted operations in private
 * names, and runs the plans that every engine runs.
 */
export const apolloEngine = (parts: ApolloEngineParts): Engine => {
  const { planner, schema, supergraphSchema, log } = parts;
  const supergraph = Supergraph.build(parts.strippedSdl, { validateSupergraph: false });
  const apiSchema = supergraph.apiSchema();
  const sources = Object.fromEntries(
    supergraph
      .subgraphsMetadata()
      .map(({ name, url }) => [
        name,
        renamingSource(witnessedSource(name, parts.sources({ name, url })), (context) => (context as Run).renamed),
      ]),
  );
  const logger = {
    debug: () => {},
    info: () => {},
    warn: (message?: unknown) => log.warn({ executor: String(message) }),
    error: (message?: unknown) => log.error({ executor: String(message) }),
  };

  return {
    ...planOnly(planner),
    async execute(execution: Execution): Promise<Executed> {
      const { document, variables, shape, trace } = execution;
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation in the permitted document');
      const plan = await planner.plan(document, shape, trace);
      const run: Run = { ...execution, renamed: renamedMembersOf(plan) };
      const context = { request: { variables: { ...variables } }, context: run, logger, metrics: {} };
      const result = await executeQueryPlan(
        plan,
        sources,
        context as Partial<RequestContext> as RequestContext,
        { schema, operation, fragments: {} },
        supergraphSchema,
        apiSchema,
      );
      const errors = [...(result.errors ?? [])].map((error) => shown(error, run, parts));
      return { data: result.data ?? null, errors: [...errors, ...invalidValues(result.extensions, execution, errors)] };
    },
  };
};

/** Errors of our own data sources pass; whatever else the executor reports is logged and masked. */
const shown = (
  error: GraphQLError,
  { requestId, language, renamed }: Run,
  { planner, log }: ApolloEngineParts,
): GraphQLFormattedError => {
  const real = (key: unknown): unknown =>
    planner.requiredFields.get(String(key))?.field ?? renamed.received.get(String(key)) ?? key;
  // What the executor throws by itself may be an Error without extensions.
  const { serviceName: _, ...extensions } = error.extensions ?? {};
  const { code, [CALL_PLACE]: place } = extensions;
  if (Array.isArray(place)) extensions[CALL_PLACE] = place.map(real);
  const path = error.path ? { path: error.path.map(real) as (string | number)[] } : {};
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
