import { type Ids, joined, NOBODY, together, UNKNOWN } from '../../ledger/ids.ts';
import type { Declared, PrivatePath, Subjects } from '../../ledger/subjects.ts';
import { type Cell, Items, type Layout, type Row, type Slot } from './layout.ts';
import type { ToldPeople } from './told-people.ts';

/** Whom an answer is about, as far as it was read. */
export interface Reading {
  readonly bytes: Buffer;
  readonly told: ToldPeople;
  /** Where nulls are counted that end a path early. */
  readonly notes: { nulls: number };
}

/** Whose objects of one type are, read from where the values of the private selections lie. */
export class RowSubjects {
  readonly #paths: readonly PathReader[];
  readonly #enclosing: boolean;
  /** Of a type that states nothing. */
  readonly #isTransparent: boolean;

  private constructor(declared: Declared | undefined, layout: Layout) {
    this.#paths = (declared?.paths ?? []).map((path) => new PathReader(path, layout));
    this.#enclosing = declared?.enclosing ?? true;
    this.#isTransparent = this.#enclosing && this.#paths.length === 0;
  }

  static readonly #known = new WeakMap<Layout, Map<string, RowSubjects>>();

  /** Objects of a type at one position. A layout belongs to one plan, and that to one version of the supergraph. */
  static of(subjects: Subjects, layout: Layout, type: string): RowSubjects {
    const byType = RowSubjects.#known.get(layout) ?? new Map<string, RowSubjects>();
    RowSubjects.#known.set(layout, byType);
    const known = byType.get(type) ?? new RowSubjects(subjects.ofType(type), layout);
    byType.set(type, known);
    return known;
  }

  /** @param around whose the object around is */
  read(row: Row, around: Ids, reading: Reading): Ids {
    if (this.#isTransparent) return around;
    let ids = this.#enclosing ? around : NOBODY;
    for (const path of this.#paths) ids = joined(ids, path.read(row, reading));
    return ids;
  }
}

/**
 * Reads the ids at the end of one declared path. A null on the way means that there is nobody. What was never told, or a
 * null in an id's place, means that somebody is there and it is not known who.
 */
export class PathReader {
  readonly #slots: readonly (Slot | undefined)[];
  readonly #last: number;

  constructor(path: PrivatePath, layout: Layout) {
    const slots: (Slot | undefined)[] = [];
    let here: Layout | undefined = layout;
    for (const { alias } of path) {
      const slot: Slot | undefined = here?.find(alias);
      slots.push(slot);
      here = slot?.inner();
    }
    this.#slots = slots;
    this.#last = slots.length - 1;
  }

  read(row: Row, reading: Reading): Ids {
    return this.#fromRow(row, 0, reading);
  }

  #fromRow(row: Row, depth: number, reading: Reading): Ids {
    const slot = this.#slots[depth];
    if (!slot) return UNKNOWN;
    const cell = row[slot.at];
    if (depth < this.#last) return this.#fromCell(cell, depth + 1, reading);
    return typeof cell === 'number' ? reading.told.in(reading.bytes, cell, row[slot.at + 1] as number) : UNKNOWN;
  }

  #fromCell(cell: Cell, depth: number, reading: Reading): Ids {
    if (Array.isArray(cell)) return this.#fromRow(cell, depth, reading);
    if (cell instanceof Items) return together(cell.items, (item) => this.#fromCell(item, depth, reading));
    if (cell !== null) return UNKNOWN;
    reading.notes.nulls += 1;
    return NOBODY;
  }
}
