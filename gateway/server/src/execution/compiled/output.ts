const FIRST = 32 * 1024;
/** Bytes behind the last: who looks at four at a time looks beyond it. */
const BEHIND = 4;
/**
 * Shorter pieces are copied byte by byte: the call of a native copy costs more, and one from another buffer makes an object
 * for the piece besides, which somebody has to collect.
 */
const SHORT = 12;
const SHORT_OF_OTHERS = 48;

/** Bytes that grow as they are written. */
export class Output {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST);
  /** Of the same. */
  view: DataView = viewOf(this.bytes);
  length = 0;

  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** Copies from (begin, end) of a buffer, which may be this one's own. */
  copy(from: Buffer, begin: number, end: number): void {
    const size = end - begin;
    const at = this.reserve(size);
    const { bytes } = this;
    const isOwn = from === bytes;
    if (size < (isOwn ? SHORT : SHORT_OF_OTHERS)) {
      for (let i = 0; i < size; i += 1) bytes[at + i] = from[begin + i] as number;
    } else if (isOwn) bytes.copyWithin(at, begin, end);
    else from.copy(bytes, at, begin, end);
  }

  all(piece: Buffer): void {
    this.copy(piece, 0, piece.length);
  }

  /** Makes room for so many bytes at the end, whatever they hold; returns where they begin. */
  reserve(size: number): number {
    const at = this.length;
    if (at + size + BEHIND > this.bytes.length) this.#grow(size);
    this.length = at + size;
    return at;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + size + BEHIND, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);
