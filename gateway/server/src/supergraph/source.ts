import { readFile, stat } from 'node:fs/promises';

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

/** Tells one state of the supergraph's file from another; undefined while there is no file. */
export const stateOf = async (source: GatewayConfig['supergraph']): Promise<string | undefined> => {
  if (!('file' in source)) return undefined;
  try {
    const { mtimeMs, size, ino } = await stat(source.file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
};

/**
 * Calls back when the supergraph's file changes; returns how to stop.
 *
 * @param seen the state from before the file was first read: a change made while the gateway started counts too
 */
export const watchSupergraph = (
  source: GatewayConfig['supergraph'],
  seen: string | undefined,
  changed: () => void,
): (() => void) => {
  if (!('file' in source)) return () => {};
  let last = seen;
  const timer = setInterval(async () => {
    const now = await stateOf(source);
    // A file that is gone for a moment is being replaced; it counts once it is back.
    if (now === undefined || now === last) return;
    last = now;
    changed();
  }, WATCH_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
};
