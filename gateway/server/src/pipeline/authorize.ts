import type { GraphQLFormattedError } from 'graphql';

import type { GatewayConfig } from '../config/index.ts';
import type { RequestContext } from '../context.ts';
import { errorKinds, type Messages } from '../errors.ts';
import type { PreparedOperation } from '../operation/model.ts';
import type { Decision, Denial } from '../policy/authorize.ts';
import { grantedPolicies } from '../policy/decision-point.ts';
import { Decisions } from '../policy/decisions.ts';
import { noGuards } from '../policy/guards.ts';
import { anonymous } from '../policy/principal.ts';
import type { GrantedPolicies } from '../policy/verdict.ts';
import type { Filter } from './filter.ts';
import type { Operated, OperateParts } from './operate.ts';

/** Judges an operation for its caller: asks for the policies that it needs, then decides field by field. */
export const decide = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  input: Operated,
  parts: OperateParts,
  filter: Filter,
): Promise<Decision> | Decision => {
  const { guards, decisions } = input.version;
  const judge = (policies: GrantedPolicies): Decision => {
    const question = { operation, variables, principal: input.context.principal, policies, guards };
    return decisions.decide(question, filter.authorize);
  };
  const policies = askPolicies(operation, variables, input, parts);
  return policies instanceof Promise ? policies.then(judge) : judge(policies);
};

/** The policies granted to this caller, of those that the operation needs. */
export const askPolicies = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  { version, context, operationName }: Omit<Operated, 'variables'>,
  { config, log }: Pick<OperateParts, 'config' | 'log'>,
): Promise<GrantedPolicies> | GrantedPolicies =>
  grantedPolicies(
    {
      policies: version.decisions.policiesNeeded({ operation, variables, guards: version.guards }),
      principal: context.principal,
      requestId: context.requestId,
      operationName,
      operationHash: context.outcome.operationHash ?? operation.hash,
    },
    config.authorization.policyDecision,
    log,
  );

/** Writes are all or nothing (AUTHORIZATION §2.6); so is everything in mode `reject`. */
export const refusesWhole = (operation: Pick<PreparedOperation, 'operation'>, config: GatewayConfig): boolean =>
  config.authorization.mode === 'reject' ||
  (operation.operation === 'mutation' && config.authorization.mode !== 'report');

/** Mode `report` serves what it would have denied. Never in production: the configuration refuses it there. */
export const everything = (operation: PreparedOperation, variables: ReadonlyMap<string, unknown>): Decision =>
  OPEN.decide({ operation, variables, principal: anonymous, policies: NONE, guards: noGuards });

const OPEN = new Decisions({ fields: new Map(), types: new Map(), open: new Set() });
const NONE: GrantedPolicies = new Set();

/** One error per denied path. What would open it is told only where the gateway is configured to. */
export const describeDenial = (
  denial: Denial,
  { language }: RequestContext,
  config: GatewayConfig,
): GraphQLFormattedError => {
  const { affectedPath, coordinate, missing } = denial;
  const disclosed = config.authorization.discloseRequirements ? { required: missing } : {};
  const messages: Messages = {
    vi: `${errorKinds.UNAUTHORIZED_FIELD_OR_TYPE.vi} (${coordinate})`,
    en: `${errorKinds.UNAUTHORIZED_FIELD_OR_TYPE.en} (${coordinate})`,
  };
  // Not by way of an Error, which would look at the stack: an answer may hold dozens of denials.
  return {
    message: messages[language],
    extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', affectedPath, coordinate, ...disclosed },
  };
};
