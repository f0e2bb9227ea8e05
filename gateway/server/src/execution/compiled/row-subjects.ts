import { type Ids, idsOf, joined, NOBODY, together, UNKNOWN } from '../../ledger/ids.ts';
import type { PrivatePath, Subjects } from '../../ledger/subjects.ts';
import { type Cell, Items, type Layout, type Row, type Slot } from './layout.ts';

/** Where nulls are counted that end a path early. */
export interface Nulls {
  nulls: number;
}

interface Readers {
  readonly paths: readonly PathReader[];
  readonly enclosing: boolean;
}

/** Whose the objects of one position are, read from where the values of the private selections lie. */
export class RowSubjects {
  readonly #subjects: Subjects;
  readonly #layout: Layout;
  readonly #readers = new Map<string, Readers | undefined>();

  private constructor(subjects: Subjects, layout: Layout) {
    this.#subjects = subjects;
    this.#layout = layout;
  }

  static readonly #known = new WeakMap<Layout, RowSubjects>();

  /** A layout belongs to one permitted shape, and that to one version of the supergraph. */
  static at(subjects: Subjects, layout: Layout): RowSubjects {
    const known = RowSubjects.#known.get(layout) ?? new RowSubjects(subjects, layout);
    RowSubjects.#known.set(layout, known);
    return known;
  }

  /** @param around whose the object around is */
  of(row: Row, type: string, around: Ids, bytes: Buffer, nulls: Nulls): Ids {
    const readers = this.#of(type);
    if (!readers) return around;
    let ids = readers.enclosing ? around : NOBODY;
    for (const path of readers.paths) ids = joined(ids, path.read(row, bytes, nulls));
    return ids;
  }

  #of(type: string): Readers | undefined {
    const known = this.#readers.get(type);
    if (known || this.#readers.has(type)) return known;
    const declared = this.#subjects.ofType(type);
    const readers = declared && {
      paths: declared.paths.map((path) => new PathReader(path, this.#layout)),
      enclosing: declared.enclosing,
    };
    this.#readers.set(type, readers);
    return readers;
  }
}

/**
 * Reads the ids at the end of one declared path. A null on the way means that there is nobody. What was never told, or a
 * null in an id's place, means that somebody is there and it is not known who.
 */
export class PathReader {
  readonly #slots: readonly (Slot | undefined)[];

  constructor(path: PrivatePath, layout: Layout) {
    const slots: (Slot | undefined)[] = [];
    let here: Layout | undefined = layout;
    for (const { alias } of path) {
      const slot: Slot | undefined = here?.find(alias);
      slots.push(slot);
      here = slot?.inner();
    }
    this.#slots = slots;
  }

  read(row: Row, bytes: Buffer, nulls: Nulls): Ids {
    return this.#fromRow(row, 0, bytes, nulls);
  }

  #fromRow(row: Row, depth: number, bytes: Buffer, nulls: Nulls): Ids {
    const slot = this.#slots[depth];
    if (!slot) return UNKNOWN;
    const cell = row[slot.at];
    if (depth + 1 < this.#slots.length) return this.#fromCell(cell, depth + 1, bytes, nulls);
    return typeof cell === 'number' ? idsOfJson(bytes, cell, row[slot.at + 1] as number) : UNKNOWN;
  }

  #fromCell(cell: Cell, depth: number, bytes: Buffer, nulls: Nulls): Ids {
    if (Array.isArray(cell)) return this.#fromRow(cell, depth, bytes, nulls);
    if (cell instanceof Items) {
      return together(cell.items, (item) => this.#fromCell(item, depth, bytes, nulls));
    }
    if (cell !== null) return UNKNOWN;
    nulls.nulls += 1;
    return NOBODY;
  }
}

const QUOTE = 0x22;
/** What JSON or UTF-8 writes otherwise than it is. */
const ENCODED = /[\\\x80-\xff]/;

/** One id, or a list of them. */
const idsOfJson = (bytes: Buffer, begin: number, end: number): Ids => {
  if (bytes[begin] === QUOTE) {
    const text = bytes.toString('latin1', begin + 1, end - 1);
    if (!ENCODED.test(text)) return [text];
  }
  return idsOf(JSON.parse(bytes.toString('utf8', begin, end)));
};
