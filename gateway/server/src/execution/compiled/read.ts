import { isUtf8 } from 'node:buffer';

import { isAbstractType, isCompositeType, isInterfaceType, isObjectType } from 'graphql';

import type { Arena } from './arena.ts';
import { Items, type Row } from './layout.ts';
import type { Expected, LeafShape, ListShape, Member, ObjectShape, Place, Shape } from './places.ts';
import { Word } from './word.ts';

/**
 * Reads department answers where they lie: keys are compared with what was asked for, values are looked over byte by byte
 * and kept as (begin, end). Nothing is decoded.
 *
 * It accepts an answer that is exactly what was asked for and nothing else. Whatever is not (errors, a null where none may
 * be, a member missing or twice, another type, broken JSON or UTF-8) throws {@link Unusual}, nothing is taken over, and the
 * slow way decides what of it can be used and what the caller is told.
 */
export class Unusual extends Error {
  override readonly name = 'Unusual';
}

const UNUSUAL = new Unusual('an answer that has to be looked at closely');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const HIGHEST = 0x80808080;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** A custom scalar may be any JSON, but not nested without end (json-depth.ts has the same bound for the slow way). */
const MAX_DEPTH = 32;
/** Bits of one mask by which members that were seen are remembered. */
const MASK_BITS = 30;

