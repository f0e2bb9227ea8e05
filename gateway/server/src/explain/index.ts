import { randomUUID } from 'node:crypto';

import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import { destination, type Logger, pino } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import { type ErrorCode, PublicError } from '../errors.ts';
import { planOnly } from '../execution/plan-only.ts';
import { verifyAccessToken } from '../identity/access-token.ts';
import { Refusal, refused } from '../identity/challenge.ts';
import { trustedIssuers } from '../identity/issuers.ts';
import { registeredClients } from '../identity/registered.ts';
import { DocumentGate } from '../limits/gate.ts';
import { protocolError } from '../pipeline/protocol.ts';
import { createPlanner } from '../planning/planner.ts';
import { PlanningThreads } from '../planning/threads.ts';
import { anonymous, type Principal } from '../policy/principal.ts';
import { readSupergraph } from '../supergraph/source.ts';
import { SupergraphVersion } from '../supergraph/version.ts';
import { type Explanation, explainOperation } from './explanation.ts';

export type { Explanation } from './explanation.ts';
export type { FieldExplanation } from './fields.ts';

export interface ExplainQuestion {
  readonly query: string;
  /** An access token; absent: anonymous. */
  readonly token?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/**
 * Explains an operation without a gateway that runs: loads the supergraph, verifies the token as a request's is, reads the
 * query as the protocol would. Departments are never asked.
 *
 * @throws PublicError as an answer would carry it: a bad token, a query that is invalid or beyond the limits
 * @throws AdmissionError and others where the supergraph cannot be served
 */
export const explain = async (
  config: GatewayConfig,
  question: ExplainQuestion,
  log: Logger = pino({ level: 'warn' }, destination({ dest: 2, sync: true })),
): Promise<Explanation> => {
  const principal = question.token === undefined ? anonymous : await authenticated(question.token, config, log);
  const planning = new PlanningThreads({ budget: config.limits.planning, log });
  try {
    const version = await loadVersion(config, planning);
    const { query, variables = {}, operationName = null } = question;
    const document = readDocument(query, version.schema, config);
    const outcome = { codes: new Set<ErrorCode>(), denied: 0 };
    const context = {
      requestId: randomUUID(),
      language: 'en',
      principal,
      deadline: Number.POSITIVE_INFINITY,
      outcome,
    } as const;
    return await explainOperation({ version, document, operationName, variables, context }, { config, log });
  } finally {
    await planning.close();
  }
};

/** The token alone: whoever explains on the command line holds no key to prove, and revocation is asked when it is used. */
const authenticated = async (token: string, config: GatewayConfig, log: Logger): Promise<Principal> => {
  const { authentication } = config;
  const registered = await registeredClients(config, log);
  try {
    const rules = { ...authentication, issuers: trustedIssuers(authentication.issuers) };
    const { principal } = await verifyAccessToken(token, rules, Date.now());
    return registered?.admit(principal, Date.now()) ?? principal;
  } catch (error) {
    throw error instanceof Refusal ? refused(error.reason) : error;
  } finally {
    await registered?.close();
  }
};

const loadVersion = async (config: GatewayConfig, planning: PlanningThreads): Promise<SupergraphVersion> =>
  SupergraphVersion.load(
    await readSupergraph(config.supergraph),
    config.authorization.unguarded,
    async ({ strippedSdl }) => planOnly(await createPlanner(strippedSdl, planning)),
  );

/** The limits, the grammar and the schema, in the order in which a request meets them. */
const readDocument = (text: string, schema: GraphQLSchema, { limits }: GatewayConfig): DocumentNode => {
  new DocumentGate(limits).check(text);
  const document = parsed(text, limits.tokens);
  const messages = validate(schema, document).map(({ message }) => message);
  if (messages.length > 0) throw protocolRefusal('GRAPHQL_VALIDATION_FAILED', messages.join(' '));
  return document;
};

const parsed = (text: string, maxTokens: number): DocumentNode => {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    throw protocolRefusal('GRAPHQL_PARSE_FAILED', error instanceof Error ? error.message : String(error));
  }
};

const protocolRefusal = (code: ErrorCode, message: string): PublicError =>
  protocolError(code, { message }, undefined) ?? new PublicError(code);
