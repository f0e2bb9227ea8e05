import type { Span } from '../../telemetry/trace.ts';
import { DepartmentCallError, type Received } from '../department-answer.ts';
import type { Caller } from '../department-source.ts';
import { until } from '../sharing.ts';
import { ByTexts } from './by-texts.ts';
import { bodyOf, type EntityCall } from './entity-call.ts';
import { type Slots, UnitedCall } from './united-call.ts';

type Result = Received | DepartmentCallError;

/** One request's part in a batch. */
export interface Asking {
  readonly call: EntityCall;
  readonly caller: Caller;
  /** Of the call, where the request is traced. */
  readonly span: Span | undefined;
}

export interface BatchesParts {
  /** Milliseconds for which a batch is open; 0: to the end of the turn of the event loop in which it was begun. */
  readonly delay: number;
  /**
   * Asks the department, with the very token that the batch was put together by.
   *
   * @param asking whose request's id and trace the department sees
   * @param deadline until when somebody waits
   */
  readonly ask: (body: Buffer, token: string, asking: Asking, deadline: number) => Promise<Result>;
  /** Is told of what could not be divided: each of those who share it asks by himself. */
  readonly undivided: (result: Result, sharers: readonly Asking[]) => void;
}

/**
 * A call asks for as many representations at most, in as many bytes, if it is to share: behind a large one small ones would
 * have to wait until all of it is resolved.
 */
const SMALL = { count: 100, bytes: 32 * 1_024 };
/** Representations, and their bytes, with which a batch is closed and sent. */
const FULL = { count: 500, bytes: 128 * 1_024 };

interface Batch {
  readonly key: readonly string[];
  readonly united: UnitedCall;
  readonly sharers: { readonly asking: Asking; readonly slots: Slots }[];
  /** In the order of those who share it. */
  readonly answers: Promise<readonly (Result | Promise<Result>)[]>;
  /** Sends it before its time. */
  readonly close: () => void;
}

/**
 * Entity calls to one department under one supergraph version that are ready at the same time, from whichever requests, made
 * as one (`execution.sharing: batched`).
 *
 * Who shares is decided by the internal token itself: calls are put together that would carry the same one, and the call is
 * made with it. So there is no claim, known today or added later, that could be forgotten in comparing: the department
 * cannot tell those callers apart, and what it answers to one of them it answers to each. A token that is bound to one
 * request is like no other's.
 */
export class Batches {
  readonly #parts: BatchesParts;
  readonly #open = new ByTexts<Batch>();

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  /** Whether a call may share: a large one does not, nor one whose time would be over while others are waited for. */
  takes({ lists }: EntityCall, deadline: number): boolean {
    let count = 0;
    let bytes = 0;
    for (const list of lists) {
      count += list.count;
      bytes += list.list.length;
    }
    return count <= SMALL.count && bytes <= SMALL.bytes && deadline - this.#parts.delay > performance.now();
  }

  /** The department's answer to that call, as if it had been made alone. Waits until its own deadline, and gives up alone. */
  join(token: string, asking: Asking): Promise<Result> {
    const { call, caller } = asking;
    const key = [token, caller.language, ...restOf(call)];
    const batch = this.#open.get(key) ?? this.#begin(key, call);
    const order = batch.sharers.length;
    batch.sharers.push({ asking, slots: batch.united.add(call) });
    // One more that is small would be too many.
    if (batch.united.count > FULL.count - SMALL.count || batch.united.bytes > FULL.bytes - SMALL.bytes) batch.close();
    const own = batch.answers.then((answers) => answers[order] as Result | Promise<Result>);
    return until(caller.deadline, own);
  }

  #begin(key: readonly string[], first: EntityCall): Batch {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const { delay } = this.#parts;
    const timer = delay === 0 ? setImmediate(() => batch.close()) : setTimeout(() => batch.close(), delay);
    const batch: Batch = {
      key,
      united: new UnitedCall(first),
      sharers: [],
      answers: closed.then(() => this.#send(batch)),
      close: () => {
        if (delay === 0) clearImmediate(timer as NodeJS.Immediate);
        else clearTimeout(timer as NodeJS.Timeout);
        // Whoever comes from now on begins another one.
        if (this.#open.get(key) === batch) this.#open.delete(key);
        close();
      },
    };
    this.#open.set(key, batch);
    return batch;
  }

  async #send({ key: [token = ''], united, sharers }: Batch): Promise<readonly (Result | Promise<Result>)[]> {
    const askings = sharers.map(({ asking }) => asking);
    const [first] = askings;
    // Whoever has less time left gives up without ending it for the others.
    const last = Math.max(...askings.map(({ caller }) => caller.deadline));
    if (!first || last <= performance.now()) return askings.map(() => TOO_LATE);
    const traced = askings.find(({ span }) => span) ?? first;
    // One alone is asked for in its own words.
    const body = bodyOf(askings.length === 1 ? first.call : united.call);
    const result = await this.#parts.ask(body, token, { ...first, span: traced.span }, last);
    if (askings.length === 1) return [result];
    // Nobody answered: that is the same for all. What nobody can read may be the fault of one among them.
    const failed = result instanceof DepartmentCallError;
    if (failed && result.failure !== 'invalid') return askings.map(() => result);
    const slots = sharers.map((sharer) => sharer.slots);
    const isWhole = slots.map((each) => united.isWhole(each));
    if (isWhole.every(Boolean)) return askings.map(() => result);
    const divided = failed ? undefined : united.divide(result, slots);
    if (divided && !failed) {
      if (result.counted) result.counted.errors = divided.hasErrors;
      return divided.parts.map((part) => ({ ...result, ...part }));
    }
    this.#parts.undivided(result, askings);
    // Who asked for all in this order has been answered.
    return askings.map((asking, order) =>
      isWhole[order] ? result : this.#parts.ask(bodyOf(asking.call), token, asking, asking.caller.deadline),
    );
  }
}

/** All of a call's body but the representations. What opens the lists holds their variables' names, which stand in the head. */
const restOf = ({ head, lists, tail }: EntityCall): string[] => [
  head.toString('latin1'),
  lists.map(({ before }) => before.toString('latin1')).join(''),
  tail,
];

const TOO_LATE = new DepartmentCallError('timeout', 'no answer in time');
