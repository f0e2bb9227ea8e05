import { StateUnavailable } from '@lienthong/state';
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { RequestContext } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { Completed, CompletedObject } from '../execution/complete.ts';
import { checkCost } from '../limits/cost.ts';
import { checkIntrospection } from '../limits/introspection.ts';
import { coerceVariables } from '../operation/coerce.ts';
import type { FieldSelection, PreparedOperation } from '../operation/model.ts';
import type { Decision } from '../policy/authorize.ts';
import { holdsGuarded } from '../policy/holds-guarded.ts';
import type { Quotas } from '../quotas/index.ts';
import { knowsCitizens, personsNamed, personsOf } from '../quotas/persons.ts';
import type { SupergraphVersion } from '../supergraph/version.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/trace.ts';
import { orLeaveOpen, stateUnavailable } from './authenticate.ts';
import { decide, describeDenial, everything, refusesWhole } from './authorize.ts';
import { Disclosure, type LedgerParts } from './disclose.ts';
import { execute, inClientNames } from './execute.ts';
import { FILTER, type Filter } from './filter.ts';
import { introspect, introspectionFields, mayIntrospect } from './introspect.ts';

export interface OperateParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly quotas: Quotas;
  /** Where a ledger is kept: what answers disclose is gathered, or they do not leave. */
  readonly ledger?: LedgerParts | undefined;
}

/** A validated operation, as the protocol layer hands it over. */
export interface Operated {
  readonly version: SupergraphVersion;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As they came: not yet coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** What the document was validated against, where that is the caller's view and not the whole schema. */
  readonly view?: GraphQLSchema | undefined;
}

/** A GraphQL answer; `status` where HTTP must not say 200. */
export interface OperationAnswer {
  readonly data?: CompletedObject | null;
  /** In its place: the answer without its errors, as it is sent. */
  readonly json?: Buffer;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly status?: number;
}

/**
 * From a validated operation to its answer: coerce → cost → authorize → plan and execute → complete. What the caller may
 * not have is gone before anything is planned.
 */
export const operate = async (
  input: Operated,
  parts: OperateParts,
  filter: Filter = FILTER,
): Promise<OperationAnswer> => {
  const { version, context, view } = input;
  const operation = version.prepare(input.document, input.operationName);
  context.outcome.operation = operation.operation;
  context.outcome.operationHash ??= operation.hash;
  const variables = coerceVariables(version.schema, operation, input.variables);
  const cost = checkCost(operation, variables, version.costs, parts.config.limits.cost);
  const counting = parts.quotas.takeCost(context.principal, context.outcome, cost);
  if (counting) await orLeaveOpen(context.outcome, counting);
  const introspection = answerIntrospection(operation, variables, input, parts);
  const judged = traced(context.trace, 'authorize', () => decide(operation, variables, input, parts, filter));
  const decision = judged instanceof Promise ? await judged : judged;
  for (const { coordinate } of decision.denials) parts.metrics.denied(coordinate);
  context.outcome.denied = decision.denials.length;
  const { record } = context.outcome;
  if (record) record.denied = new Set(decision.denials.map(({ coordinate }) => coordinate));

  const denials = decision.denials.map((denial) => describeDenial(denial, context, parts.config));
  if (denials.length > 0 && refusesWhole(operation, parts.config)) return { errors: denials, status: 403 };

  const counted = parts.quotas.countsCitizens(context.principal) && knowsCitizens(version.schema);
  // A write cannot be taken back when its answer turns out to be one person too many: it is refused before it runs.
  if (counted && operation.operation === 'mutation') {
    const named = personsNamed({ operation, asked: decision.asked, variables });
    await orLeaveOpen(context.outcome, parts.quotas.takeCitizensOfWrite(context.principal, context.outcome, named));
  }
  if (context.outcome.stateMissing && holdsGuarded(decision, version.guards)) throw stateUnavailable();

  const served = parts.config.authorization.mode === 'report' ? everything(operation, variables) : decision;
  const { ledger } = parts;
  const disclosure = ledger && new Disclosure({ operation, served, variables, input, ledger });
  if (disclosure && record) record.naming = disclosure;
  if (disclosure && writes(operation, served.asked)) await ledger?.intent?.(context, disclosure.named);
  const shared = { operation, decision: served, variables, introspection, counted, disclosure };
  const compiled = filter === FILTER && (await compiledAnswer(shared, input, parts));
  if (compiled) {
    const all = [...denials, ...compiled.errors];
    return { json: compiled.json, ...(all.length > 0 ? { errors: all } : {}) };
  }
  const names = filter.names(version.privatePrefix);
  const identified = counted || disclosure !== undefined;
  const executed = await execute(operation, served, variables, names, input, filter, identified, disclosure?.witness);
  const { data, errors } = executed;
  const completed = filter.complete({
    schema: version.schema,
    operation,
    decision: served,
    variables,
    names,
    data,
    introspection,
    ...(view ? { isKnown: (typeName: string) => view.getType(typeName) !== undefined } : {}),
  });
  const gathered = disclosure?.gather(data, completed, names);
  if (counted) {
    disclosure?.nothing(gathered?.handed);
    const persons = personsOf({ operation, asked: served.asked, variables, names }, data);
    await countPersons(operation, persons, context, parts);
  }
  if (gathered) disclosure?.settle(gathered, errors, names, false);
  const all = [...denials, ...errors.map((error) => inClientNames(error, operation, names))];
  return { data: completed, ...(all.length > 0 ? { errors: all } : {}) };
};

