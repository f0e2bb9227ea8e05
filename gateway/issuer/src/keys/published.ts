import type { KeySet, SigningKey } from './file.ts';

/** Seconds that a key is published after it signed last: the longest token (an hour), clocks, and room. */
export const retirement = 3_600 + 900;

/** The keys that others may verify with, at `now` (seconds since the epoch). */
export const published = ({ keys }: KeySet, now: number): readonly SigningKey[] =>
  keys.filter(({ state, since }) => state !== 'retired' || now - since < retirement);
