import { DepartmentCallError } from './department-answer.ts';
import type { DepartmentCall } from './department-call.ts';

/** Milliseconds by which a call may outlive its deadline. A timer of its own would cost each call more than all of this. */
const TICK = 20;

/**
 * All calls to all departments: one clock for their deadlines, and one bound on the bytes of answers that are being
 * received. A department that pours must not take the memory from under the others.
 */
export class CallsUnderWay {
  readonly #calls = new Set<DepartmentCall>();
  /** Bytes. */
  readonly #memory: number;
  #held = 0;
  #clock: NodeJS.Timeout | undefined;

  constructor(memory: number) {
    this.#memory = memory;
  }

  add(call: DepartmentCall): void {
    this.#calls.add(call);
    this.#clock ??= setInterval(() => this.#tick(), TICK);
  }

  delete(call: DepartmentCall): void {
    this.#calls.delete(call);
    this.#held -= call.size;
  }

  /**
   * Takes in so many bytes more, unless there is too much already. Then those have to go that hold more than their share: a
   * small answer always has its place.
   */
  mayHold({ size }: DepartmentCall, bytes: number): boolean {
    if (this.#held + bytes > this.#memory && (size + bytes) * this.#calls.size > this.#memory) return false;
    this.#held += bytes;
    return true;
  }

  #tick(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      return;
    }
    const now = performance.now();
    for (const call of this.#calls) {
      if (call.settings.deadline <= now) call.fail(new DepartmentCallError('timeout', 'no answer in time'));
    }
  }
}
