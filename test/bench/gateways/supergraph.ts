import { fileURLToPath } from 'node:url';

import { composeSources } from '@lienthong/schema/compose';
import { DEPARTMENTS } from './departments/resolvers.ts';
import { type DepartmentUrls, schemaFile } from './departments/serve.ts';

/** Composes the four departments at their addresses, guards and all. */
export const composeSupergraph = (urls: DepartmentUrls): string => {
  const composition = composeSources({
    departments: DEPARTMENTS.map((name) => ({ name, url: urls[name], schema: [fileURLToPath(schemaFile(name))] })),
  });
  if (composition.ok) return composition.supergraph;
  throw new Error(composition.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
};
