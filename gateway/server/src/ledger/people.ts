import type { Union } from './coordinates.ts';
import { type Ids, together, UNKNOWN } from './ids.ts';

/** One data subject of one answer. */
export class Person {
  /** `Citizen.id`. */
  readonly id: string;
  /** This person as a list: most objects are one person's. */
  readonly alone: Ids;
  /** What of the person is disclosed, once that is summed up. */
  shown: Union;

  constructor(id: string, nothing: Union) {
    this.id = id;
    this.alone = [this];
    this.shown = nothing;
  }
}

/** The data subjects of one answer, each once. */
export class People {
  readonly #nothing: Union;
  readonly #byId = new Map<string, Person>();

  constructor(nothing: Union) {
    this.#nothing = nothing;
  }

  named(id: string): Person {
    let person = this.#byId.get(id);
    if (!person) {
      person = new Person(id, this.#nothing);
      this.#byId.set(id, person);
    }
    return person;
  }

  /**
   * Those in a value at the end of a path: an id, or lists of them. A null is somebody of whom nothing is told, and so is a
   * blank, which would be an entry that nobody ever finds.
   */
  told(value: unknown): Ids {
    if (Array.isArray(value)) return together(value, (item) => this.told(item));
    if (value === null || value === undefined || typeof value === 'object') return UNKNOWN;
    const id = String(value);
    return id.trim() === '' ? UNKNOWN : this.named(id).alone;
  }

  [Symbol.iterator](): Iterator<Person> {
    return this.#byId.values();
  }
}
