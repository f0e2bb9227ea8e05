/** Calls that have begun and not ended: what something may be needed by that is to be let go. */
export class UnderWay {
  readonly #calls = new Set<Promise<unknown>>();

  get size(): number {
    return this.#calls.size;
  }

  /** The same function, whose calls are known from now on. */
  track<Arguments extends unknown[], Result>(
    act: (...given: Arguments) => Promise<Result>,
  ): (...given: Arguments) => Promise<Result> {
    return (...given) => {
      const call = act(...given);
      this.#calls.add(call);
      const ended = () => void this.#calls.delete(call);
      call.then(ended, ended);
      return call;
    };
  }

  /** Resolves once every call that is under way now has ended; those that begin later are not waited for. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#calls);
  }
}
