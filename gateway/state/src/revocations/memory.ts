import type { RevocationList } from './index.ts';
import type { Revocation } from './revocation.ts';
import { Revoked } from './revoked.ts';

/** Milliseconds between two clearings of what has expired. */
const FORGET_EVERY = 60_000;

/** The part that every kind of list shares: what is known, who is told, what is forgotten with time. */
export class KnownRevocations {
  readonly revoked = new Revoked();
  readonly #callbacks = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;

  constructor(now: () => number) {
    this.#timer = setInterval(() => this.revoked.forget(now()), FORGET_EVERY);
    this.#timer.unref();
  }

  /** Returns whether any of them was new. */
  learn(revocations: Iterable<Revocation>): boolean {
    let fresh = false;
    for (const revocation of revocations) fresh = this.revoked.add(revocation) || fresh;
    if (fresh) for (const callback of this.#callbacks) callback();
    return fresh;
  }

  onRevoked(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#callbacks.clear();
  }
}

/** For one process alone, until it ends. */
export const memoryRevocations = (now: () => number): RevocationList => {
  const known = new KnownRevocations(now);
  return {
    has: (token) => known.revoked.has(token),
    revoke: async (revocations) => {
      known.learn(revocations);
    },
    age: () => 0,
    onRevoked: (callback) => known.onRevoked(callback),
    close: async () => known.close(),
  };
};
