/** A level of the tree: the last one holds values. */
type Level<T> = Map<string, Level<T> | { readonly value: T }>;

/**
 * A map by several texts, one level for each. Put together into one text they could be made to meet: a part that holds the
 * separator moves the border between two of them. All keys of one map have the same number of parts.
 */
export class ByTexts<T> {
  readonly #root: Level<T> = new Map();

  get(key: readonly string[]): T | undefined {
    let at: Level<T> | { readonly value: T } | undefined = this.#root;
    for (const part of key) at = at instanceof Map ? at.get(part) : undefined;
    return at instanceof Map ? undefined : at?.value;
  }

  set(key: readonly string[], value: T): void {
    let level = this.#root;
    for (const part of key.slice(0, -1)) {
      const known = level.get(part);
      const next: Level<T> = known instanceof Map ? known : new Map();
      if (next !== known) level.set(part, next);
      level = next;
    }
    level.set(key.at(-1) ?? '', { value });
  }

  /** Takes out what is there under a key, and every level that is left empty. */
  delete(key: readonly string[]): void {
    remove(this.#root, key, 0);
  }

  /** Of the first level. */
  get size(): number {
    return this.#root.size;
  }
}

const remove = <T>(level: Level<T>, key: readonly string[], depth: number): void => {
  const part = key[depth] ?? '';
  const inner = level.get(part);
  if (inner instanceof Map) {
    remove(inner, key, depth + 1);
    if (inner.size > 0) return;
  }
  level.delete(part);
};
