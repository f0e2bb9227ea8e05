import { createHmac, timingSafeEqual } from 'node:crypto';

/** Milliseconds for which one nonce is handed out; it is taken for as long again. */
const STEP = 150_000;

/**
 * Nonces of this gateway (RFC 9449 §8) that need no memory: the current step of time, authenticated by a key that every
 * process of one deployment has, so that each takes what any of them handed out.
 */
export class DpopNonces {
  readonly #key: Buffer;

  /** @param key a secret that every process of the deployment has */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param now milliseconds since the epoch */
  current(now: number): string {
    return this.#of(Math.floor(now / STEP));
  }

  accepts(nonce: string, now: number): boolean {
    const step = Math.floor(now / STEP);
    return [step, step - 1].some((each) => equal(nonce, this.#of(each)));
  }

  #of(step: number): string {
    return createHmac('sha256', this.#key).update(String(step)).digest('base64url');
  }
}

const equal = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};
