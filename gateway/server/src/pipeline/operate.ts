import { createHash } from 'node:crypto';

import { type DocumentNode, type GraphQLFormattedError, print } from 'graphql';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { RequestContext } from '../context.ts';
import { errorKinds, type Messages, PublicError } from '../errors.ts';
import { type CompletedObject, complete } from '../execution/complete.ts';
import { permittedDocument } from '../execution/document.ts';
import type { Executed } from '../execution/engine.ts';
import { CALL_PLACE } from '../execution/place-of-call.ts';
import { PrivateNames } from '../execution/private-names.ts';
import { checkCost } from '../limits/cost.ts';
import { coerceVariables } from '../operation/coerce.ts';
import type { PreparedOperation } from '../operation/model.ts';
import { authorize, type Decision, type Denial, policiesNeeded } from '../policy/authorize.ts';
import { grantedPolicies } from '../policy/decision-point.ts';
import { noGuards } from '../policy/guards.ts';
import { anonymous } from '../policy/principal.ts';
import type { GrantedPolicies } from '../policy/verdict.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { introspect, introspectionFields, mayIntrospect } from './introspect.ts';

export interface OperateParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * The filter: what judges, what departments are asked, under which names, and what the caller gets. A value of its own so
 * that test/fuzz can put one mistake at a time in each place and prove that it would be noticed.
 */
export interface Filter {
  readonly authorize: typeof authorize;
  readonly permittedDocument: typeof permittedDocument;
  readonly complete: typeof complete;
  readonly names: (prefix: string) => PrivateNames;
}

export const FILTER: Filter = {
  authorize,
  permittedDocument,
  complete,
  names: (prefix) => new PrivateNames(prefix),
};

/** A validated operation, as the protocol layer hands it over. */
export interface Operated {
  readonly version: SupergraphVersion;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As they came: not yet coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** A GraphQL answer; `status` where HTTP must not say 200. */
export interface OperationAnswer {
  readonly data?: CompletedObject | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly status?: number;
}

/**
 * From a validated operation to its answer: coerce → cost → authorize → plan and execute → complete. What the caller may not have
 * is gone before anything is planned.
 */
export const operate = async (
  input: Operated,
  parts: OperateParts,
  filter: Filter = FILTER,
): Promise<OperationAnswer> => {
  const { version, context } = input;
  const operation = version.prepare(input.document, input.operationName);
  context.outcome.operation = operation.operation;
  const variables = coerce(operation, input);
  checkCost(operation, variables, version.costs, parts.config.limits.cost);
  const introspection = answerIntrospection(operation, variables, input, parts);
  const decision = await decide(operation, variables, input, parts, filter);
  for (const { coordinate } of decision.denials) parts.metrics.denied(coordinate);
  context.outcome.denied = decision.denials.length;

  const denials = decision.denials.map((denial) => describe(denial, context, parts.config));
  if (denials.length > 0 && refusesWhole(operation, parts.config)) return { errors: denials, status: 403 };

  const names = filter.names(version.privatePrefix);
  const served = parts.config.authorization.mode === 'report' ? everything(operation, variables) : decision;
  const { data, errors } = await execute(operation, served, variables, names, input, filter);
  const completed = filter.complete({
    schema: version.schema,
    operation,
    decision: served,
    variables,
    names,
    data,
    introspection,
  });
  const all = [...denials, ...errors.map((error) => inClientNames(error, names))];
  return { data: completed, ...(all.length > 0 ? { errors: all } : {}) };
};

/** Writes are all or nothing (AUTHORIZATION §2.6); so is everything in mode `reject`. */
export const refusesWhole = (operation: Pick<PreparedOperation, 'operation'>, config: GatewayConfig): boolean =>
  config.authorization.mode === 'reject' ||
  (operation.operation === 'mutation' && config.authorization.mode !== 'report');

/** @throws PublicError BAD_USER_INPUT */
export const coerce = (
  operation: PreparedOperation,
  { version, variables }: Pick<Operated, 'version' | 'variables'>,
): ReadonlyMap<string, unknown> => coerceVariables(version.schema, operation, variables);

const decide = async (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  input: Operated,
  parts: OperateParts,
  filter: Filter,
): Promise<Decision> => {
  const policies = await askPolicies(operation, variables, input, parts);
  const { guards, decisions } = input.version;
  const question = { operation, variables, principal: input.context.principal, policies, guards };
  return decisions.decide(question, filter.authorize);
};

/** The policies granted to this caller, of those that the operation needs. */
export const askPolicies = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  { version, context, document, operationName }: Omit<Operated, 'variables'>,
  { config, log }: Pick<OperateParts, 'config' | 'log'>,
): Promise<GrantedPolicies> =>
  grantedPolicies(
    {
      policies: policiesNeeded(operation, variables, version.guards),
      principal: context.principal,
      requestId: context.requestId,
      operationName,
      operationHash: context.outcome.operationHash ?? hash(print(document)),
    },
    config.authorization.policyDecision,
    log,
  );

