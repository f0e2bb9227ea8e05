import { isUtf8 } from 'node:buffer';

/** One line of an export. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined where its bytes are no UTF-8, or too many. */
  readonly text: string | undefined;
  /** Whether a line feed ended it; only the last line can be without. */
  readonly ended: boolean;
}

/** Bytes: far more than the 65,536 parts of the largest record take. */
const LONGEST_LINE = 64 * 2 ** 20;
const LINE_FEED = 0x0a;

/** The lines of a stream of bytes, those of a chunk at a time; no more than one line is held. */
export async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let held: Buffer[] = [];
  let length = 0;
  const take = (ended: boolean): Line => {
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    const text = length <= LONGEST_LINE && isUtf8(bytes) ? bytes.toString('utf8') : undefined;
    held = [];
    length = 0;
    number += 1;
    return { number, text, ended };
  };
  const hold = (bytes: Buffer): void => {
    length += bytes.length;
    if (length <= LONGEST_LINE) held.push(bytes);
    else held = [];
  };

  for await (const piece of source) {
    const chunk =
      typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      hold(chunk.subarray(from, end));
      lines.push(take(true));
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [take(false)];
}
