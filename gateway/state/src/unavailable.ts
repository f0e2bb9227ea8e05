/**
 * The shared store cannot answer now: unreachable, frozen, or loading. Whoever needs its answer to be sure of something
 * must refuse (503), never assume.
 */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable';

  constructor(what: string, cause?: unknown) {
    super(`shared state is unavailable: ${what}`, cause === undefined ? undefined : { cause });
  }
}
