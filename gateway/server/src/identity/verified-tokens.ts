import type { VerifiedToken } from './access-token.ts';

/** Verified tokens kept at once; at about 2 KB each with its text. */
const CAPACITY = 20_000;

/**
 * Tokens that were verified, by their exact text: a signature costs a hundred times more than looking one up. An entry
 * counts until the token expires, or its issuer's keys change: a key that was withdrawn takes its tokens along.
 * Binding and revocation are never part of an entry; they are asked for every request.
 */
export class VerifiedTokens {
  /** In the order in which they came: the first is nearest to its end, and the one to drop. */
  readonly #tokens = new Map<string, VerifiedToken>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** @param now milliseconds since the epoch */
  get(text: string, now: number): VerifiedToken | undefined {
    const token = this.#tokens.get(text);
    if (!token) return undefined;
    if (token.validUntil <= now || token.generation !== token.issuer.keys.generation()) {
      this.#tokens.delete(text);
      return undefined;
    }
    return token;
  }

  set(text: string, token: VerifiedToken): void {
    // Several requests may have verified the same token at once: then there is room for it already.
    if (this.#tokens.size >= this.#capacity && !this.#tokens.has(text)) {
      const [oldest] = this.#tokens.keys();
      if (oldest !== undefined) this.#tokens.delete(oldest);
    }
    this.#tokens.set(text, token);
  }

  get size(): number {
    return this.#tokens.size;
  }
}
