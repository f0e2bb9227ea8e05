import type { Client, Dispatcher } from 'undici';
import type { CallsUnderWay } from './calls-under-way.ts';
import { callFailure, DepartmentCallError, type Received } from './department-answer.ts';

/** Who made a call and is told of it. */
export interface CallOwner {
  /** The call has its result; its connection may still be in use. */
  ended(call: DepartmentCall, result: Received | DepartmentCallError): void;
  /** The HTTP client is done with it: its connection may be used for another. */
  released(connection: Client): void;
}

export interface CallSettings {
  readonly request: Dispatcher.DispatchOptions;
  /** Milliseconds of `performance.now()`. */
  readonly started: number;
  readonly deadline: number;
  /** Bytes of an answer. */
  readonly answerSize: number;
  /** The generation of the circuit in which it was admitted. */
  readonly generation: number;
  readonly owner: CallOwner;
  readonly underWay: CallsUnderWay;
  readonly resolve: (result: Received | DepartmentCallError) => void;
}

/**
 * One call: the handler that undici feeds, the place in the queue, and what the deadline ends, in one object, because there
 * are several of them for each request.
 *
 * Of undici's two kinds of handlers this is the one that undici 7 speaks to within: the other is wrapped into it,
 * and has every header of every answer decoded, which nobody reads here.
 */
export class DepartmentCall implements Dispatcher.DispatchHandler {
  readonly settings: CallSettings;
  /** Bytes of the answer so far. */
  size = 0;
  /** It has left the queue. */
  sent = false;
  /** Set as long as the HTTP client has it. */
  #connection: Client | undefined;
  /** Its place among the calls under way, which alone set them. */
  next: DepartmentCall | undefined;
  previous: DepartmentCall | undefined;
  readonly #parts: Buffer[] = [];
  #status = 0;
  /** Once it has ended. */
  #result: Received | DepartmentCallError | undefined;
  #abort: ((reason?: Error) => void) | undefined;

  constructor(settings: CallSettings) {
    this.settings = settings;
    settings.underWay.add(this);
  }

  sentOn(connection: Client): void {
    this.sent = true;
    this.#connection = connection;
    connection.dispatch(this.settings.request, this);
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#result) abort(new Error('too late'));
    else this.#abort = abort;
  }

  onHeaders(status: number): boolean {
    this.#status = status;
    // They would carry the internal token elsewhere.
    if (status >= 300 && status < 400) {
      this.fail(new DepartmentCallError('invalid', `HTTP ${status}: redirects are not followed`));
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#result) return true;
    const size = this.size + chunk.length;
    if (size > this.settings.answerSize) {
      this.fail(new DepartmentCallError('invalid', `an answer of more than ${this.settings.answerSize} bytes`));
    } else if (!this.settings.underWay.mayHold(this, chunk.length)) {
      this.fail(new DepartmentCallError('busy', 'departments answer with more than the gateway may hold at once'));
    } else {
      this.size = size;
      this.#parts.push(chunk);
    }
    return true;
  }

  onComplete(): void {
    const seconds = (performance.now() - this.settings.started) / 1_000;
    const isFirst = this.#end({ status: this.#status, parts: this.#parts, size: this.size, seconds });
    if (isFirst) this.settings.underWay.arrived(this);
    this.#release();
  }

  onError(error: Error): void {
    if (this.#end(callFailure(error, this.#status !== 0))) this.handOver();
    this.#release();
  }

  /** Ends the call without an answer, wherever it is. */
  fail(error: DepartmentCallError): void {
    if (!this.#end(error)) return;
    this.handOver();
    this.#abort?.(error);
  }

  /** Gives the result to whoever asked, once. Until then the answer counts for what departments may send. */
  handOver(): void {
    const { underWay, resolve } = this.settings;
    underWay.delete(this);
    if (this.#result) resolve(this.#result);
  }

  #release(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) this.settings.owner.released(connection);
  }

  /** False where it had ended before. */
  #end(result: Received | DepartmentCallError): boolean {
    if (this.#result) return false;
    this.#result = result;
    this.settings.owner.ended(this, result);
    return true;
  }
}
