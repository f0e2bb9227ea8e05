import type { GraphQLFormattedError } from 'graphql';

/** An answer that the engine wrote. */
export interface WrittenAnswer {
  /** `{"data":…}` and the end of the line: all of it, where there are no errors. */
  readonly json: Buffer;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

/** The body of an answer, in the order in which @apollo/server writes one. */
export const answerBytes = ({ json, errors }: WrittenAnswer): Buffer =>
  errors && errors.length > 0
    ? Buffer.concat([Buffer.from(`{"errors":${JSON.stringify(errors)},`), json.subarray(1)])
    : json;
