import type { Binary } from '../compiled/binary.ts';
import type { Received } from '../department-answer.ts';
import type { EntityCall } from './entity-call.ts';
import { JsonSlices } from './json-slices.ts';
import { type Divided, splitAnswer } from './split-answer.ts';

/** For each list of a call, which entity of the united one each of its representations stands for. */
export type Slots = readonly (readonly number[])[];

/** One list of several calls, each representation told once. */
interface UnitedList {
  readonly alias: string;
  readonly before: Buffer;
  /** By their bytes, in the order in which they came. */
  readonly orders: Map<Binary, number>;
}

/** Entity calls that differ in nothing but whom they ask about, as one call. */
export class UnitedCall {
  readonly #first: EntityCall;
  readonly #lists: readonly UnitedList[];
  #count = 0;
  #bytes = 0;

  /** @param first is not added by that */
  constructor(first: EntityCall) {
    this.#first = first;
    this.#lists = first.lists.map(({ alias, before }) => ({ alias, before, orders: new Map() }));
  }

  /** Representations. */
  get count(): number {
    return this.#count;
  }

  /** Of all representations. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in the representations of a call with the same text and the same other variables. */
  add(call: EntityCall): Slots {
    return call.lists.map(({ list }, index) => {
      const orders = this.#lists[index]?.orders ?? new Map<Binary, number>();
      return new JsonSlices(list).bareItems().map(({ begin, end }) => {
        const representation = list.toString('latin1', begin, end);
        const known = orders.get(representation);
        if (known !== undefined) return known;
        const order = orders.size;
        orders.set(representation, order);
        this.#count += 1;
        this.#bytes += end - begin;
        return order;
      });
    });
  }

  /** Whether that is all, in this order: who asks so gets the answer as it comes. */
  isWhole(slots: Slots): boolean {
    return this.#lists.every(({ orders }, index) => {
      const own = slots[index] ?? [];
      return own.length === orders.size && own.every((slot, order) => slot === order);
    });
  }

  /** The answer's part for each of those who share the call; undefined where it cannot be known what is whose. */
  divide(received: Received, sharers: readonly Slots[]): Divided | undefined {
    return splitAnswer(received, new Map(this.#lists.map(({ alias, orders }) => [alias, orders.size])), sharers);
  }

  get call(): EntityCall {
    const lists = this.#lists.map(({ alias, before, orders }) => ({
      alias,
      before,
      list: Buffer.from([...orders.keys()].join(','), 'latin1'),
      count: orders.size,
    }));
    return { ...this.#first, lists };
  }
}
