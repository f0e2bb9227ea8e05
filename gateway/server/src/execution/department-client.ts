import { Client } from 'undici';

import type { CallsUnderWay } from './calls-under-way.ts';
import { DepartmentCallError, type Received } from './department-answer.ts';
import { type CallOwner, DepartmentCall } from './department-call.ts';
import { Circuit, type CircuitSettings, type CircuitState } from './department-circuit.ts';
import type { ClientTls } from './department-tls.ts';

export interface DepartmentSettings {
  readonly url: string;
  /** Milliseconds for one call: waiting, connection and whole answer included. */
  readonly timeout: number;
  /** Calls at a time, each with a connection of its own. */
  readonly connections: number;
  /** Calls that may wait for one. */
  readonly queue: number;
  /** Bytes of an answer. */
  readonly answerSize: number;
  readonly circuit: CircuitSettings;
  /** For https alone. */
  readonly tls?: ClientTls | undefined;
  readonly underWay: CallsUnderWay;
  readonly onCircuit: (state: CircuitState) => void;
}

/** Milliseconds. A connection that cannot be had in that time is not worth the time of the call. */
const CONNECT_TIMEOUT = 2_000;

/**
 * Milliseconds that an idle connection is kept, where the department does not say itself (`keep-alive: timeout`, of which
 * undici takes two seconds off): less than the five seconds of Node, the shortest of the usual servers. Who closes first
 * should be us: a request that meets the department's closing is lost.
 */
const KEEP_ALIVE = 4_000;
const KEEP_ALIVE_AT_MOST = 60_000;

/** What a proxy in front of a department answers when there is none. */
const NOBODY_THERE: ReadonlySet<number> = new Set([502, 503, 504]);

const OPEN = new DepartmentCallError('open', 'the circuit is open');
const BUSY = new DepartmentCallError('busy', 'too many calls wait for this department');

/**
 * The connections to one department. Redirects are never followed, nothing is repeated (a mutation may have happened),
 * answers are bounded in time and size, and so is what waits.
 */
export class DepartmentClient implements CallOwner {
  readonly #settings: DepartmentSettings;
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #path: string;
  readonly #circuit: Circuit;
  /** Who came first is first. No Set: calls-under-way.ts says what one would hold. */
  readonly #waiting: DepartmentCall[] = [];
  /** Every connection that was ever needed at once. undici opens one when it is asked for, and again after it was closed. */
  readonly #connections: Client[] = [];
  /**
   * Those that no call has, the one used last on top. undici's own pool looks for a free one from the first to the last, at
   * 500 callers a tenth of the cost of a call, and keeps all of them busy with a little, where here those not needed end.
   */
  readonly #free: Client[] = [];
  /** Calls that undici has. */
  #active = 0;

  constructor(settings: DepartmentSettings) {
    const { url, timeout, tls, circuit, onCircuit } = settings;
    const { origin, pathname, search } = new URL(url);
    const { thumbprint: _, ...connect } = tls ?? {};
    this.#settings = settings;
    this.#path = `${pathname}${search}`;
    this.#circuit = new Circuit(circuit, (state) => {
      if (state === 'open') for (const call of this.#waiting.splice(0)) call.fail(OPEN);
      onCircuit(state);
    });
    this.#origin = origin;
    this.#options = {
      pipelining: 1,
      connect,
      connectTimeout: Math.min(timeout, CONNECT_TIMEOUT),
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE_AT_MOST,
      // undici's own would start anew with every chunk.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  /** What an operator sees of it. */
  get standing(): { readonly circuit: CircuitState; readonly active: number; readonly waiting: number } {
    return { circuit: this.#circuit.state, active: this.#active, waiting: this.#waiting.length };
  }

  /**
   * Posts one GraphQL request. That there is no whole answer to read is a value too.
   *
   * @param body exactly the bytes that the internal token binds
   * @param headers all of them, names and values alternating
   * @param deadline milliseconds of `performance.now()`: when the request that the call is for has to be answered
   */
  post(
    body: string | Buffer,
    headers: string[],
    deadline: number,
  ): Promise<Received | DepartmentCallError> | Received | DepartmentCallError {
    const { timeout, connections, queue, answerSize, underWay } = this.#settings;
    const started = performance.now();
    if (deadline <= started) return new DepartmentCallError('timeout', 'the time of the whole request is over');
    const mustWait = this.#active >= connections;
    if (mustWait && this.#waiting.length >= queue) return BUSY;
    const generation = this.#circuit.admit(started);
    if (generation === undefined) return OPEN;
    return new Promise((resolve) => {
      const call = new DepartmentCall({
        request: { method: 'POST', path: this.#path, headers, body },
        started,
        deadline: Math.min(deadline, started + timeout),
        answerSize,
        generation,
        owner: this,
        underWay,
        resolve,
      });
      if (mustWait) this.#waiting.push(call);
      else this.#dispatch(call);
    });
  }

  ended(call: DepartmentCall, result: Received | DepartmentCallError): void {
    if (!call.sent) this.#leave(call);
    const { generation, started, deadline } = call.settings;
    if (!(result instanceof DepartmentCallError)) {
      if (NOBODY_THERE.has(result.status)) this.#circuit.failed(generation, performance.now());
      else this.#circuit.succeeded(generation);
    } else if (result.failure === 'invalid') {
      // It answers. That it answers nonsense costs little, and a caller's own request may be the cause.
      this.#circuit.succeeded(generation);
    } else {
      // What waited here, or was given a remnant of its request's time, says nothing of the department.
      const fair = call.sent && (result.failure !== 'timeout' || deadline - started >= this.#settings.timeout / 2);
      if (fair && result.failure !== 'busy') this.#circuit.failed(generation, performance.now());
      else this.#circuit.undecided(generation, performance.now());
    }
  }

  released(connection: Client): void {
    this.#active -= 1;
    this.#free.push(connection);
    // Not at once: undici tells of a connection that failed while it still clears it, and a call that it is given meanwhile
    // is to it a fault of its own, which ends the process.
    if (this.#waiting.length > 0) queueMicrotask(() => this.#sendWaiting());
  }

  #sendWaiting(): void {
    while (this.#active < this.#settings.connections) {
      const call = this.#waiting.shift();
      if (!call) return;
      this.#dispatch(call);
    }
  }

  /** Before it was its turn. Those whose time is over stand in front, so little is looked through. */
  #leave(call: DepartmentCall): void {
    const at = this.#waiting.indexOf(call);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #dispatch(call: DepartmentCall): void {
    const connection = this.#free.pop() ?? this.#connect();
    this.#active += 1;
    call.sentOn(connection);
  }

  #connect(): Client {
    const connection = new Client(this.#origin, this.#options);
    this.#connections.push(connection);
    return connection;
  }
}
