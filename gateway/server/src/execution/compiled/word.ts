/** Four bytes. */
const UNIT = 4;

/** Bytes that are expected to stand somewhere, compared four at a time. */
export class Word {
  readonly bytes: Buffer;
  readonly length: number;
  /** Small integers all: no array of numbers is lighter. */
  readonly #units: readonly number[];
  /** What is left of the last unit, and which of its bits count. */
  readonly #rest: number;
  readonly #mask: number;

  constructor(text: string) {
    // Not of the shared pool, of which one word would keep 8 KiB.
    this.bytes = Buffer.from(Uint8Array.from(Buffer.from(text, 'utf8')).buffer);
    this.length = this.bytes.length;
    const whole = this.length - (this.length % UNIT);
    this.#units = Array.from({ length: whole / UNIT }, (_, index) => this.bytes.readInt32LE(index * UNIT));
    this.#mask = 2 ** (8 * (this.length - whole)) - 1;
    this.#rest = Buffer.concat([this.bytes.subarray(whole), Buffer.alloc(UNIT)]).readInt32LE(0);
  }

  /** @param at before the length of `Output`: there is room behind it for what is looked at besides */
  stands(view: DataView, at: number): boolean {
    const units = this.#units;
    let from = at;
    for (let index = 0; index < units.length; index += 1, from += UNIT) {
      if (view.getInt32(from, true) !== units[index]) return false;
    }
    return ((view.getInt32(from, true) ^ this.#rest) & this.#mask) === 0;
  }
}

/** Kept at a time: the names of a schema's fields, and our own. */
const KEPT = 8_192;
const words = new Map<string, Word>();

/** The word of a text. The same few stand in every plan. */
export const wordOf = (text: string): Word => {
  let word = words.get(text);
  if (!word) {
    word = new Word(text);
    if (words.size >= KEPT) words.clear();
    words.set(text, word);
  }
  return word;
};
