import { readFile } from 'node:fs/promises';

import type { GatewayConfig } from '../config/index.ts';

/** The SDL to serve: a composed file, or departments' schemas composed now. */
export const readSupergraph = async (source: GatewayConfig['supergraph']): Promise<string> => {
  if ('file' in source) return readFile(source.file, 'utf8');
  // Composition is a large library that a gateway over a composed file never needs.
  const { composeSources } = await import('./compose.ts');
  return composeSources(source.departments);
};
