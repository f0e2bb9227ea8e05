import { createHash } from 'node:crypto';

import { NO_RULE } from '@lienthong/schema/rules';
import { type DocumentNode, Kind, print, visit } from 'graphql';

import type { ErrorCode } from '../errors.ts';
import { type PermittedOperation, permittedDocument } from '../execution/document.ts';
import type { Plan } from '../execution/engine.ts';
import { PrivateNames } from '../execution/private-names.ts';
import { redactNumbers } from '../execution/redact.ts';
import { costOf } from '../limits/cost.ts';
import { coerceVariables } from '../operation/coerce.ts';
import { askPolicies, everything, refusesWhole } from '../pipeline/authorize.ts';
import { introspectionFields, mayIntrospect } from '../pipeline/introspect.ts';
import type { Operated, OperateParts } from '../pipeline/operate.ts';
import { authorize } from '../policy/authorize.ts';
import type { Principal } from '../policy/principal.ts';
import { explainFields, type FieldExplanation } from './fields.ts';

/** What the gateway would do with an operation, and why. Plain data, fit for JSON. */
export interface Explanation {
  readonly operation: 'query' | 'mutation';
  /** By which logs, traces and the ledger know it. */
  readonly hash: string;
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
 * Explains a validated operation by the same steps that serve one (`operate`), up to the plan. The configured decision point
 * is asked; departments never are.
 *
 * @throws PublicError as an answer would carry it, where the operation cannot be prepared or a variable is wrong
 */
export const explainOperation = async (
  input: Operated,
  parts: Pick<OperateParts, 'config' | 'log'>,
): Promise<Explanation> => {
  const { version, context } = input;
  const { principal } = context;
  const { config } = parts;
  const { guards } = version;
  const operation = version.prepare(input.document, input.operationName);
  context.outcome.operation = operation.operation;
  context.outcome.operationHash ??= operation.hash;
  const variables = coerceVariables(version.schema, operation, input.variables);
  const cost = { cost: costOf(operation, variables, version.costs), budget: config.limits.cost };
  const policies = await askPolicies(operation, variables, input, parts);
  const decision = authorize({ operation, variables, principal, policies, guards });
  context.outcome.denied = decision.denials.length;

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
  const plan = permitted && (await planOf(permitted, input));
  const scopes = config.environment === 'development' ? [] : [[config.introspection.scope]];
  const introspection = { closed: false, rule: { ...NO_RULE, scopes } } as const;
  return {
    operation: operation.operation === 'mutation' ? 'mutation' : 'query',
    hash: context.outcome.operationHash,
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

/** The document that is planned differs from the one that would be served by its strings alone, so it has a shape of its own. */
const planOf = async (permitted: PermittedOperation, { version, context }: Operated): Promise<Plan> => {
  const document = withoutStrings(permitted.document);
  const { text, departments } = await version.engine.plan({
    ...permitted,
    document,
    shape: createHash('sha256').update(print(document)).digest('hex'),
    principal: context.principal,
    requestId: context.requestId,
    deadline: context.deadline,
    language: context.language,
  });
  return { text: redactNumbers(text), departments };
};

const namesIn = ({ aliases, variables }: PrivateNames): Record<string, string> =>
  Object.fromEntries([...aliases, ...[...variables].map(([theirs, own]) => [`$${own}`, `$${theirs}`])]);

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
