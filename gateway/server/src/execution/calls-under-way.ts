import { DepartmentCallError } from './department-answer.ts';
import type { DepartmentCall } from './department-call.ts';

/** Milliseconds by which a call may outlive its deadline. A timer of its own would cost each call more than all of this. */
const TICK = 20;

/** From so many calls under way, answers that come in one turn of the event loop are handed over together. */
const SEVERAL = 4;

/** Counts the bytes of whole answers that a request works on. */
export interface KeptAnswers {
  keep(bytes: number): void;
  /** Of what was kept, when the request has ended. */
  letGo(bytes: number): void;
}

/**
 * All calls to all departments: one clock for their deadlines, and one bound on the bytes of answers, of those that are being
 * received and of those that wait with their request for others. A department that pours must not take the memory from
 * under the others, neither by itself nor beside one that hangs.
 *
 * They are a list by their own `next` and `previous`. A Set that is added to and deleted from is copied now and then, and
 * of its copies each holds the next one and all calls that it held: once the first is old, every call with its answer would
 * survive until the whole heap is collected, and be copied by each collection of young objects before.
 */
export class CallsUnderWay implements KeptAnswers {
  #first: DepartmentCall | undefined;
  #count = 0;
  /** Bytes. */
  readonly #memory: number;
  #held = 0;
  /** Bytes of answers that are here, and that requests under way need. */
  #kept = 0;
  #clock: NodeJS.Timeout | undefined;
  /** Whole answers of this turn of the event loop. */
  #arrived: DepartmentCall[] = [];

  constructor(memory: number) {
    this.#memory = memory;
  }

  add(call: DepartmentCall): void {
    call.next = this.#first;
    if (this.#first) this.#first.previous = call;
    this.#first = call;
    this.#count += 1;
    this.#clock ??= setInterval(() => this.#tick(), TICK);
  }

  /** Takes out a call that was added, once. */
  delete(call: DepartmentCall): void {
    const { next, previous } = call;
    if (next) next.previous = previous;
    if (previous) previous.next = next;
    else this.#first = next;
    call.next = undefined;
    call.previous = undefined;
    this.#count -= 1;
    this.#held -= call.size;
  }

  /**
   * Hands over what a call has brought, whole: at the end of this turn of the event loop, with all others that come in it.
   * What one socket brings is then read after what the others brought, and not between what requests go on to do with it:
   * each kind of work finds its code in the processor's caches (docs/decisions/0014-answers-are-handed-over-together.md).
   */
  arrived(call: DepartmentCall): void {
    if (this.#count < SEVERAL) call.handOver();
    else if (this.#arrived.push(call) === 1) setImmediate(this.#handOverAll);
  }

  readonly #handOverAll = (): void => {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const call of arrived) call.handOver();
  };

  /**
   * Takes in so many bytes more, unless there is too much already. Then those have to go that hold more than their share: a
   * small answer always has its place.
   */
  mayHold({ size }: DepartmentCall, bytes: number): boolean {
    if (this.#held + this.#kept + bytes > this.#memory && (size + bytes) * this.#count > this.#memory) return false;
    this.#held += bytes;
    return true;
  }

  keep(bytes: number): void {
    this.#kept += bytes;
  }

  letGo(bytes: number): void {
    this.#kept -= bytes;
  }

  #tick(): void {
    if (this.#count === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      return;
    }
    const now = performance.now();
    // What one end brings about may take others out of the list: they are looked for before.
    const late: DepartmentCall[] = [];
    for (let call = this.#first; call; call = call.next) if (call.settings.deadline <= now) late.push(call);
    for (const call of late) call.fail(new DepartmentCallError('timeout', 'no answer in time'));
  }
}
