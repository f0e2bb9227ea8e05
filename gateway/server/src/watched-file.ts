import { stat } from 'node:fs/promises';

/** Milliseconds between two looks at the file: polling sees every way of replacing one, renames and network disks too. */
const WATCH_INTERVAL = 500;

/** Tells one state of a file from another; undefined while there is no file. */
const stateOf = async (file: string): Promise<string | undefined> => {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
};

const watch = (file: string, seen: string | undefined, changed: () => void): (() => void) => {
  let last = seen;
  const timer = setInterval(async () => {
    const now = await stateOf(file);
    // A file that is gone for a moment is being replaced; it counts once it is back.
    if (now === undefined || now === last) return;
    last = now;
    changed();
  }, WATCH_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
};

/**
 * Looks at files before they are first read: a change made while they are being read counts too.
 *
 * @returns what calls back when one of them changes, and returns how to stop
 */
export const watchedFiles = async (files: readonly string[]): Promise<(changed: () => void) => () => void> => {
  const seen = await Promise.all(files.map(async (file) => [file, await stateOf(file)] as const));
  return (changed) => {
    const stops = seen.map(([file, state]) => watch(file, state, changed));
    return () => {
      for (const stop of stops) stop();
    };
  };
};
