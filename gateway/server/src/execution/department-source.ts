import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { isErrorCode, type Messages, PublicError } from '../errors.ts';
import type { GatewayKey } from '../internal-token/keys.ts';
import { signInternalToken } from '../internal-token/sign.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { DepartmentCallError, type DepartmentClient } from './department-client.ts';
import type { Execution } from './engine.ts';
import { placeOfCall } from './place-of-call.ts';

export interface SourceParts {
  readonly department: DepartmentFacts;
  readonly client: DepartmentClient;
  readonly key: GatewayKey;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Codes by which a department speaks to the caller. All its other errors are masked. */
const SPOKEN = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT']);

type Processed = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** One department as the planner's data source: signs the hop, calls, and masks what must not leave. */
export class DepartmentSource implements GraphQLDataSource {
  readonly #parts: SourceParts;

  constructor(parts: SourceParts) {
    this.#parts = parts;
  }

  async process(options: GraphQLDataSourceProcessOptions): Promise<Processed> {
    const { department, client, key, log, metrics, now } = this.#parts;
    const execution = options.context as Execution;
    const { query, variables } = options.request;
    // The planner's operation name holds nothing we want to tell; the text is what the department runs.
    const body = JSON.stringify({ query, variables });
    const hop = {
      department: department.name,
      requestId: execution.requestId,
      body,
      departmentScopes: department.scopes,
    };
    const token = await signInternalToken(key, execution.principal, hop, Math.floor(now() / 1_000));
    const end = metrics.departmentCall(department.name);
    try {
      const answer = await client.call(body, {
        authorization: `Bearer ${token}`,
        'x-request-id': execution.requestId,
        'accept-language': execution.language,
      });
      const errors = 'errors' in answer && Array.isArray(answer.errors) ? answer.errors : [];
      end(errors.length === 0 ? 'ok' : 'errors');
      const data = 'data' in answer && typeof answer.data === 'object' ? answer.data : null;
      return {
        ...(data ? { data } : {}),
        ...(errors.length > 0 ? { errors: errors.map((error) => this.#spoken(error, execution, options)) } : {}),
      };
    } catch (error) {
      if (!(error instanceof DepartmentCallError)) throw error;
      end(error.failure);
      log.error({ requestId: execution.requestId, department: department.name, failure: error.failure, err: error });
      return { errors: [this.#failed(error, execution, options)] };
    }
  }

  /** What a department says to the caller, in the caller's language; everything else only reaches the log. */
  #spoken(error: unknown, execution: Execution, options: GraphQLDataSourceProcessOptions): GraphQLFormattedError {
    const { department, log } = this.#parts;
    const { extensions = {}, path, message } = toError(error);
    const messages = bilingual(extensions.messages);
    const place: Place = path && path.length > 0 ? { path } : placeOfCall(options);
    if (isErrorCode(extensions.code) && SPOKEN.has(extensions.code) && messages) {
      const data = {
        department: department.name,
        ...texts({ reason: extensions.reason, argument: extensions.argument }),
      };
      return placed(new PublicError(extensions.code, { messages, data }).format(execution.language), place);
    }
    log.error({
      requestId: execution.requestId,
      department: department.name,
      failure: 'error',
      code: extensions.code,
      reason: extensions.reason,
      detail: message,
    });
    return placed(this.#masked('DEPARTMENT_ERROR', execution), place);
  }

  #failed(error: DepartmentCallError, execution: Execution, options: GraphQLDataSourceProcessOptions) {
    const code = {
      unavailable: 'DEPARTMENT_UNAVAILABLE',
      timeout: 'DEPARTMENT_TIMEOUT',
      invalid: 'DEPARTMENT_ERROR',
    } as const;
    return placed(this.#masked(code[error.failure], execution), placeOfCall(options));
  }

  #masked(code: 'DEPARTMENT_UNAVAILABLE' | 'DEPARTMENT_TIMEOUT' | 'DEPARTMENT_ERROR', { language }: Execution) {
    return new PublicError(code, { data: { department: this.#parts.department.name } }).format(language);
  }
}

interface ReceivedError {
  readonly message?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A department may answer anything: only members of the expected shape are taken. */
const toError = (error: unknown): ReceivedError => {
  if (typeof error !== 'object' || error === null) return {};
  const { message, path, extensions } = error as Record<string, unknown>;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number') ? { path } : {}),
    ...(typeof extensions === 'object' && extensions !== null ? { extensions: { ...extensions } } : {}),
  };
};

const bilingual = (messages: unknown): Messages | undefined => {
  if (typeof messages !== 'object' || messages === null) return undefined;
  const { vi, en } = messages as Record<string, unknown>;
  return typeof vi === 'string' && typeof en === 'string' ? { vi, en } : undefined;
};

type Place = Pick<GraphQLFormattedError, 'path' | 'extensions'>;

const placed = (error: GraphQLFormattedError, place: Place): GraphQLFormattedError => ({
  ...error,
  ...place,
  extensions: { ...error.extensions, ...place.extensions },
});

const texts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
