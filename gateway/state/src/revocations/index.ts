import type { Revocation, TokenIdentity } from './revocation.ts';

/**
 * The list of what was revoked, as one process knows it. Asking is synchronous; how much the answer may be trusted is
 * told by {@link RevocationList.age}.
 */
export interface RevocationList {
  has(token: TokenIdentity): boolean;
  /**
   * Revokes for every process that shares the list.
   *
   * @throws StateUnavailable when it could not be written down: nothing may be told to be revoked that is not
   */
  revoke(revocations: readonly Revocation[]): Promise<void>;
  /** Milliseconds since the list was last known to be complete; grows while its store is away. */
  age(now: number): number;
  /** Calls back after entries came in that were not known before. */
  onRevoked(callback: () => void): () => void;
  close(): Promise<void>;
}

export { fileRevocations } from './file.ts';
export { memoryRevocations } from './memory.ts';
export { redisRevocations } from './redis-stream.ts';
export type { HolderRevocation, Revocation, TokenIdentity, TokenRevocation } from './revocation.ts';
