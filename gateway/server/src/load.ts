import { PublicError } from './errors.ts';
import type { UnderWay } from './under-way.ts';

/** Seconds after which a caller that was turned away may come again: what is under way is answered in less, as a rule. */
const RETRY_AFTER = 1;

/** How many requests are worked on. Those beyond the bound are turned away before anything of them is looked at. */
export class Load {
  readonly #underWay: Pick<UnderWay, 'size'>;
  readonly #most: number;

  constructor(underWay: Pick<UnderWay, 'size'>, most: number) {
    this.#underWay = underWay;
    this.#most = most;
  }

  /** @throws PublicError GATEWAY_BUSY where one request more would be one too many */
  check(): void {
    if (this.#underWay.size < this.#most) return;
    throw new PublicError('GATEWAY_BUSY', { headers: { 'retry-after': String(RETRY_AFTER) } });
  }
}
