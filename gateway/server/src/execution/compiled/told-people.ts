import type { Ids } from '../../ledger/ids.ts';
import type { People, Person } from '../../ledger/people.ts';

/** A person, and where in the arena its id was first told. */
interface Told {
  readonly begin: number;
  readonly size: number;
  readonly person: Person;
  readonly next: Told | undefined;
}

const BUCKETS = 64;
/** Ids are pseudonyms: their last bytes tell them apart as well as all do. */
const HASHED = 8;
/** Ids in one bucket that are compared by their bytes: however many people a department pours out, each is found soon. */
const COMPARED = 32;
const QUOTE = 0x22;

/**
 * The people of one answer by the bytes of their ids. The same few ids stand in an answer again and again: each is decoded
 * once, and known by its bytes from then on.
 */
export class ToldPeople {
  readonly #people: People;
  readonly #buckets: (Told | undefined)[] = [];

  constructor(people: People) {
    this.#people = people;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) this.#buckets.push(undefined);
  }

  /** Those in a piece of JSON: an id, or lists of them. */
  in(bytes: Buffer, begin: number, end: number): Ids {
    if (bytes[begin] !== QUOTE) return this.#people.told(JSON.parse(bytes.toString('utf8', begin, end)));
    const size = end - begin;
    let hash = size;
    for (let at = Math.max(begin, end - HASHED - 1); at < end - 1; at += 1)
      hash = Math.imul(hash, 31) + (bytes[at] as number);
    const bucket = (hash ^ (hash >>> 15)) & (BUCKETS - 1);
    let compared = 0;
    for (let told = this.#buckets[bucket]; told !== undefined; told = told.next) {
      if (told.size === size && isSame(bytes, told.begin, begin, size)) return told.person.alone;
      compared += 1;
    }
    const ids = this.#people.told(JSON.parse(bytes.toString('utf8', begin, end)));
    const [person] = ids;
    if (person && compared < COMPARED) this.#buckets[bucket] = { begin, size, person, next: this.#buckets[bucket] };
    return ids;
  }
}

const isSame = (bytes: Buffer, one: number, other: number, size: number): boolean => {
  for (let at = size - 1; at >= 0; at -= 1) if (bytes[one + at] !== bytes[other + at]) return false;
  return true;
};
