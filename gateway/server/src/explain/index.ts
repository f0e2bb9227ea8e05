import { randomUUID } from 'node:crypto';

import { NO_RULE } from '@lienthong/schema/rules';
import { type DocumentNode, type GraphQLSchema, Kind, parse, validate, visit } from 'graphql';
import { destination, type Logger, pino } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import { type ErrorCode, PublicError } from '../errors.ts';
import { apolloEngine, type DataSources } from '../execution/apollo-engine.ts';
import { type PermittedOperation, permittedDocument } from '../execution/document.ts';
import type { Engine, Plan } from '../execution/engine.ts';
import { PrivateNames } from '../execution/private-names.ts';
import { verifyAccessToken } from '../identity/access-token.ts';
import { trustedIssuers } from '../identity/issuers.ts';
import { costOf } from '../limits/cost.ts';
import { DocumentGate } from '../limits/gate.ts';
import { coerceVariables } from '../operation/coerce.ts';
import { askPolicies, everything, refusesWhole } from '../pipeline/authorize.ts';
import { introspectionFields, mayIntrospect } from '../pipeline/introspect.ts';
import { protocolError } from '../pipeline/protocol.ts';
import { authorize } from '../policy/authorize.ts';
import { anonymous, type Principal } from '../policy/principal.ts';
import { readSupergraph } from '../supergraph/source.ts';
import { SupergraphVersion } from '../supergraph/version.ts';
import { explainFields, type FieldExplanation } from './fields.ts';

export type { FieldExplanation } from './fields.ts';

export interface ExplainQuestion {
  readonly query: string;
  /** An access token; absent: anonymous. */
  readonly token?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** What the gateway would do with an operation, and why. Plain data, fit for JSON. */
export interface Explanation {
  readonly operation: 'query' | 'mutation';
  readonly caller: ExplainedCaller;
  /** `filtered`: denied fields are null; `refused`: no department is asked, for the reasons in `codes`. */
  readonly outcome: { readonly answer: 'whole' | 'filtered' | 'refused'; readonly codes: readonly ErrorCode[] };
  readonly cost: { readonly cost: number; readonly budget: number };
  /** In the order in which the plan first asks them. */
  readonly departments: readonly string[];
  /** Absent where no department is asked. Strings that the query holds are left out of it. */
  readonly plan?: string;
  /** The plan's own names → the caller's: response keys, and variables with their `$`. */
  readonly names: Readonly<Record<string, string>>;
  readonly fields: readonly FieldExplanation[];
}

type ExplainedCaller =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'authenticated';
      readonly issuer: string;
      readonly client: string;
      readonly org?: string;
      readonly purpose?: string;
      readonly scopes: readonly string[];
    };

/**
 * Explains an operation by the same steps that serve one, up to the plan. The token is verified as a request's is, policies
 * are put to the configured decision point; departments are never asked.
 *
 * @throws PublicError as an answer would carry it: a bad token, a query that is invalid or beyond the limits
 * @throws AdmissionError and others where the supergraph cannot be served
 */
export const explain = async (
  config: GatewayConfig,
  question: ExplainQuestion,
  log: Logger = pino({ level: 'warn' }, destination({ dest: 2, sync: true })),
): Promise<Explanation> => {
  const principal = question.token === undefined ? anonymous : await authenticated(question.token, config);
  const version = await loadVersion(config, log);
  try {
    return await explainOn(version, principal, config, question, log);
  } finally {
    await version.engine.close();
  }
};

