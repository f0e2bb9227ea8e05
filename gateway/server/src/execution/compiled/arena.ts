import { Output } from './output.ts';

/** Bytes that one arena keeps between requests; what grew beyond is given back. */
const KEPT = 512 * 1024;
/** Arenas kept for requests to come: about as many as are under way at once. */
const POOL = 256;

/**
 * The bytes of every department's answer of one request, one after the other, so that a value is two numbers. Answers
 * are copied here once (some microseconds for 100 KB). What is written from them, representations and the caller's answer,
 * is written behind them: within one buffer a piece is copied without an object being made for it.
 */
export class Arena extends Output {
  /** Takes in the parts of a body; returns where it begins. */
  append(parts: readonly Uint8Array[], size: number): number {
    const begin = this.reserve(size);
    let at = begin;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
    return begin;
  }

  /** What `write` writes, as bytes of its own; nothing of it stays here. It waits for nothing: others would write between. */
  written(write: (output: Output) => void): Buffer {
    const begin = this.length;
    try {
      write(this);
      const taken = Buffer.allocUnsafe(this.length - begin);
      this.bytes.copy(taken, 0, begin, this.length);
      return taken;
    } finally {
      this.length = begin;
    }
  }
}

const pool: Arena[] = [];

export const takeArena = (): Arena => pool.pop() ?? new Arena();

/** Only where nothing of the request can touch it any more: the next one writes over it. */
export const giveBack = (arena: Arena): void => {
  arena.length = 0;
  if (arena.bytes.length <= KEPT && pool.length < POOL) pool.push(arena);
};
