import { isUtf8 } from 'node:buffer';

import { errors } from 'undici';

import type { Span } from '../telemetry/trace.ts';

/**
 * How one call to a department failed before there was a GraphQL answer to read. `open` and `busy`: it was not made, because
 * the department's circuit is open, or because too many calls wait for it already.
 */
export type CallFailure = 'unavailable' | 'timeout' | 'invalid' | 'open' | 'busy';

export class DepartmentCallError extends Error {
  readonly failure: CallFailure;
  /** The connection failed before the head of an answer was there: what changes nothing may be asked once more. */
  readonly repeatable: boolean;

  constructor(failure: CallFailure, message: string, options: ErrorOptions & { readonly repeatable?: boolean } = {}) {
    super(message, options);
    this.name = 'DepartmentCallError';
    this.failure = failure;
    this.repeatable = options.repeatable ?? false;
  }
}

/** An answer as it came: whole, and not looked at. */
export interface Received {
  readonly status: number;
  readonly parts: readonly Uint8Array[];
  /** Bytes. */
  readonly size: number;
  /** From the call to the last byte. */
  readonly seconds: number;
  /** Of the call, where the request is traced: it ends with what the answer turns out to be. */
  readonly span?: Span;
  /** Of a call that several requests share: the first to read it counts it, whoever of them the errors concern. */
  readonly counted?: { done: boolean; errors?: boolean };
}

/** What a body holds where it is a GraphQL answer. */
export interface ParsedAnswer {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/** The GraphQL answer in a body; an error where there is none. */
export const parsedAnswer = (status: number, parts: readonly Uint8Array[]): ParsedAnswer | DepartmentCallError => {
  const body = Buffer.concat(parts);
  // Read all the same, it would be text that nobody wrote.
  if (!isUtf8(body)) return new DepartmentCallError('invalid', `HTTP ${status} without UTF-8`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    // Without its cause: the parser quotes the body, and a body holds personal data.
    return new DepartmentCallError('invalid', `HTTP ${status} without JSON`);
  }
  const isAnswer =
    typeof parsed === 'object' && parsed !== null && (Object.hasOwn(parsed, 'data') || Object.hasOwn(parsed, 'errors'));
  return isAnswer ? (parsed as object) : new DepartmentCallError('invalid', `HTTP ${status} without a GraphQL answer`);
};

/**
 * What the HTTP client reports, as a failure of the call.
 *
 * @param begun whether the head of an answer had come
 */
export const callFailure = (error: unknown, begun: boolean): DepartmentCallError => {
  const message = error instanceof Error ? error.message : String(error);
  // What is no HTTP is an answer, of a kind that nobody can read.
  if (error instanceof errors.HTTPParserError) return new DepartmentCallError('invalid', message, { cause: error });
  return new DepartmentCallError('unavailable', message, { cause: error, repeatable: !begun });
};
