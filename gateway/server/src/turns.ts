/** Requests that begin in one turn of the event loop. From 8 to 32 it makes no difference that could be measured. */
const MOST = 16;

/**
 * Lets few requests begin in each turn of the event loop, so that those under way go first: what departments answered is
 * handled in each turn, whatever waits.
 *
 * With hundreds of callers a turn would otherwise begin all of theirs, and the gateway hold what all of them have under way:
 * more than the caches hold, and copied by each collection of young objects. It is no bound on how many are under way: while
 * they wait for a slow department the loop has nothing else to do, turns at once, and begins the next
 * (docs/decisions/0013-few-begin-at-once.md).
 */
export class Turns {
  #left = MOST;
  readonly #waiting: (() => void)[] = [];

  /** Undefined: begin at once. Else resolves when it is the caller's turn: who came first begins first. */
  wait(): Promise<void> | undefined {
    if (this.#left === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#left -= 1;
    // Only now, and not in each turn: a caller who asks one thing at a time would pay for it with each request.
    if (this.#left === 0) setImmediate(this.#next);
    return undefined;
  }

  readonly #next = (): void => {
    const begin = this.#waiting.splice(0, MOST);
    this.#left = MOST - begin.length;
    for (const resolve of begin) resolve();
    if (this.#left === 0) setImmediate(this.#next);
  };
}
