import type { GraphQLDataSource } from '@apollo/gateway';

import type { Execution } from './engine.ts';

/** A department of the reference engine, with the request's witness beside it. */
export const witnessedSource = (department: string, source: GraphQLDataSource): GraphQLDataSource => ({
  async process(options) {
    const { witness } = options.context as Execution;
    const representations: unknown = options.request.variables?.representations;
    if (!witness || !Array.isArray(representations)) return source.process(options);
    const path = 'pathInIncomingRequest' in options ? (options.pathInIncomingRequest ?? []) : [];
    witness.sent(department, path, representations);
    const answer = await source.process(options);
    const entities: unknown = answer.data?._entities;
    if (!Array.isArray(entities) || entities.includes(null)) witness.missing();
    return answer;
  },
});
