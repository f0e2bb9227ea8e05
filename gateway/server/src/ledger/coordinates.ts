/** Coordinates that are disclosed together, wherever an object of one type stands at one position. */
export interface CoordinateSet {
  readonly coordinates: readonly string[];
}

/** Unions remembered for one permitted shape; what is beyond is put together each time. */
const REMEMBERED = 1_000;

/**
 * The sets of one permitted shape and what they are together. Persons of one list have the same sets in the same order,
 * so their coordinates are sorted once and shared.
 */
export class CoordinateSets {
  readonly #sets = new Map<string, CoordinateSet>();
  readonly #room = { left: REMEMBERED };
  readonly nothing = new Union(new Set(), this.#room);

  /** The set of these coordinates; undefined of none. */
  of(coordinates: Iterable<string>): CoordinateSet | undefined {
    const sorted = [...new Set(coordinates)].sort();
    if (sorted.length === 0) return undefined;
    const key = sorted.join(' ');
    const known = this.#sets.get(key) ?? { coordinates: sorted };
    this.#sets.set(key, known);
    return known;
  }
}

/** Several sets together. */
export class Union {
  readonly #sets: ReadonlySet<CoordinateSet>;
  readonly #room: { left: number };
  readonly #larger = new Map<CoordinateSet, Union>();
  readonly #joined = new Map<Union, Union>();
  #sorted: readonly string[] | undefined;

  constructor(sets: ReadonlySet<CoordinateSet>, room: { left: number }) {
    this.#sets = sets;
    this.#room = room;
  }

  plus(set: CoordinateSet): Union {
    const known = this.#larger.get(set);
    if (known) return known;
    const larger = this.#sets.has(set) ? this : new Union(new Set(this.#sets).add(set), this.#room);
    if (this.#room.left > 0) {
      this.#room.left -= 1;
      this.#larger.set(set, larger);
    }
    return larger;
  }

  and(other: Union): Union {
    if (other === this) return this;
    const known = this.#joined.get(other);
    if (known) return known;
    let joined: Union = this;
    for (const set of other.#sets) joined = joined.plus(set);
    if (this.#room.left > 0) {
      this.#room.left -= 1;
      this.#joined.set(other, joined);
    }
    return joined;
  }

  get coordinates(): readonly string[] {
    this.#sorted ??= [...new Set([...this.#sets].flatMap(({ coordinates }) => coordinates))].sort();
    return this.#sorted;
  }
}
