/**
 * Calls that have begun and not ended: what something may be needed by that is to be let go. They are counted, not kept: a
 * set of them would hold what they resolved with for longer (see execution/calls-under-way.ts).
 */
export class UnderWay {
  #size = 0;
  #epoch = new Epoch();

  get size(): number {
    return this.#size;
  }

  /** The same function, whose calls are known from now on. */
  track<Arguments extends unknown[], Result>(
    act: (...given: Arguments) => Promise<Result>,
  ): (...given: Arguments) => Promise<Result> {
    return (...given) => {
      const call = act(...given);
      const epoch = this.#epoch;
      this.#size += 1;
      epoch.begin();
      const ended = () => {
        this.#size -= 1;
        epoch.end();
      };
      call.then(ended, ended);
      return call;
    };
  }

  /** Resolves once every call that is under way now has ended; those that begin later are not waited for. */
  settled(): Promise<void> {
    const before = this.#epoch;
    this.#epoch = new Epoch(before);
    return before.over();
  }
}

/** The calls that began between two times at which somebody wanted to know of their end. */
class Epoch {
  #open = 0;
  /** Those before, as long as one of them is under way. */
  #earlier: Promise<void> | undefined;
  #settle: (() => void) | undefined;
  #settled: Promise<void> | undefined;

  constructor(earlier?: Epoch) {
    this.#earlier = earlier?.over().then(() => {
      this.#earlier = undefined;
    });
  }

  begin(): void {
    this.#open += 1;
  }

  end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#settle?.();
  }

  /** Resolves when none of these, nor of those before, is under way any more. Nobody begins one any more. */
  async over(): Promise<void> {
    this.#settled ??=
      this.#open === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            this.#settle = resolve;
          });
    await this.#settled;
    await this.#earlier;
  }
}
