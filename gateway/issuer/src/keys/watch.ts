import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { IssuerConfig } from '../config/index.ts';
import { StartError } from '../errors.ts';
import { epochSeconds, type KeySet, loadKeys } from './file.ts';
import { published } from './published.ts';
import { rotateKeys } from './rotate.ts';

/** Milliseconds between two looks at the key file. */
const lookInterval = 1_000;
/** Milliseconds between two thoughts about the age of the current key. */
const ageInterval = 600_000;

/** Follows the key file, which `rotate-key` or another process may change, and rotates a key that is old enough. */
export function watchKeys(
  { keysFile, environment, keyAge }: Pick<IssuerConfig, 'keysFile' | 'environment' | 'keyAge'>,
  keys: KeySet,
  changed: (keys: KeySet) => void,
  log: Logger,
): { stop(): void } {
  let seen = stateOf(keysFile);
  let latest = keys;
  let offered = kidsOf(keys);

  const look = async (): Promise<void> => {
    const state = stateOf(keysFile);
    try {
      if (state !== undefined && state !== seen) {
        seen = state;
        latest = await loadKeys(keysFile, environment);
      }
      // A retired key also goes without a change of the file, when its tokens are over.
      const offer = kidsOf(latest);
      if (offer === offered) return;
      offered = offer;
      changed(latest);
    } catch (err) {
      // The keys that are in use go on signing.
      log.error({ err }, 'the changed key file cannot be used');
    }
  };
  const age = async (): Promise<void> => {
    if (keyAge === undefined) return;
    try {
      if (await rotateKeys(keysFile, environment, { olderThan: keyAge })) log.info('signing key rotated');
    } catch (err) {
      if (err instanceof StartError && err.code === 'KEY_TOO_NEW') return;
      log.error({ err }, 'the signing key is old and cannot be rotated; run rotate-key');
    }
  };
  void age();
  const timers = [setInterval(() => void look(), lookInterval), setInterval(() => void age(), ageInterval)];
  for (const timer of timers) timer.unref();
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

const kidsOf = (keys: KeySet): string =>
  published(keys, epochSeconds())
    .map(({ jwk, state }) => `${state} ${jwk.kid}`)
    .join();

function stateOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
