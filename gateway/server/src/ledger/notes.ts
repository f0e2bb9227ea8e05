import type { CoordinateSet, CoordinateSets, Union } from './coordinates.ts';
import { type Ids, UNKNOWN } from './ids.ts';

/**
 * What is noted while an answer takes shape: for each object, whose it is and what of it is shown. As short as can be,
 * because it is done for every object of every answer; sums are made of it afterwards.
 */
export class Notes {
  readonly sets: CoordinateSets;
  /** How often a path ended early at a null, which means that there is nobody, unless a department failed. */
  nulls = 0;
  readonly #ids: Ids[] = [];
  readonly #noted: CoordinateSet[] = [];

  constructor(sets: CoordinateSets) {
    this.sets = sets;
  }

  /** Where to go back to, if what is noted from here on turns out not to be shown. */
  get length(): number {
    return this.#ids.length;
  }

  note(ids: Ids, set: CoordinateSet): void {
    this.#ids.push(ids);
    this.#noted.push(set);
  }

  takeBack(length: number): void {
    this.#ids.length = length;
    this.#noted.length = length;
  }

  /** What all notes say together. */
  sum(): Noted {
    const persons = new Map<string, Union>();
    let all = this.sets.nothing;
    let isUnknown = false;
    for (let index = 0; index < this.#ids.length; index += 1) {
      const ids = this.#ids[index] as Ids;
      const set = this.#noted[index] as CoordinateSet;
      all = all.plus(set);
      if (ids === UNKNOWN) isUnknown = true;
      else for (const id of ids) persons.set(id, (persons.get(id) ?? this.sets.nothing).plus(set));
    }
    return { sets: this.sets, persons, all, isUnknown, nulls: this.nulls };
  }
}

export interface Noted {
  readonly sets: CoordinateSets;
  readonly persons: ReadonlyMap<string, Union>;
  /** With or without a person. */
  readonly all: Union;
  /** Whether something shown is somebody's of whom the gateway was not told. */
  readonly isUnknown: boolean;
  readonly nulls: number;
}