const explainOn = async (
  version: SupergraphVersion,
  principal: Principal,
  config: GatewayConfig,
  { query, variables: given = {}, operationName }: ExplainQuestion,
  log: Logger,
): Promise<Explanation> => {
  const { guards, engine } = version;
  const document = readDocument(query, version.schema, config);
  const operation = version.prepare(document, operationName);
  const variables = coerceVariables(version.schema, operation, given);
  const cost = { cost: costOf(operation, variables, version.costs), budget: config.limits.cost };
  const outcome = { codes: new Set<ErrorCode>(), denied: 0 };
  const context = { requestId: randomUUID(), language: 'en', principal, outcome } as const;
  const asked = { version, context, document, operationName: operationName ?? null };
  const policies = await askPolicies(operation, variables, asked, { config, log });
  const decision = authorize({ operation, variables, principal, policies, guards });

  const introspects = introspectionFields(operation, variables).length > 0;
  const denied = decision.denials.length > 0;
  const refusals: ErrorCode[] = [];
  if (cost.cost > cost.budget) refusals.push('LIMIT_COST');
  if (introspects && !mayIntrospect(principal, config)) refusals.push('INTROSPECTION_FORBIDDEN');
  const refused = refusals.length > 0 || (denied && refusesWhole(operation, config));

  const report = config.authorization.mode === 'report';
  const served = report ? everything(operation, variables) : decision;
  const names = new PrivateNames(version.privatePrefix);
  const permitted = refused ? undefined : permittedDocument(operation, served.asked, variables, names);
  const plan = permitted && (await planOf(permitted, engine, principal));
  const scopes = config.environment === 'development' ? [] : [[config.introspection.scope]];
  const introspection = { closed: false, rule: { ...NO_RULE, scopes } } as const;
  return {
    operation: operation.operation === 'mutation' ? 'mutation' : 'query',
    caller: callerOf(principal),
    outcome: {
      answer: refused ? 'refused' : denied && !report ? 'filtered' : 'whole',
      codes: denied ? [...refusals, 'UNAUTHORIZED_FIELD_OR_TYPE'] : refusals,
    },
    cost,
    departments: plan?.departments ?? [],
    ...(plan ? { plan: plan.text } : {}),
    names: plan ? namesIn(names) : {},
    fields: explainFields({ operation, variables, principal, policies, guards, decision, introspection }),
  };
};

const planOf = (permitted: PermittedOperation, engine: Engine, principal: Principal): Promise<Plan> =>
  engine.plan({
    ...permitted,
    document: withoutStrings(permitted.document),
    // The engine plans this once and is closed: there is no other plan to tell this one from.
    shape: 'explained',
    principal,
    requestId: 'explained',
    language: 'en',
  });

const namesIn = ({ aliases, variables }: PrivateNames): Record<string, string> =>
  Object.fromEntries([...aliases, ...[...variables].map(([theirs, own]) => [`$${own}`, `$${theirs}`])]);

const authenticated = (token: string, { authentication }: GatewayConfig): Promise<Principal> =>
  verifyAccessToken(token, { ...authentication, issuers: trustedIssuers(authentication.issuers) }, Date.now());

const loadVersion = async (config: GatewayConfig, log: Logger): Promise<SupergraphVersion> =>
  SupergraphVersion.load(
    await readSupergraph(config.supergraph),
    config.authorization.unguarded,
    ({ strippedSdl, schema }) => apolloEngine(strippedSdl, schema, neverAsked, log),
  );

const neverAsked: DataSources = ({ name }) => ({
  process: async () => {
    throw new Error(`explaining must not ask ${name}`);
  },
});

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

/** A plan does not depend on them, and personal numbers have no place in what gets pasted into tickets. */
const withoutStrings = (document: DocumentNode): DocumentNode =>
  visit(document, { StringValue: () => ({ kind: Kind.STRING, value: '…' }) });

const callerOf = (principal: Principal): ExplainedCaller => {
  if (principal.kind === 'anonymous') return { kind: 'anonymous' };
  const { issuer, clientId, org, purpose, scopes } = principal;
  return {
    kind: 'authenticated',
    issuer,
    client: clientId,
    ...(org === undefined ? {} : { org }),
    ...(purpose === undefined ? {} : { purpose }),
    scopes: [...scopes].sort(),
  };
};
