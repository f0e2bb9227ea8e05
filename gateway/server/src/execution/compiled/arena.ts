/** Bytes that one arena keeps between requests; what grew beyond is given back. */
const KEPT = 512 * 1024;
const FIRST = 32 * 1024;
/** Arenas kept for requests to come: about as many as are under way at once. */
const POOL = 256;

/**
 * The bytes of every department's answer of one request, one after the other, so that a value is two numbers. Answers
 * are copied here once (some microseconds for 100 KB) and their values are copied from here into the caller's answer.
 */
export class Arena {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST);
  length = 0;

  /** Takes in the parts of a body; returns where it begins. */
  append(parts: readonly Uint8Array[], size: number): number {
    const begin = this.length;
    if (begin + size > this.bytes.length) this.#grow(begin + size);
    let at = begin;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
    this.length = at;
    return begin;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const pool: Arena[] = [];

export const takeArena = (): Arena => pool.pop() ?? new Arena();

/** Only where nothing of the request can touch it any more: the next one writes over it. */
export const giveBack = (arena: Arena): void => {
  arena.length = 0;
  if (arena.bytes.length <= KEPT && pool.length < POOL) pool.push(arena);
};
