import type { CoordinateSet, CoordinateSets, Union } from './coordinates.ts';
import { type Ids, UNKNOWN } from './ids.ts';
import { People } from './people.ts';

/**
 * What is noted while an answer takes shape: for each object, whose it is and what of it is shown. As short as can be,
 * because it is done for every object of every answer; sums are made of it afterwards.
 */
export class Notes {
  readonly sets: CoordinateSets;
  readonly people: People;
  /** How often a path ended early at a null, which means that there is nobody, unless a department failed. */
  nulls = 0;
  /** Ids, then what is shown of them, in turn. */
  readonly #notes: (Ids | CoordinateSet)[] = [];

  constructor(sets: CoordinateSets) {
    this.sets = sets;
    this.people = new People(sets.nothing);
  }

  /** Where to go back to, if what is noted from here on turns out not to be shown. */
  get length(): number {
    return this.#notes.length;
  }

  note(ids: Ids, set: CoordinateSet): void {
    this.#notes.push(ids, set);
  }

  takeBack(length: number): void {
    this.#notes.length = length;
  }

  /** Tells each person what is shown of it, and what all notes say together. Once for one answer. */
  sum(): Noted {
    const { nothing } = this.sets;
    let all = nothing;
    let isUnknown = false;
    // What is noted of a person comes mostly one after the other: it is put together before the person is told.
    let ids: Ids | undefined;
    let together = nothing;
    const add = (): void => {
      if (ids === UNKNOWN) isUnknown = true;
      else for (const person of ids ?? []) person.shown = person.shown.and(together);
      all = all.and(together);
    };
    for (let at = 0; at < this.#notes.length; at += 2) {
      if (this.#notes[at] !== ids) {
        add();
        ids = this.#notes[at] as Ids;
        together = nothing;
      }
      together = together.plus(this.#notes[at + 1] as CoordinateSet);
    }
    add();
    return { notes: this, all, isUnknown };
  }
}

export interface Noted {
  readonly notes: Notes;
  /** Of somebody or of nobody. */
  readonly all: Union;
  /** Whether something shown is somebody's of whom the gateway was not told. */
  readonly isUnknown: boolean;
}
