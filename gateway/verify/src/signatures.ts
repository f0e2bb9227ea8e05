import { type Jws, keyOf } from './jws.ts';
import type { Keys } from './keys.ts';
import { node } from './node.ts';

export type Judged = 'true' | 'key' | 'signature';

const BEFORE_ANY_END = '';

/** Judges signatures by the keys of whoever verifies; without keys every one is taken for true. */
export class Signatures {
  readonly #keys: Keys | undefined;

  constructor(keys: Keys | undefined) {
    this.#keys = keys;
  }

  judge(jws: Jws, time: string): Judged {
    if (this.#keys === undefined) return 'true';
    const key = keyOf(jws, this.#keys, time);
    if (key === undefined) return 'key';
    return node.verifies(key, jws.signed, jws.signature) ? 'true' : 'signature';
  }

  /** Whether one of the keys made a signature, be it after its end: that proves nothing any more. */
  outlived(jws: Jws): boolean {
    return this.#keys !== undefined && this.judge(jws, BEFORE_ANY_END) === 'true';
  }
}
