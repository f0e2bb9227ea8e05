import type { Layout, Row, Slot } from './layout.ts';
import { type Cell, Items } from './layout.ts';
import { Unsupported } from './unsupported.ts';

/** One level of the way from the root to the objects that a fetch extends: a member, or every item of a list. */
type Step = Slot | 'items';

/** The way to the objects that a fetch extends. */
export class Path {
  /** As the plan has it: private names, `@` for a list level. */
  readonly names: readonly string[];
  readonly #steps: readonly Step[];
  /** Of the objects before each step, and at the end. */
  readonly #layouts: readonly Layout[];
  readonly #memberNames: readonly string[];

  private constructor(names: readonly string[], steps: readonly Step[], layouts: readonly Layout[]) {
    this.names = names;
    this.#steps = steps;
    this.#layouts = layouts;
    this.#memberNames = names;
  }

  /** Reads a plan's path; the layout of where it ends is where the fetch's members go. */
  static of(names: readonly (string | number)[], root: Layout): { readonly path: Path; readonly layout: Layout } {
    const steps: Step[] = [];
    let layout = root;
    const layouts = [root];
    for (const name of names) {
      if (typeof name !== 'string' || name.includes(' ') || name.includes('|')) throw new Unsupported('a path by type');
      if (name === '@') steps.push('items');
      else {
        const slot = layout.slot(name);
        steps.push(slot);
        layout = slot.inner();
      }
      layouts.push(layout);
    }
    return { path: new Path(names as readonly string[], steps, layouts), layout };
  }

  /** Where the members stand of the object so many members further out; undefined: further out than the root. */
  above(members: number): Layout | undefined {
    let depth = this.#steps.length;
    for (let left = members; left > 0; left -= 1) {
      do depth -= 1;
      while (depth >= 0 && this.#steps[depth] === 'items');
    }
    return this.#layouts[depth];
  }

  /** Every object at the end of the way, in order; nulls lead nowhere. */
  rows(root: Row): Row[] {
    const found: Row[] = [];
    this.#walk(root, 0, found, undefined, []);
    return found;
  }

  /** The same objects with the place of each in the answer: only errors need it. */
  places(root: Row): (readonly (string | number)[])[] {
    const places: (readonly (string | number)[])[] = [];
    this.#walk(root, 0, [], places, []);
    return places;
  }

  /**
   * What becomes of a value on the way to each object at the end, when every object on it is entered in turn. One row may
   * stand at several places, and each counts.
   */
  accumulate<T>(root: Row, first: T, enter: (row: Row, layout: Layout, outer: T) => T): (readonly [Row, T])[] {
    const found: (readonly [Row, T])[] = [];
    const walk = (cell: Cell, depth: number, outer: T): void => {
      const step = this.#steps[depth];
      if (cell instanceof Items) {
        if (step === 'items') for (const item of cell.items) walk(item, depth + 1, outer);
      } else if (Array.isArray(cell) && step !== 'items') {
        const inner = enter(cell, this.#layouts[depth] as Layout, outer);
        if (step === undefined) found.push([cell, inner]);
        else walk(cell[step.at], depth + 1, inner);
      }
    };
    walk(root, 0, first);
    return found;
  }

  #walk(
    cell: Cell,
    depth: number,
    found: Row[],
    places: (readonly (string | number)[])[] | undefined,
    here: readonly (string | number)[],
  ): void {
    const step = this.#steps[depth];
    if (step === undefined) {
      if (!Array.isArray(cell)) return;
      found.push(cell);
      places?.push(here);
    } else if (step === 'items') {
      if (!(cell instanceof Items)) return;
      for (let index = 0; index < cell.items.length; index += 1) {
        this.#walk(cell.items[index], depth + 1, found, places, places ? [...here, index] : here);
      }
    } else if (Array.isArray(cell)) {
      const name = this.#memberNames[depth] as string;
      this.#walk(cell[step.at], depth + 1, found, places, places ? [...here, name] : here);
    }
  }
}
