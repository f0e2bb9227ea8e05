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
   * Posts one GraphQL request.
   *
   * @param body exactly the bytes that the internal token binds
   * @throws DepartmentCallError where there is no whole answer to read
   */
  post(body: string | Buffer, headers: Readonly<Record<string, string>>): Promise<Received> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let size = 0;
      let status = 0;
      let settled = false;
      let abort: ((reason: Error) => void) | undefined;
      const fail = (error: DepartmentCallError): void => {
        if (settled) return;
        settled = true;
        clearTimeout(deadline);
        abort?.(error);
        reject(error);
      };
      // One deadline over queueing, connecting and reading: undici's own timers start anew with every chunk.
      const deadline = setTimeout(() => fail(new DepartmentCallError('timeout', 'no answer in time')), this.#timeout);
      this.#pool.dispatch(
        { method: 'POST', path: this.#path, headers: { ...HEADERS, ...headers }, body },
        {
          onRequestStart(controller) {
            if (settled) controller.abort(new Error('too late'));
            else abort = (reason) => controller.abort(reason);
          },
          onResponseStart(_controller, statusCode) {
            status = statusCode;
            if (statusCode >= 300 && statusCode < 400) {
              fail(new DepartmentCallError('invalid', `HTTP ${statusCode}: redirects are not followed`));
            }
          },
          onResponseData(_controller, chunk) {
            parts.push(chunk);
            size += chunk.length;
            if (size > MAX_ANSWER_BYTES) fail(new DepartmentCallError('invalid', 'an answer without end'));
          },
          onResponseEnd() {
            if (settled) return;
            settled = true;
            clearTimeout(deadline);
            resolve({ status, parts, size });
          },
          onResponseError(_controller, error) {
            fail(failureOf(error));
          },
        },
      );
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** An answer as it came: whole, and not looked at. */
export interface Received {
  readonly status: number;
  readonly parts: readonly Uint8Array[];
  /** Bytes. */
  readonly size: number;
}

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
};

/** The GraphQL answer in a body; an error where there is none. */
export const parsedAnswer = (
  status: number,
  parts: readonly Uint8Array[],
): { readonly data?: unknown; readonly errors?: unknown } | DepartmentCallError => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    // Without its cause: the parser quotes the body, and a body holds personal data.
    return new DepartmentCallError('invalid', `HTTP ${status} without JSON`);
  }
  const isAnswer =
    typeof parsed === 'object' && parsed !== null && (Object.hasOwn(parsed, 'data') || Object.hasOwn(parsed, 'errors'));
  return isAnswer ? (parsed as object) : new DepartmentCallError('invalid', `HTTP ${status} without a GraphQL answer`);
};

const failureOf = (error: unknown): DepartmentCallError => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new DepartmentCallError('timeout', message, { cause: error });
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new DepartmentCallError('invalid', message, { cause: error });
  }
  return new DepartmentCallError('unavailable', message, { cause: error });
};
