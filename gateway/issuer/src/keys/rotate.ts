import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import type { Environment } from '../config/index.ts';
import { StartError } from '../errors.ts';
import { epochSeconds, type KeySet, loadKeys, makeKey, replaceKeys, type SigningKey } from './file.ts';
import { published } from './published.ts';

/** Seconds that a key is published before it signs: longer than gateways keep a key set without asking again. */
export const announcement = 900;
/** Milliseconds after which a lock is taken for forgotten: a rotation takes a fraction of a second. */
const forgotten = 60_000;

export interface Rotation {
  /** The current key is known to others: it is not published any more, and every token that it signed is refused. */
  readonly compromised?: boolean;
  /** Rotates only if the current key has signed for so many seconds. */
  readonly olderThan?: number;
}

/**
 * Lets the next key sign and makes another next one. The former key stays published until its tokens are over.
 *
 * @returns whether there was anything to do
 * @throws StartError where the next key has not been published for long enough
 */
export async function rotateKeys(file: string, environment: Environment, rotation: Rotation = {}): Promise<boolean> {
  const lock = `${file}.lock`;
  if (!takeLock(lock)) return false;
  try {
    const keys = await loadKeys(file, environment);
    const rotated = await afterRotation(keys, rotation, epochSeconds());
    if (rotated) replaceKeys(file, rotated);
    return rotated !== undefined;
  } finally {
    rmSync(lock, { force: true });
  }
}

async function afterRotation({ keys, secret }: KeySet, rotation: Rotation, now: number): Promise<KeySet | undefined> {
  const { compromised = false, olderThan = 0 } = rotation;
  const current = keys.find(({ state }) => state === 'current');
  const next = keys.find(({ state }) => state === 'next') ?? (await makeKey('next', now));
  if (!current || now - current.since < olderThan) return undefined;
  if (!compromised && now - next.since < announcement) throw tooNew(announcement - (now - next.since));
  const retired: SigningKey[] = [
    ...(compromised ? [] : [{ ...current, state: 'retired' as const, since: now }]),
    ...published({ keys, secret }, now).filter(({ state }) => state === 'retired'),
  ];
  return {
    secret,
    keys: [await makeKey('next', now), { ...next, state: 'current', since: now }, ...retired],
  };
}

function tooNew(seconds: number): StartError {
  const minutes = Math.ceil(seconds / 60);
  return new StartError('KEY_TOO_NEW', {
    vi: `khoá kế tiếp mới công bố chưa lâu, cổng chưa chắc đã biết; thử lại sau ${minutes} phút, hoặc --compromised nếu khoá hiện tại đã lộ`,
    en: `the next key was published a short while ago and gateways may not know it; try again in ${minutes} minutes, or --compromised if the current key has leaked`,
  });
}

/** Two processes that find the key old at once must not rotate twice. */
function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < forgotten) return false;
  rmSync(lock, { force: true });
  return takeLock(lock);
}
