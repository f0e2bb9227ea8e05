import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { GatewayConfig } from '../config/index.ts';

/** Milliseconds between two looks at the file: polling sees every way of replacing one, renames and network disks too. */
const WATCH_INTERVAL = 500;

/** The SDL to serve: a composed file, or departments' schemas composed now. */
export const readSupergraph = async (source: GatewayConfig['supergraph']): Promise<string> => {
  if ('file' in source) return readFile(source.file, 'utf8');
  // Composition is a large library that a gateway over a composed file never needs.
  const { composeSources } = await import('./compose.ts');
  return composeSources(source.departments);
};

/** Calls back when the supergraph's file changes; returns how to stop. */
export const watchSupergraph = (source: GatewayConfig['supergraph'], changed: () => void): (() => void) => {
  if (!('file' in source)) return () => {};
  const { file } = source;
  const listener = (now: { mtimeMs: number; size: number }, before: { mtimeMs: number; size: number }) => {
    // A file that is gone for a moment is being replaced; it counts once it is back.
    if (now.mtimeMs !== 0 && (now.mtimeMs !== before.mtimeMs || now.size !== before.size)) changed();
  };
  watchFile(file, { interval: WATCH_INTERVAL, persistent: false }, listener);
  return () => unwatchFile(file, listener);
};
