import { stat } from 'node:fs/promises';
import { loadRegistryFile } from '../file.ts';
import { RegistryError } from '../problem.ts';
import type { OpenRegistryOptions, RegistryReader } from './reader.ts';
import { repeat } from './repeat.ts';
import { Snapshot } from './snapshot.ts';

/**
 * A registry file, looked at again and again: polling sees every way of replacing one, renames and network disks too.
 * A change that cannot be read as a whole is not taken at all.
 *
 * @throws RegistryError where it cannot be read at first
 */
export async function openFile(
  file: string,
  { interval = 500, onProblem = () => undefined, env, catalogue, environment }: OpenRegistryOptions,
): Promise<RegistryReader> {
  const options = {
    ...(env === undefined ? {} : { env }),
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(environment === undefined ? {} : { environment }),
  };
  const snapshot = new Snapshot();
  let seen = await stateOf(file);
  let broken = false;
  snapshot.take(loadRegistryFile(file, options), 1);
  snapshot.readAt(Date.now());

  const look = async (): Promise<void> => {
    const asked = Date.now();
    const state = await stateOf(file);
    // A file that is gone for a moment is being replaced; until it is back nothing is known to be fresh.
    if (state === undefined) return;
    if (state !== seen) {
      seen = state;
      try {
        snapshot.take(loadRegistryFile(file, options), snapshot.revision + 1);
        broken = false;
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        broken = true;
        onProblem(error);
      }
    }
    if (!broken) snapshot.readAt(asked);
  };
  const watching = repeat(look, interval);
  return Object.assign(snapshot, { close: () => watching.stop() });
}

/** Tells one state of the file from another; undefined while there is no file. */
async function stateOf(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}
