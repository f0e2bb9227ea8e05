/**
 * Where the members of one position of the merged answer stand. Every fetch that reaches a position adds its members, so
 * one object that several departments describe is one row of slots.
 */
export class Layout {
  readonly #slots = new Map<string, Slot>();

  /** The slot of a member by its private response name; made when it is new. */
  slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (!slot) {
      slot = new Slot(this.#slots.size);
      this.#slots.set(name, slot);
    }
    return slot;
  }

  find(name: string): Slot | undefined {
    return this.#slots.get(name);
  }

  /** How many cells a row has in which everything is told. */
  get cells(): number {
    return 1 + 2 * this.#slots.size;
  }

  slots(): Iterable<readonly [name: string, slot: Slot]> {
    return this.#slots;
  }
}

export class Slot {
  /** Index of the first of the two cells of a row that belong to this slot. */
  readonly at: number;
  #inner: Layout | undefined;

  constructor(order: number) {
    // The first cell of a row is the object's type.
    this.at = 1 + 2 * order;
  }

  /** Where the members of this member stand, if it has any. */
  inner(): Layout {
    this.#inner ??= new Layout();
    return this.#inner;
  }
}

/**
 * One object of the merged answer: its type's name, then two cells for each slot. Of a leaf these are where its JSON
 * begins and ends in the arena; of an object or list the first holds it. `null` is null, `undefined` was never told.
 */
export type Row = Cell[];
export type Cell = undefined | null | number | string | Row | Items;

/** A list of objects; a list of leaves is one leaf, because it is passed on as it stands. */
export class Items {
  readonly items: (Row | Items | null)[] = [];
}

/** The name of a row's type, as it was told or as its position leaves no other. */
export const typeOf = (row: Row): string => row[0] as string;
