import type { GraphQLDataSource } from '@apollo/gateway';

import type { Planner } from '../planning/planner.ts';

type Names = Planner['requiredFields'];

/**
 * A department that gets what its @requires read with arguments under the real names. The plan says so by `inputRewrites`,
 * but Apollo's executor passes over members that are null, false, zero or empty, and a price of 0 is a price.
 */
export const sourceWithRealNames = (source: GraphQLDataSource, names: Names): GraphQLDataSource => {
  if (names.size === 0) return source;
  return {
    process(options) {
      const { variables } = options.request;
      if (!variables?.representations) return source.process(options);
      const representations = withRealNames(variables.representations, names);
      return source.process({
        ...options,
        request: { ...options.request, variables: { ...variables, representations } },
      });
    },
  };
};

const withRealNames = (value: unknown, names: Names): unknown => {
  if (Array.isArray(value)) return value.map((item) => withRealNames(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) result[names.get(key)?.field ?? key] = withRealNames(member, names);
  }
  return result;
};
