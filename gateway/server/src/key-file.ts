import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The text of a key file; where there is none, and `make` is given, of one that is made. Two processes that start at once
 * end up with one key.
 */
export const readOrMakeKey = async (file: string, make: (() => Promise<string>) | undefined): Promise<string> => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (make === undefined || codeOf(error) !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, await make(), { mode: 0o600, flag: 'wx' });
  try {
    // A link fails where the file exists by now: whoever came first wins, and nobody reads half a key.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8');
};

/** By shape, not by class: where a gateway runs inside a test, the file system's errors are of another realm's `Error`. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
