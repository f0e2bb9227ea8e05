import { GraphQLError } from 'graphql';
import type { Messages } from './language.ts';

/** The codes a department may answer with; the gateway passes these through and masks everything else. */
export type DepartmentErrorCode = 'BAD_USER_INPUT' | 'NOT_FOUND' | 'CONFLICT';

/**
 * An error whose text may leave the department, because its author wrote it for the caller, in both languages and
 * without the value that was refused. Every other error is logged in full and answered as `internal error`.
 */
export class DepartmentError extends GraphQLError {
  readonly messages: Messages;

  constructor(code: DepartmentErrorCode, reason: string, messages: Messages, argument?: string) {
    super(messages.vi, {
      extensions: { code, reason, messages: { ...messages }, ...(argument === undefined ? {} : { argument }) },
    });
    this.messages = messages;
  }
}

/** The caller sent something that cannot be right; `reason` is stable, `argument` names where. */
export const badInput = (reason: string, messages: Messages, argument?: string): GraphQLError =>
  new DepartmentError('BAD_USER_INPUT', reason, messages, argument);

/** A mutation names something that does not exist. (A query answers `null` instead.) */
export const notFound = (reason: string, messages: Messages, argument?: string): GraphQLError =>
  new DepartmentError('NOT_FOUND', reason, messages, argument);

/** A mutation contradicts the present state: already ended, already enrolled, changed by somebody else meanwhile. */
export const conflict = (reason: string, messages: Messages, argument?: string): GraphQLError =>
  new DepartmentError('CONFLICT', reason, messages, argument);
