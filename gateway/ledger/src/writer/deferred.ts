import type { Waiting } from './waiting.ts';

export interface DeferredRoom {
  readonly records: number;
  readonly characters: number;
}

/** Records that wait in memory for a store that is away, with nobody waiting for them: so many, and so large together. */
export class Deferred {
  readonly #room: DeferredRoom;
  #kept: Waiting[] = [];
  #characters = 0;

  constructor(room: DeferredRoom) {
    this.#room = room;
  }

  get size(): number {
    return this.#kept.length;
  }

  /** False where there is no room. */
  add(waiting: Waiting): boolean {
    const { length } = waiting.record.line;
    if (this.size >= this.#room.records || this.#characters + length > this.#room.characters) return false;
    this.#kept.push(waiting);
    this.#characters += length;
    return true;
  }

  /** The oldest, as far as `fits` takes them. They are no longer counted here. */
  take(fits: (waiting: Waiting) => boolean): readonly Waiting[] {
    let taken = 0;
    while (taken < this.size && fits(this.#kept[taken] as Waiting)) taken += 1;
    const oldest = this.#kept.splice(0, taken);
    for (const { record } of oldest) this.#characters -= record.line.length;
    return oldest;
  }

  /** Those that were taken and could not be written: there was room for them. */
  takeBack(oldest: readonly Waiting[]): void {
    this.#kept = [...oldest, ...this.#kept];
    for (const { record } of oldest) this.#characters += record.line.length;
  }
}
