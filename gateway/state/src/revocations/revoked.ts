import type { HolderRevocation, Revocation, TokenIdentity } from './revocation.ts';

/** By issuer, then by value: no separator that a value could contain. */
class ByIssuer<T> {
  readonly #issuers = new Map<string, Map<string, T>>();

  get(issuer: string, value: string): T | undefined {
    return this.#issuers.get(issuer)?.get(value);
  }

  set(issuer: string, value: string, entry: T): void {
    let values = this.#issuers.get(issuer);
    if (!values) {
      values = new Map();
      this.#issuers.set(issuer, values);
    }
    values.set(value, entry);
  }

  *values(): Iterable<T> {
    for (const values of this.#issuers.values()) yield* values.values();
  }

  /** Drops entries; costs one walk, so it is for the clock, not for requests. */
  deleteWhere(over: (entry: T) => boolean): void {
    for (const [issuer, values] of this.#issuers) {
      for (const [value, entry] of values) if (over(entry)) values.delete(value);
      if (values.size === 0) this.#issuers.delete(issuer);
    }
  }
}

/**
 * Milliseconds for which a revocation is kept beyond its end: a gateway takes tokens for up to five minutes after they have
 * expired (`clockTolerance`), by a clock that may differ. Forgotten at once, a revoked token would be good again.
 */
const KEPT_BEYOND = 600_000;

/** The revocations in force, in memory: asked once per request, so the answer takes a few look-ups and no await. */
export class Revoked {
  readonly #tokens = new ByIssuer<Revocation>();
  readonly #clients = new ByIssuer<HolderRevocation>();
  readonly #subjects = new ByIssuer<HolderRevocation>();

  /** Adding twice, or in another order, comes to the same. Returns whether anything is revoked that was not before. */
  add(revocation: Revocation): boolean {
    const { issuer, value } = revocation;
    if (revocation.kind === 'token') {
      const known = this.#tokens.get(issuer, value);
      if (known && known.until >= revocation.until) return false;
      this.#tokens.set(issuer, value, revocation);
      return true;
    }
    const holders = revocation.kind === 'client' ? this.#clients : this.#subjects;
    const known = holders.get(issuer, value);
    if (known && known.issuedBefore >= revocation.issuedBefore && known.until >= revocation.until) return false;
    holders.set(issuer, value, {
      ...revocation,
      issuedBefore: Math.max(revocation.issuedBefore, known?.issuedBefore ?? 0),
      until: Math.max(revocation.until, known?.until ?? 0),
    });
    return true;
  }

  /** Whether a token is worth nothing: it, its client, its subject, or any of them of a token it descends from. */
  has(token: TokenIdentity): boolean {
    return this.#hits(token) || token.ancestors.some((ancestor) => this.#hits(ancestor));
  }

  #hits({ issuer, jti, client, subject, issuedAt }: Omit<TokenIdentity, 'ancestors'>): boolean {
    if (this.#tokens.get(issuer, jti)) return true;
    const byClient = this.#clients.get(issuer, client);
    if (byClient && issuedAt <= byClient.issuedBefore) return true;
    const bySubject = this.#subjects.get(issuer, subject);
    return bySubject !== undefined && issuedAt <= bySubject.issuedBefore;
  }

  /** Forgets what concerns only tokens that have expired, and not just now. */
  forget(now: number): void {
    for (const entries of [this.#tokens, this.#clients, this.#subjects]) {
      entries.deleteWhere(({ until }: Revocation) => until + KEPT_BEYOND < now);
    }
  }

  *entries(): Iterable<Revocation> {
    yield* this.#tokens.values();
    yield* this.#clients.values();
    yield* this.#subjects.values();
  }
}
