import type { VerifiedToken } from './access-token.ts';

/** Verified tokens kept at once; at about 2 KB each with its text. */
const CAPACITY = 20_000;

/** Characters, of base64url: 24 bytes of the signature. */
const END = 32;

interface Known {
  readonly text: string;
  readonly token: VerifiedToken;
}

/**
 * The end of a token's signature, by which it is looked up: to hash a text of a thousand characters with every request costs
 * more than to compare it with the one that is found. That comparison is what says whose token it is: anybody may write other
 * claims over an end that he has seen. Two that were verified and end alike, which no honest issuer makes, take turns.
 */
const endOf = (text: string): string => text.slice(-END);

/**
 * Tokens that were verified, by their exact text: a signature costs a hundred times more than looking one up. An entry
 * counts until the token expires, or its issuer's keys change: a key that was withdrawn takes its tokens along.
 * Binding and revocation are never part of an entry; they are asked for every request.
 */
export class VerifiedTokens {
  /** In the order in which they came: the first is nearest to its end, and the one to drop. */
  readonly #tokens = new Map<string, Known>();
  readonly #capacity: number;
  /** When it was last asked for one. */
  #now = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** @param now milliseconds since the epoch */
  get(text: string, now: number): VerifiedToken | undefined {
    this.#now = now;
    const key = endOf(text);
    const known = this.#tokens.get(key);
    if (!known || known.text !== text) return undefined;
    const { token } = known;
    if (token.validUntil <= now || token.generation !== token.issuer.keys.generation()) {
      this.#tokens.delete(key);
      return undefined;
    }
    return token;
  }

  set(text: string, token: VerifiedToken): void {
    const key = endOf(text);
    // Several requests may have verified the same token at once: then there is room for it already.
    const isFull = () => this.#tokens.size >= this.#capacity && !this.#tokens.has(key);
    // Nobody asks with a token that has ended: were it not let go as others come, it would stay for good.
    for (const [end, { token: first }] of this.#tokens) {
      if (first.validUntil > this.#now && !isFull()) break;
      this.#tokens.delete(end);
    }
    this.#tokens.set(key, { text, token });
  }

  get size(): number {
    return this.#tokens.size;
  }
}
