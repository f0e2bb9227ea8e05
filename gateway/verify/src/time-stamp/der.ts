/** Bytes that are not the DER (X.690) of what they should be. It never leaves this folder: a token is then of no form. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n] …`, constructed: explicit tags, and implicit ones of what is constructed itself. */
export const context = (number: number): number => 0xa0 + number;
/** `[n] IMPLICIT` of something primitive. */
export const primitive = (number: number): number => 0x80 + number;

/** One value: its tag, what is in it, and all of its bytes. */
export interface Value {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Values one behind the other. Lengths are definite and as short as they can be: of a value there is one writing. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next value, which has to be there, with this tag where one is given. */
  next(tag?: number): Value {
    const from = this.#at;
    const found = this.#byte();
    if ((found & 0x1f) === 0x1f || (tag !== undefined && found !== tag)) throw new Malformed();
    const length = this.#length();
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new Malformed();
    this.#at = start + length;
    const [content, bytes] = [start, from].map((begin) => this.#bytes.subarray(begin, this.#at));
    if (content === undefined || bytes === undefined) throw new Malformed();
    return { tag: found, content, bytes };
  }

  /** The next value if it has this tag. */
  optional(tag: number): Value | undefined {
    return this.#bytes[this.#at] === tag ? this.next(tag) : undefined;
  }

  /** What is inside of the next value. */
  inside(tag: number): Reader {
    return new Reader(this.next(tag).content);
  }

  /** All values that are left. */
  rest(tag?: number): Value[] {
    const values: Value[] = [];
    while (!this.done) values.push(this.next(tag));
    return values;
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) throw new Malformed();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Malformed();
    this.#at += 1;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const many = first - 0x80;
    // 0x80 alone would be an indefinite length, which is BER.
    if (many < 1 || many > 4) throw new Malformed();
    let length = 0;
    for (let n = 0; n < many; n++) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (many - 1)) throw new Malformed();
    return length;
  }
}

/** The one value that some bytes are. */
export function only(bytes: Uint8Array, tag: number): Value {
  const reader = new Reader(bytes);
  const value = reader.next(tag);
  reader.end();
  return value;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Two's complement, as short as it can be; in hex, for comparing. */
export function integer(value: Value): string {
  const [first, second = 0] = value.content;
  const needless = value.content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (value.tag !== TAG.integer || first === undefined || needless) throw new Malformed();
  return hex(value.content);
}

/** A whole number from 0 to what JavaScript counts. */
export function count(value: Value): number {
  const written = integer(value);
  if (written.length > 12 || (value.content[0] ?? 0) >= 0x80) throw new Malformed();
  return Number.parseInt(written, 16);
}

export function boolean(value: Value): boolean {
  const [byte] = value.content;
  if (value.content.length !== 1 || (byte !== 0 && byte !== 0xff)) throw new Malformed();
  return byte === 0xff;
}

/** `1.2.840.113549.…` */
export function oid(value: Value): string {
  const numbers: number[] = [];
  let number = 0;
  let fresh = true;
  for (const byte of value.content) {
    if (value.tag !== TAG.oid || (fresh && byte === 0x80)) throw new Malformed();
    number = number * 128 + (byte & 0x7f);
    if (number > Number.MAX_SAFE_INTEGER) throw new Malformed();
    fresh = byte < 0x80;
    if (!fresh) continue;
    numbers.push(number);
    number = 0;
  }
  const [both, ...more] = numbers;
  if (!fresh || both === undefined) throw new Malformed();
  const first = Math.min(2, Math.floor(both / 40));
  return [first, both - 40 * first, ...more].join('.');
}

/** Whole bytes alone: keys and signatures. */
export function bits({ content }: Value): Uint8Array {
  if (content[0] !== 0) throw new Malformed();
  return content.subarray(1);
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;

/** UTCTime or GeneralizedTime, in UTC and with seconds (RFC 5280 §4.1.2.5, RFC 3161 §2.4.2); milliseconds since 1970. */
export function time(value: Value): number {
  const text = Buffer.from(value.content).toString('latin1');
  const isUtc = value.tag === TAG.utcTime;
  if (!isUtc && value.tag !== TAG.generalizedTime) throw new Malformed();
  const [, year = '', month, day, hour, minute, second, fraction = ''] = (isUtc ? UTC : GENERALIZED).exec(text) ?? [];
  const century = isUtc ? (Number(year) < 50 ? '20' : '19') : '';
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const at = Date.parse(iso);
  // 30 February is none, though Date takes it for one in March.
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) throw new Malformed();
  return at;
}
