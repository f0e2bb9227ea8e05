import { isDeepStrictEqual } from 'node:util';

/** One case as the audit's server tells it. */
export interface AuditCase {
  readonly query: string;
  /** `errors` absent: the audit does not care whether there are any. `data` absent: the answer's must be null. */
  readonly expected: { readonly data?: unknown; readonly errors?: boolean };
}

export interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/** Compares an answer as the audit does: data deeply equal (order of members aside), and whether there are errors. */
export const passes = ({ expected }: AuditCase, answer: GraphQLAnswer): boolean => {
  const sameErrors =
    typeof expected.errors !== 'boolean' ||
    expected.errors === (answer.errors !== undefined && answer.errors.length > 0);
  return sameErrors && isDeepStrictEqual(answer.data ?? null, expected.data ?? null);
};