/** Whether anything is going to be changed: a mutation that asks for `__typename` alone runs nothing. */
const writes = ({ operation }: PreparedOperation, asked: ReadonlySet<FieldSelection>): boolean => {
  if (operation !== 'mutation') return false;
  for (const { name } of asked) if (!name.startsWith('__')) return true;
  return false;
};

interface ToAnswer {
  readonly operation: PreparedOperation;
  readonly decision: Decision;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly introspection: ReadonlyMap<string, Completed>;
  /** Whether it is counted whom the answer is about. */
  readonly counted: boolean;
  readonly disclosure: Disclosure | undefined;
}

const NOTHING: ReadonlyMap<string, Buffer> = new Map();
const asJson = (values: ReadonlyMap<string, Completed>): ReadonlyMap<string, Buffer> =>
  new Map([...values].map(([key, value]) => [key, Buffer.from(JSON.stringify(value))]));

/** The answer by the compiled engine; undefined where the reference engine has to give it. */
const compiledAnswer = async (
  { operation, decision, variables, introspection, counted, disclosure }: ToAnswer,
  { version, context, view }: Operated,
  parts: OperateParts,
): Promise<{ readonly json: Buffer; readonly errors: readonly GraphQLFormattedError[] } | undefined> => {
  const identified = counted || disclosure !== undefined;
  const ready = await version.executable({ operation, decision, variables }, identified, view, context.trace);
  if (!ready) return undefined;
  const { executable, names } = ready;
  const { json, errors, outline, gathered } = await executable.run({
    variables,
    caller: context,
    introspection: introspection.size === 0 ? NOTHING : asJson(introspection),
    outlined: counted,
    collecting: disclosure?.collecting,
  });
  if (counted) {
    disclosure?.nothing(gathered?.handed);
    const persons = personsOf({ operation, asked: decision.asked, variables, names }, outline);
    await countPersons(operation, persons, context, parts);
  }
  if (gathered) disclosure?.settle(gathered, errors, names, true);
  return { json, errors: errors.map((error) => inClientNames(error, operation, names)) };
};

/** Counts whom an answer is about before it leaves. The answer of a write leaves in any case: it has happened. */
const countPersons = async (
  { operation }: PreparedOperation,
  persons: ReadonlySet<string>,
  { principal, outcome }: RequestContext,
  { quotas }: OperateParts,
): Promise<void> => {
  const write = operation === 'mutation';
  try {
    await (write ? quotas.recordCitizens : quotas.takeCitizens).call(quotas, principal, outcome, persons);
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error;
    if (!write) throw stateUnavailable();
  }
};

const answerIntrospection = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  { version, context }: Operated,
  { config }: OperateParts,
) => {
  const fields = introspectionFields(operation, variables);
  if (fields.length === 0) return new Map();
  if (!mayIntrospect(context.principal, config)) throw new PublicError('INTROSPECTION_FORBIDDEN');
  checkIntrospection(fields);
  return introspect(version.views.of(context.principal), operation, fields, variables);
};
