import { composeSources as composeSchemas } from '@lienthong/schema/compose';

/** Departments by name, as `supergraph.departments` of the configuration has them. */
export type DepartmentSources = Readonly<Record<string, { readonly url: string; readonly schema: readonly string[] }>>;

/**
 * Composes the departments' schemas with every admission check.
 *
 * @throws Error listing everything that is refused
 */
export const composeSources = (departments: DepartmentSources): string => {
  const composition = composeSchemas({
    departments: Object.entries(departments).map(([name, { url, schema }]) => ({ name, url, schema: [...schema] })),
  });
  if (composition.ok) return composition.supergraph;
  throw new Error(composition.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
};
