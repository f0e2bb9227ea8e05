const FIRST = 100;
const LONGEST = 30_000;
/** Milliseconds of serving after which a process counts as one that works. */
const WORKS = 60_000;

/**
 * Milliseconds until a process that ended is started again: at once, as good as, where one died by accident; ever later
 * where all of them do, because each start costs the others what they serve with.
 */
export class Pause {
  #next = FIRST;

  /** @param served milliseconds for which the process served */
  after(served: number): number {
    if (served >= WORKS) this.#next = FIRST;
    const pause = this.#next;
    this.#next = Math.min(2 * pause, LONGEST);
    return pause;
  }
}
