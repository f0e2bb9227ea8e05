/** Where a value stands: its first byte, and the one behind its last. */
export interface Slice {
  readonly begin: number;
  readonly end: number;
}

/** What lies there is not what was looked for. */
export class NotSliced extends Error {
  override readonly name = 'NotSliced';
}

const NOT_SLICED = new NotSliced('no JSON of that form');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/**
 * Finds where the values of a JSON text begin and end, and looks into none of them: whoever gets one judges it. Only
 * strings and brackets count. In a text that is no JSON a slice may hold anything; it begins where a value may begin and
 * is read by itself, so that it cannot make a reader of it take up what is another's.
 */
export class JsonSlices {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * The members of the object that begins here.
   *
   * @param read has to go over the member's value
   * @throws NotSliced
   */
  members(read: (key: string) => void): void {
    this.#expect(OPEN_OBJECT);
    if (this.#isNext(CLOSE_OBJECT)) return;
    do {
      const key = this.#key();
      this.#expect(COLON);
      read(key);
    } while (this.#isNext(COMMA));
    this.#expect(CLOSE_OBJECT);
  }

  /**
   * The items of the list that begins here.
   *
   * @throws NotSliced
   */
  items(): Slice[] {
    this.#expect(OPEN_LIST);
    if (this.#isNext(CLOSE_LIST)) return [];
    const items = this.#values();
    this.#expect(CLOSE_LIST);
    return items;
  }

  /**
   * Values with commas between, up to the end.
   *
   * @throws NotSliced
   */
  bareItems(): Slice[] {
    const items = this.#values();
    this.end();
    return items;
  }

  /** @throws NotSliced where something follows */
  end(): void {
    this.#space();
    if (this.#at !== this.#bytes.length) throw NOT_SLICED;
  }

  /**
   * Goes over the value that begins here.
   *
   * @throws NotSliced
   */
  value(): Slice {
    this.#space();
    const begin = this.#at;
    const first = this.#bytes[begin];
    if (first === QUOTE) this.#string();
    else if (first === OPEN_OBJECT || first === OPEN_LIST) this.#bracketed();
    else this.#word();
    return { begin, end: this.#at };
  }

  #values(): Slice[] {
    const items: Slice[] = [];
    do items.push(this.value());
    while (this.#isNext(COMMA));
    return items;
  }

  #bracketed(): void {
    const bytes = this.#bytes;
    let depth = 0;
    do {
      const byte = bytes[this.#at];
      if (byte === undefined) throw NOT_SLICED;
      if (byte === QUOTE) {
        this.#string();
        continue;
      }
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
      this.#at += 1;
    } while (depth > 0);
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) throw NOT_SLICED;
      if (byte === QUOTE) break;
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
  }

  /** A number, `true`, `false`, `null`. */
  #word(): void {
    const begin = this.#at;
    while (isOfWord(this.#bytes[this.#at])) this.#at += 1;
    if (this.#at === begin) throw NOT_SLICED;
  }

  #key(): string {
    this.#space();
    if (this.#bytes[this.#at] !== QUOTE) throw NOT_SLICED;
    const begin = this.#at;
    this.#string();
    try {
      return JSON.parse(this.#bytes.toString('utf8', begin, this.#at));
    } catch {
      throw NOT_SLICED;
    }
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  #isNext(wanted: number): boolean {
    this.#space();
    if (this.#bytes[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #expect(wanted: number): void {
    if (!this.#isNext(wanted)) throw NOT_SLICED;
  }
}

const POINT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;

const isOfWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === POINT ||
    byte === PLUS ||
    byte === MINUS);
