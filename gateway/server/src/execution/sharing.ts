import { DepartmentCallError, type Received } from './department-answer.ts';

type Result = Received | DepartmentCallError;

interface Shared {
  result: Promise<Result>;
  /** Who still waits for it. */
  waiting: number;
}

/**
 * What a shared call brings, for one who waits until his own deadline. The call goes on for the others.
 *
 * @param deadline milliseconds of `performance.now()`
 */
export const until = (deadline: number, result: Promise<Result>, gaveUp: () => void = () => {}): Promise<Result> => {
  if (deadline === Number.POSITIVE_INFINITY) return result;
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => {
      gaveUp();
      resolve(new DepartmentCallError('timeout', 'no answer in time'));
    }, deadline - performance.now());
    result.then(resolve, reject).finally(() => clearTimeout(giveUp));
  });
};

/**
 * Calls under way that equal ones may join (`execution.sharing: inFlight` or `batched`). Nothing is kept: a call that has ended is joined
 * by nobody. What equal means is the key's matter.
 */
export class Sharing {
  /** Milliseconds that a shared call has, whoever of those who wait gives up before. */
  readonly patience: number;
  readonly #underWay = new Map<string, Shared>();
  #places = 0;

  constructor(patience: number) {
    this.patience = patience;
  }

  /** Sets the calls of one department under one supergraph version apart from all others. */
  place(): number {
    this.#places += 1;
    return this.#places;
  }

  /**
   * Waits for the call of that key, which is begun where none is under way.
   *
   * @param deadline milliseconds of `performance.now()`, for this one alone: the call goes on for the others
   * @param unread is told of what came when nobody waited any more
   */
  join(key: string, deadline: number, begin: () => Promise<Result>, unread: (result: Result) => void): Promise<Result> {
    const shared = this.#underWay.get(key) ?? this.#begun(key, begin, unread);
    shared.waiting += 1;
    return until(deadline, shared.result, () => {
      shared.waiting -= 1;
    });
  }

  /** Something was written: what is asked from now on must not be told what was read before. */
  wrote(): void {
    this.#underWay.clear();
  }

  #begun(key: string, begin: () => Promise<Result>, unread: (result: Result) => void): Shared {
    const shared: Shared = { result: undefined as never, waiting: 0 };
    // Before it begins: one that fails at once takes itself out.
    this.#underWay.set(key, shared);
    shared.result = this.#run(key, shared, begin, unread);
    return shared;
  }

  async #run(
    key: string,
    shared: Shared,
    begin: () => Promise<Result>,
    unread: (result: Result) => void,
  ): Promise<Result> {
    try {
      const result = await begin();
      if (shared.waiting === 0) unread(result);
      return result;
    } finally {
      if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
    }
  }
}
