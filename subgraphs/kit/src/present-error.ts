import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { DepartmentError } from './errors.ts';
import { FieldRefused } from './recheck/refusal.ts';
import { redactValues } from './redact.ts';

/** Codes of errors that graphql-js or Apollo Server raise about the request itself. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
]);

const originalOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'originalError' in error ? error.originalError : undefined;

/** The department's own error inside the wrappings that execution, validation and coercion put around it. */
const departmentErrorIn = (error: unknown): DepartmentError | undefined => {
  for (let inner = error; inner !== undefined && inner !== null; inner = originalOf(inner)) {
    if (inner instanceof DepartmentError) return inner;
  }
  return undefined;
};

const isRefusal = (error: unknown): boolean =>
  error instanceof FieldRefused || originalOf(error) instanceof FieldRefused;

/**
 * Whether graphql-js or Apollo Server raised the error about the request. An error that a resolver threw has a path,
 * whatever code it claims to have; only DepartmentError may speak from there.
 */
const isAboutRequest = (formatted: GraphQLFormattedError): boolean =>
  formatted.path === undefined && REQUEST_CODES.has(formatted.extensions?.code);

/** Whether the error is ours to explain to the log rather than to the caller. */
export const isUnexpected = (error: GraphQLError): boolean =>
  !isRefusal(error) &&
  departmentErrorIn(error) === undefined &&
  !(error.path === undefined && REQUEST_CODES.has(error.extensions.code));

/** The argument or variable an input error is about, if graphql-js said so. */
const variableIn = (message: string): string | undefined => /^Variable "\$(\w+)"/.exec(message)?.[1];

/**
 * Decides what of an error leaves the department (Apollo Server's `formatError`): a DepartmentError with its code,
 * reason and messages; a refusal with its coordinate; an error about the request without the values in it; anything else
 * as `internal error`.
 */
export const presentError = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
  const place = formatted.path === undefined ? {} : { path: formatted.path };
  const own = departmentErrorIn(error);
  if (own !== undefined) {
    const argument = own.extensions.argument ?? variableIn(formatted.message);
    const extensions = argument === undefined ? own.extensions : { ...own.extensions, argument };
    return { message: own.message, ...place, extensions };
  }
  if (isRefusal(error)) return { message: formatted.message, ...place, extensions: formatted.extensions ?? {} };
  if (isAboutRequest(formatted)) {
    return { message: redactValues(formatted.message), ...place, extensions: { code: formatted.extensions?.code } };
  }
  return { message: 'internal error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
};