const answerIntrospection = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  { version, context }: Operated,
  { config }: OperateParts,
) => {
  const fields = introspectionFields(operation, variables);
  if (fields.length === 0) return new Map();
  if (!mayIntrospect(context.principal, config)) throw new PublicError('INTROSPECTION_FORBIDDEN');
  return introspect(version.views.of(context.principal), operation, fields, variables);
};

const execute = async (
  operation: PreparedOperation,
  { asked }: Decision,
  variables: ReadonlyMap<string, unknown>,
  names: PrivateNames,
  { version, context }: Operated,
  filter: Filter,
): Promise<Executed> => {
  const permitted = filter.permittedDocument(operation, asked, variables, names);
  if (!permitted) return { data: {}, errors: [] };
  return version.engine.execute({
    ...permitted,
    shape: hash(print(permitted.document)),
    principal: context.principal,
    requestId: context.requestId,
    language: context.language,
  });
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One error per denied path. What would open it is told only where the gateway is configured to. */
const describe = (denial: Denial, { language }: RequestContext, config: GatewayConfig): GraphQLFormattedError => {
  const { affectedPath, coordinate, missing } = denial;
  const disclosed = config.authorization.discloseRequirements ? { required: missing } : {};
  const messages: Messages = {
    vi: `${errorKinds.UNAUTHORIZED_FIELD_OR_TYPE.vi} (${coordinate})`,
    en: `${errorKinds.UNAUTHORIZED_FIELD_OR_TYPE.en} (${coordinate})`,
  };
  return new PublicError('UNAUTHORIZED_FIELD_OR_TYPE', {
    messages,
    data: { affectedPath, coordinate, ...disclosed },
  }).format(language);
};

/** Mode `report` serves what it would have denied. Never in production: the configuration refuses it there. */
export const everything = (operation: PreparedOperation, variables: ReadonlyMap<string, unknown>): Decision =>
  authorize({ operation, variables, principal: anonymous, policies: new Set(), guards: noGuards });

/** A department's error in the caller's words: private aliases become response keys again. */
const inClientNames = (error: GraphQLFormattedError, names: PrivateNames): GraphQLFormattedError => {
  const { [CALL_PLACE]: place, argument, ...others } = error.extensions ?? {};
  const extensions = typeof argument === 'string' ? { ...others, argument: names.clientArgument(argument) } : others;
  const path = (error.path ?? (Array.isArray(place) ? place : [])).map((key: string | number) =>
    typeof key === 'string' ? names.responseKey(key) : key,
  );
  if (path.length === 0) return { message: error.message, extensions };
  const affectedPath = path.map((key) => (typeof key === 'number' ? '@' : key)).join('.');
  // A GraphQL path cannot mean every item of a list, so a whole call below a list is told by `affectedPath` alone.
  return {
    message: error.message,
    ...(path.includes('@') ? {} : { path }),
    extensions: { ...extensions, affectedPath },
  };
};
