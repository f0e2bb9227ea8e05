import { errors, Pool } from 'undici';

import type { ClientTls } from './department-tls.ts';

/** How one call to a department failed before there was a GraphQL answer to read. */
export type CallFailure = 'unavailable' | 'timeout' | 'invalid';

export class DepartmentCallError extends Error {
  readonly failure: CallFailure;

  constructor(failure: CallFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DepartmentCallError';
    this.failure = failure;
  }
}

export interface DepartmentSettings {
  readonly url: string;
  /** Milliseconds for one call, connection and whole answer included. */
  readonly timeout: number;
  readonly connections: number;
  /** For https alone. */
  readonly tls?: ClientTls | undefined;
}

/** No answer of an honest department is larger: its lists are paged. A larger one would fill the gateway's memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The connections to one department. Redirects are never followed (they would carry the internal token elsewhere), calls
 * are never repeated (a mutation may have happened), answers are bounded in time and size.
 */
export class DepartmentClient {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #timeout: number;

  constructor({ url, timeout, connections, tls }: DepartmentSettings) {
    const { origin, pathname, search } = new URL(url);
    this.#path = `${pathname}${search}`;
    this.#timeout = timeout;
    const { thumbprint: _, ...connect } = tls ?? {};
    this.#pool = new Pool(origin, { connections, pipelining: 1, maxResponseSize: MAX_ANSWER_BYTES, connect });
  }

  /**
   * Posts one GraphQL request and returns the parsed body.
   *
   * @param body exactly the bytes that the internal token binds
   * @throws DepartmentCallError
   */
  async call(body: string, headers: Readonly<Record<string, string>>): Promise<object> {
    const { status, text } = await this.#post(body, headers);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Without its cause: the parser quotes the body, and a body holds personal data.
      throw new DepartmentCallError('invalid', `HTTP ${status} without JSON`);
    }
    if (
      typeof parsed !== 'object' ||
      parsed === null ||
      !(Object.hasOwn(parsed, 'data') || Object.hasOwn(parsed, 'errors'))
    ) {
      throw new DepartmentCallError('invalid', `HTTP ${status} without a GraphQL answer`);
    }
    return parsed;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #post(body: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> {
    // One deadline over queueing, connecting and reading: undici's own timers start anew with every chunk.
    const deadline = AbortSignal.timeout(this.#timeout);
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
          ...headers,
        },
        body,
        signal: deadline,
      });
      const text = await response.body.text();
      if (response.statusCode >= 300 && response.statusCode < 400) {
        throw new DepartmentCallError('invalid', `HTTP ${response.statusCode}: redirects are not followed`);
      }
      return { status: response.statusCode, text };
    } catch (error) {
      throw error instanceof DepartmentCallError ? error : failureOf(error, deadline);
    }
  }
}

const failureOf = (error: unknown, deadline: AbortSignal): DepartmentCallError => {
  const message = error instanceof Error ? error.message : String(error);
  if (deadline.aborted || error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new DepartmentCallError('timeout', message, { cause: error });
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new DepartmentCallError('invalid', message, { cause: error });
  }
  return new DepartmentCallError('unavailable', message, { cause: error });
};
