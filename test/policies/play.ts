import { type Decision, FILTER, type Replacements } from '@lienthong/server/testing';
import { type DocumentNode, type GraphQLFormattedError, parse, validate } from 'graphql';
import { request } from 'undici';

import { principalOf } from './caller.ts';
import type { Call } from './department.ts';
import type { Case } from './model.ts';
import type { Stage } from './stage.ts';

/** All that can be seen of one answer. */
export interface Seen {
  readonly status: number;
  /** The whole answer, as text. */
  readonly text: string;
  readonly data?: unknown;
  readonly errors: readonly GraphQLFormattedError[];
  /** Over HTTP. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** In process: what the pure function said. Absent where it was not reached. */
  readonly decision?: Decision;
  readonly calls: readonly Call[];
  readonly policiesAsked: readonly string[];
}

/** Asks over HTTP, with a token. */
export const playOverHttp = async (play: Case, stage: Stage): Promise<Seen> => {
  const { token, operation: query, operationName, variables, decisionPoint } = play;
  const { url } = await stage.gateway();
  const authorization = await stage.issuer.authorization(token);
  stage.forget();
  stage.decisionPoint.says(decisionPoint);
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      'accept-language': 'en',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({ query, variables, ...(operationName === undefined ? {} : { operationName }) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, ...parsed(text), ...heard(stage) };
};

/** Refused before there is an operation to judge: known over HTTP alone. */
const BEFORE_THE_OPERATION = new Set([
  'UNAUTHENTICATED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'LIMIT_DEPTH',
  'LIMIT_ALIASES',
  'LIMIT_TOKENS',
]);

/** Whether a case shows something of the filter, and not only of what stands before it. */
export const concernsFilter = ({ expect }: Case): boolean =>
  expect.kind === 'answered' || !(BEFORE_THE_OPERATION.has(expect.code) || expect.extensions.reason === 'rootFields');

/** Equal texts share one document, by which the gateway remembers what it prepared, as the protocol layer sees to it. */
export class Documents {
  readonly #known = new WeakMap<Stage, Map<string, DocumentNode>>();

  of(stage: Stage, text: string): DocumentNode {
    const known = this.#known.get(stage) ?? new Map<string, DocumentNode>();
    const document = known.get(text) ?? parse(text);
    this.#known.set(stage, known.set(text, document));
    const [invalid] = validate(stage.schema, document);
    if (invalid) throw invalid;
    return document;
  }
}

/**
 * Runs prepare, authorize, plan and complete without HTTP and tokens, and keeps what the pure function decided. A mutant
 * may stand in for parts of it.
 */
export const playInProcess = async (
  play: Case,
  stage: Stage,
  documents: Documents,
  replacements: Replacements = {},
): Promise<Seen> => {
  const { operation, operationName = null, variables, token, decisionPoint } = play;
  const authorize = replacements.filter?.authorize ?? FILTER.authorize;
  const document = documents.of(stage, operation);
  let decision: Decision | undefined;
  stage.forget();
  stage.decisionPoint.says(decisionPoint);
  const { status = 200, ...answer } = await stage.inside.ask(
    { document, operationName, variables, principal: principalOf(token) },
    {
      ...replacements,
      filter: {
        ...replacements.filter,
        authorize: (question) => {
          decision = authorize(question);
          return decision;
        },
      },
    },
  );
  return { status, ...parsed(JSON.stringify(answer)), ...(decision ? { decision } : {}), ...heard(stage) };
};

const parsed = (text: string): Pick<Seen, 'text' | 'data' | 'errors'> => {
  const { data, errors = [] } = JSON.parse(text) as Partial<Pick<Seen, 'data' | 'errors'>>;
  return { text, errors, ...(data === undefined ? {} : { data }) };
};

const heard = ({ calls, decisionPoint }: Stage): Pick<Seen, 'calls' | 'policiesAsked'> => ({
  calls: [...calls],
  policiesAsked: [...decisionPoint.asked],
});