export class AnswerReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;
  readonly #end: number;

  /** @param begin where the body begins in the arena, at whose end it ends */
  constructor(arena: Arena, begin: number) {
    this.#bytes = arena.bytes;
    this.#view = arena.view;
    this.#at = begin;
    this.#end = arena.length;
    if (!isUtf8(arena.bytes.subarray(begin, arena.length))) throw UNUSUAL;
  }

  /**
   * Reads `{"data": …}` around what `read` reads.
   *
   * @throws Unusual
   */
  answer<T>(read: () => T): T {
    let result: { readonly value: T } | undefined;
    this.#expect(OPEN_OBJECT);
    if (!this.#isNext(CLOSE_OBJECT)) {
      do {
        if (this.#literal(DATA)) {
          if (result) throw UNUSUAL;
          this.#expect(COLON);
          result = { value: read() };
        } else if (this.#literal(EXTENSIONS)) {
          this.#expect(COLON);
          this.#any(MAX_DEPTH);
        } else throw UNUSUAL;
      } while (this.#isNext(COMMA));
      this.#expect(CLOSE_OBJECT);
    }
    this.#space();
    if (!result || this.#at !== this.#end) throw UNUSUAL;
    return result.value;
  }

  /** An object of a type that is known. */
  object(place: Place, type: string): Row {
    this.#expect(OPEN_OBJECT);
    return this.#members(place.expected(type));
  }

  /**
   * The value of `data` where entities were asked for: one list for each alias, as long as its representations.
   *
   * @param lists in the order in which they were asked for
   */
  entities(lists: readonly EntityList[]): (readonly (Row | null)[])[] {
    const found = lists.map(() => undefined as readonly (Row | null)[] | undefined);
    this.#expect(OPEN_OBJECT);
    do {
      const order = lists.findIndex(({ quoted }, index) => found[index] === undefined && this.#literal(quoted));
      const list = lists[order];
      if (!list) throw UNUSUAL;
      this.#expect(COLON);
      found[order] = this.#entityList(list);
    } while (this.#isNext(COMMA));
    this.#expect(CLOSE_OBJECT);
    return found.map((rows) => {
      if (!rows) throw UNUSUAL;
      return rows;
    });
  }

  #entityList({ place, types }: EntityList): readonly (Row | null)[] {
    this.#expect(OPEN_LIST);
    const rows: (Row | null)[] = [];
    let shape: Pick<ObjectShape, 'type' | 'isAbstract' | 'place'> | undefined;
    for (const name of types) {
      if (rows.length > 0) this.#expect(COMMA);
      this.#space();
      if (this.#null()) {
        rows.push(null);
        continue;
      }
      if (shape?.type.name !== name) {
        const type = place.schema.getType(name);
        if (!isCompositeType(type)) throw UNUSUAL;
        // An interface stands where more was not known, and may be told now.
        shape = { type, isAbstract: isAbstractType(type), place };
      }
      rows.push(this.#object(shape));
    }
    this.#expect(CLOSE_LIST);
    return rows;
  }

  /** The members of an object whose brace is behind us. */
  #members(expected: Expected): Row {
    const { members, isPossible } = expected;
    if (!isPossible) throw UNUSUAL;
    if (members.length > MASK_BITS) return this.#manyMembers(expected);
    const row = expected.blank();
    let seen = 0;
    let next = 0;
    if (!this.#isNext(CLOSE_OBJECT)) {
      do {
        let member = members[next];
        this.#space();
        // In order, as libraries write; otherwise looked up.
        if (member === undefined || !this.#word(member.key)) {
          member = expected.member(this.#key());
          if (member === undefined) throw UNUSUAL;
          this.#expect(COLON);
        }
        const bit = 1 << member.order;
        if (seen & bit) throw UNUSUAL;
        seen |= bit;
        next = member.order + 1;
        this.#member(row, member, expected);
      } while (this.#isNext(COMMA));
      this.#expect(CLOSE_OBJECT);
    }
    if (seen !== (1 << members.length) - 1) throw UNUSUAL;
    return row;
  }

  #manyMembers(expected: Expected): Row {
    const { members } = expected;
    const row = expected.blank();
    const seen = new Set<Member>();
    do {
      const member = expected.member(this.#key());
      if (member === undefined || seen.has(member)) throw UNUSUAL;
      seen.add(member);
      this.#expect(COLON);
      this.#member(row, member, expected);
    } while (this.#isNext(COMMA));
    this.#expect(CLOSE_OBJECT);
    if (seen.size !== members.length) throw UNUSUAL;
    return row;
  }

  #member(row: Row, { at, shape }: Member, { quotedType }: Expected): void {
    this.#space();
    if (at < 0) {
      // The type that an object tells has to be the one that it was read as.
      if (!this.#word(quotedType)) throw UNUSUAL;
    } else if (shape.kind === 'leaf' || (shape.kind === 'list' && shape.ofLeaves)) {
      const begin = this.#at;
      if (this.#null()) {
        if (!shape.nullable) throw UNUSUAL;
        row[at] = null;
        row[at + 1] = 0;
      } else {
        if (shape.kind === 'leaf') this.#leaf(shape);
        else this.#leaves(shape);
        row[at] = begin;
        row[at + 1] = this.#at;
      }
    } else {
      row[at] = this.#composite(shape);
      row[at + 1] = 0;
    }
  }

  #composite(shape: Shape): Row | Items | null {
    this.#space();
    if (this.#null()) {
      if (!shape.nullable) throw UNUSUAL;
      return null;
    }
    if (shape.kind === 'list') return this.#list(shape);
    if (shape.kind === 'object') return this.#object(shape);
    throw UNUSUAL;
  }

  #list({ item }: ListShape): Items {
    const list = new Items();
    this.#expect(OPEN_LIST);
    if (this.#isNext(CLOSE_LIST)) return list;
    do list.items.push(this.#composite(item));
    while (this.#isNext(COMMA));
    this.#expect(CLOSE_LIST);
    return list;
  }

  #object({ type, isAbstract, place }: Pick<ObjectShape, 'type' | 'isAbstract' | 'place'>): Row {
    if (!isAbstract || !place.tellsType(type.name)) return this.object(place, type.name);
    const told = this.#peekType();
    if (told === type.name && isInterfaceType(type)) return this.object(place, told);
    const candidate = place.schema.getType(told);
    if (!isAbstractType(type) || !isObjectType(candidate) || !place.schema.isSubType(type, candidate)) throw UNUSUAL;
    return this.object(place, told);
  }

  /** The type of the object that begins here: departments answer in the order of the question, which asks for it first. */
  #peekType(): string {
    const begin = this.#at;
    this.#expect(OPEN_OBJECT);
    if (!this.#literal(TYPENAME)) throw UNUSUAL;
    this.#expect(COLON);
    this.#space();
    const from = this.#at + 1;
    this.#string();
    const told = this.#bytes.toString('latin1', from, this.#at - 1);
    this.#at = begin;
    return told;
  }

  #leaves(shape: Shape): void {
    if (shape.kind === 'leaf') this.#leaf(shape);
    else if (shape.kind === 'list') {
      this.#expect(OPEN_LIST);
      if (this.#isNext(CLOSE_LIST)) return;
      do {
        this.#space();
        if (!this.#null()) this.#leaves(shape.item);
        else if (!shape.item.nullable) throw UNUSUAL;
      } while (this.#isNext(COMMA));
      this.#expect(CLOSE_LIST);
    } else throw UNUSUAL;
  }

  #leaf({ leaf, values }: LeafShape): void {
    if (leaf === 'string') this.#string();
    else if (leaf === 'int') this.#integer();
    else if (leaf === 'float') this.#number();
    else if (leaf === 'any') this.#any(MAX_DEPTH);
    else if (leaf === 'id' && this.#bytes[this.#at] !== QUOTE) this.#integer();
    else if (leaf === 'boolean') {
      if (!this.#word(TRUE) && !this.#word(FALSE)) throw UNUSUAL;
    } else if (leaf === 'enum') this.#oneOf(values ?? []);
    else this.#string();
  }

  #oneOf(values: readonly Word[]): void {
    for (const value of values) if (this.#word(value)) return;
    throw UNUSUAL;
  }

  /** Any JSON value, whose every byte has to be in order: it is passed on as it stands. */
  #any(depth: number): void {
    if (depth === 0) throw UNUSUAL;
    this.#space();
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) this.#string();
    else if (byte === OPEN_OBJECT) {
      this.#at += 1;
      if (this.#isNext(CLOSE_OBJECT)) return;
      do {
        this.#space();
        this.#string();
        this.#expect(COLON);
        this.#any(depth - 1);
      } while (this.#isNext(COMMA));
      this.#expect(CLOSE_OBJECT);
    } else if (byte === OPEN_LIST) {
      this.#at += 1;
      if (this.#isNext(CLOSE_LIST)) return;
      do this.#any(depth - 1);
      while (this.#isNext(COMMA));
      this.#expect(CLOSE_LIST);
    } else if (!this.#word(TRUE) && !this.#word(FALSE) && !this.#null()) this.#number();
  }

  /** Four bytes at a time, up to the first that means something. */
  #string(): void {
    const view = this.#view;
    const end = this.#end;
    let at = this.#at;
    if (this.#bytes[at] !== QUOTE || at >= end) throw UNUSUAL;
    at += 1;
    while (at < end) {
      const four = view.getInt32(at, true);
      // In each byte the highest bit, where it is a quote, a backslash or a control character. A byte behind such a one may
      // be marked without being one: only the first counts.
      const quote = four ^ QUOTES;
      const backslash = four ^ BACKSLASHES;
      const marks =
        (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((four - SPACES) & ~four)) & HIGHEST;
      if (marks === 0) {
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(marks & -marks)) >> 3;
      if (at >= end) break;
      const byte = this.#bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
      // Raw control characters are no JSON.
      if (byte !== BACKSLASH) break;
      at = this.#escape(at + 1);
    }
    throw UNUSUAL;
  }

  /** @param at behind the backslash @returns behind the escape */
  #escape(at: number): number {
    const bytes = this.#bytes;
    const byte = bytes[at];
    if (byte !== LETTER_U) {
      if (byte === undefined || !ESCAPED.includes(byte)) throw UNUSUAL;
      return at + 1;
    }
    for (let digit = at + 1; digit <= at + 4; digit += 1) if (!isHex(bytes[digit] ?? 0)) throw UNUSUAL;
    return at + 5;
  }

  /** A whole number as the departments' libraries write one; other spellings of one are for the slow way. */
  #integer(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at] === MINUS) at += 1;
    const first = bytes[at] ?? 0;
    if (first < ZERO || first > NINE) throw UNUSUAL;
    at += 1;
    if (first !== ZERO) while ((bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at += 1;
    const after = bytes[at];
    // 1.0 and 1e3 are whole numbers too, but not in this spelling.
    if (at - this.#at > 15 || after === POINT || after === LETTER_E || after === LETTER_E_CAPITAL) throw UNUSUAL;
    this.#at = at;
  }

  #number(): void {
    const begin = this.#at;
    let at = this.#plainNumber(begin);
    if (at > begin) {
      this.#at = at;
      return;
    }
    while (at < this.#end && NUMBER_BYTES.includes(this.#bytes[at] ?? 0)) at += 1;
    const text = this.#bytes.toString('latin1', begin, at);
    // What is beyond every double (1e999) is no number to those who read it.
    if (!NUMBER.test(text) || !Number.isFinite(Number(text))) throw UNUSUAL;
    this.#at = at;
  }

  /** @returns behind a number without an exponent and of few digits, as most are; where it begins, for any other */
  #plainNumber(begin: number): number {
    const bytes = this.#bytes;
    let at = begin;
    if (bytes[at] === MINUS) at += 1;
    const whole = at;
    while (isDigit(bytes[at])) at += 1;
    const digits = at - whole;
    if (digits === 0 || (digits > 1 && bytes[whole] === ZERO)) return begin;
    if (bytes[at] === POINT) {
      at += 1;
      const fraction = at;
      while (isDigit(bytes[at])) at += 1;
      if (at === fraction) return begin;
    }
    const after = bytes[at];
    const isWhole = after === COMMA || after === CLOSE_OBJECT || after === CLOSE_LIST;
    return isWhole && at < this.#end && at - begin <= PLAIN_DIGITS ? at : begin;
  }

  /** A key, decoded; behind it follows the colon. */
  #key(): string {
    this.#space();
    const begin = this.#at;
    this.#string();
    return this.#bytes.toString('utf8', begin + 1, this.#at - 1);
  }

  #null(): boolean {
    return this.#bytes[this.#at] === LETTER_N && this.#word(NULL);
  }

  /** Takes a key or word that stands here, letter by letter. */
  #literal(wanted: Word): boolean {
    this.#space();
    return this.#word(wanted);
  }

  #word(wanted: Word): boolean {
    const at = this.#at;
    // Behind the end stands what the arena held before.
    if (at + wanted.length > this.#end || !wanted.stands(this.#view, at)) return false;
    this.#at = at + wanted.length;
    return true;
  }

  #space(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    if ((bytes[at] as number) > 0x20) return;
    const end = this.#end;
    // Behind the end there may be white space that another answer left there.
    while (at < end) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
      at += 1;
    }
    this.#at = at;
  }

  #isNext(wanted: number): boolean {
    this.#space();
    if (this.#bytes[this.#at] !== wanted || this.#at >= this.#end) return false;
    this.#at += 1;
    return true;
  }

  #expect(wanted: number): void {
    if (!this.#isNext(wanted)) throw UNUSUAL;
  }
}

/** What one aliased list of entities has to be. */
export interface EntityList {
  /** `"_entities"`, or an alias, as it stands in JSON. */
  readonly quoted: Word;
  readonly place: Place;
  /** The types of the representations, in their order. */
  readonly types: readonly string[];
}

const DATA = new Word('"data"');
const EXTENSIONS = new Word('"extensions"');
const TYPENAME = new Word('"__typename"');
const NULL = new Word('null');
const TRUE = new Word('true');
const FALSE = new Word('false');
const POINT = 0x2e;
const LETTER_E = 0x65;
const LETTER_E_CAPITAL = 0x45;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;
const ESCAPED = Buffer.from('"\\/bfnrt');
const NUMBER_BYTES = Buffer.from('+-.0123456789Ee');
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Far from what is beyond every double. */
const PLAIN_DIGITS = 100;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;
const isHex = (byte: number): boolean =>
  (byte >= ZERO && byte <= NINE) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
