import type { Arena } from './arena.ts';

const FIRST = 64 * 1024;
/** Bytes that one output keeps between answers. */
const KEPT = 1024 * 1024;
/** Shorter pieces are copied byte by byte: the call of a native copy costs more. */
const SHORT = 40;

/** The bytes of an answer while it is written. There is one for the whole process: writing an answer never waits. */
export class Output {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST);
  length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  /** Copies from (begin, end) of another buffer. */
  copy(from: Buffer, begin: number, end: number): void {
    const size = end - begin;
    if (this.length + size > this.bytes.length) this.#grow(size);
    const { bytes } = this;
    let at = this.length;
    if (size < SHORT) for (let i = begin; i < end; i += 1, at += 1) bytes[at] = from[i] as number;
    else from.copy(bytes, at, begin, end);
    this.length += size;
  }

  all(piece: Buffer): void {
    this.copy(piece, 0, piece.length);
  }

  value(arena: Arena, begin: number, end: number): void {
    this.copy(arena.bytes, begin, end);
  }

  /** What `write` writes, as bytes of its own. Of a writing that failed nothing is left for the next answer. */
  written(write: (output: this) => void): Buffer {
    this.length = 0;
    write(this);
    const taken = Buffer.allocUnsafe(this.length);
    this.bytes.copy(taken, 0, 0, this.length);
    if (this.bytes.length > KEPT) this.bytes = Buffer.allocUnsafeSlow(FIRST);
    return taken;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + size, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
