/**
 * The invented province of the benchmark: the people of `@lienthong/population` and what four departments hold of them,
 * the same in every run. Each page of people stands twice: as it is, and from `ASCII_PAGES` on in plain ASCII, so that
 * one run can tell what Vietnamese costs.
 */
import { createHash } from 'node:crypto';

import { type Household, households, type Person, randomFor } from '@lienthong/population';

/** People between one page and the next. */
const PAGE = 40;
/** The page from which on the texts are ASCII. */
export const ASCII_PAGES = 100_000;

export interface Citizen {
  readonly id: string;
  readonly index: number;
  readonly person: Person;
  readonly household: Household;
  readonly ascii: boolean;
}

export class Province {
  readonly #people: readonly (readonly [Person, Household])[];
  readonly #first = new Map<Household, number>();
  readonly #indexes = new Map<string, number>();

  constructor(citizens: number) {
    const people: (readonly [Person, Household])[] = [];
    for (const household of households(citizens)) {
      this.#first.set(household, people.length);
      for (const person of household.members) people.push([person, household]);
    }
    this.#people = people;
    for (const index of people.keys()) for (const ascii of [false, true]) this.#indexes.set(idOf(index, ascii), index);
  }

  get size(): number {
    return this.#people.length;
  }

  /** A citizen by place in the stream; beyond the end it begins anew. */
  at(place: number, ascii: boolean): Citizen {
    const index = ((place % this.size) + this.size) % this.size;
    const [person, household] = this.#people[index] ?? [];
    if (!person || !household) throw new RangeError(`no citizen ${place}`);
    return { id: idOf(index, ascii), index, person, household, ascii };
  }

  /** @throws where nobody has this key */
  byId(id: string): Citizen {
    const index = this.#indexes.get(id);
    if (index === undefined) throw new RangeError(`nobody is ${id}`);
    return this.at(index, id.startsWith('a1.'));
  }

  page(page: number, first: number): readonly Citizen[] {
    const ascii = page >= ASCII_PAGES;
    const from = (ascii ? page - ASCII_PAGES : page) * PAGE;
    return Array.from({ length: first }, (_, n) => this.at(from + n, ascii));
  }

  members({ household, ascii }: Citizen): readonly Citizen[] {
    const first = this.#first.get(household) ?? 0;
    return household.members.map((_, n) => this.at(first + n, ascii));
  }

  /** Another citizen whom a purpose ties to this one: the doctor, a co-owner. */
  tied({ person, ascii }: Citizen, purpose: string): Citizen {
    return this.at(randomFor(person.number, purpose).int(0, this.size - 1), ascii);
  }

  /** The citizen who stands for an institution: heads, owners. */
  headOf(institution: string, ascii: boolean): Citizen {
    return this.at(randomFor(institution, 'head').int(0, this.size - 1), ascii);
  }
}

/** As long as the product's own keys. */
const idOf = (index: number, ascii: boolean): string =>
  `${ascii ? 'a1' : 'k1'}.${createHash('sha256').update(`${ascii} ${index}`).digest('base64url')}`;

/** The same number of letters without marks. */
export const toAscii = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/[^\x20-\x7e]/g, '-');
