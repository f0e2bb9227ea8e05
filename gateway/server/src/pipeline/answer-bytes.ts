import type { GraphQLFormattedError } from 'graphql';

/** An answer whose `data` the engine wrote as JSON. */
export interface WrittenAnswer {
  readonly json: Buffer;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

const DATA = Buffer.from('{"data":');
const END = Buffer.from('}\n');

/** The body of an answer, in the order in which @apollo/server writes one. */
export const answerBytes = ({ json, errors }: WrittenAnswer): Buffer =>
  errors && errors.length > 0
    ? Buffer.concat([Buffer.from(`{"errors":${JSON.stringify(errors)},"data":`), json, END])
    : Buffer.concat([DATA, json, END]);
