import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { isErrorCode, type Messages, PublicError } from '../errors.ts';
import type { CallerIdentity, TokenSigner } from '../internal-token/signer.ts';
import type { DepartmentStatus } from '../ledger/draft.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { CallOutcome, Metrics } from '../telemetry/metrics.ts';
import type { Span, Trace } from '../telemetry/trace.ts';
import type { AnswerShape, FaultPath } from './answer-shape.ts';
import { Batches } from './batching/batches.ts';
import { bodyOf, type EntityCall, entityCall } from './batching/entity-call.ts';
import {
  type CallFailure,
  DepartmentCallError,
  type ParsedAnswer,
  parsedAnswer,
  type Received,
} from './department-answer.ts';
import type { DepartmentClient } from './department-client.ts';
import type { Execution } from './engine.ts';
import { type CallAsked, isPathWithin, placeOfCall, placeOfEntity } from './place-of-call.ts';
import { redactNumbers } from './redact.ts';
import type { Sharing } from './sharing.ts';

export interface SourceParts {
  readonly department: DepartmentFacts;
  readonly client: Pick<DepartmentClient, 'post'>;
  readonly shape: AnswerShape;
  readonly sign: TokenSigner;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where equal queries that are under way share a call. */
  readonly sharing?: SharingParts | undefined;
}

export interface SharingParts {
  readonly calls: Sharing;
  readonly identityOf: CallerIdentity;
  /** Milliseconds for which entity calls are gathered; undefined: they are not. */
  readonly batchDelay?: number | undefined;
}

/** Codes by which a department speaks to the caller. All its other errors are masked. */
const SPOKEN = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT']);

/** A department that re-checks its own rules refuses a field. Our defect or its own, so callers are not told. */
const REFUSED_BY_DEPARTMENT = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** Errors taken from one answer: each is a line of the log and a part of the caller's answer. */
const MAX_ERRORS = 100;

/** What the caller is told of a call that failed as a whole. */
const CODE_OF = {
  unavailable: 'DEPARTMENT_UNAVAILABLE',
  open: 'DEPARTMENT_UNAVAILABLE',
  busy: 'DEPARTMENT_UNAVAILABLE',
  timeout: 'DEPARTMENT_TIMEOUT',
  invalid: 'DEPARTMENT_ERROR',
} as const satisfies Record<CallFailure, string>;

/** Calls that were not made: that the circuit opened is logged once, and under load each line is load as well. */
const UNLOGGED: ReadonlySet<CallFailure> = new Set(['open', 'busy']);

/** Who a call is made for. */
export type Caller = Pick<Execution, 'principal' | 'requestId' | 'language' | 'deadline' | 'trace' | 'outcome'>;

/** One call as far as its answer is judged by it. */
export interface Asked extends CallAsked {
  /** The types of the representations, in their order. */
  readonly types: readonly string[];
  readonly execution: Caller;
}

/** One of several calls that share an answer. */
export interface SharedPart {
  readonly asked: Asked;
  /** Its part, under the names that it would have alone. */
  readonly partOf: (answer: ParsedAnswer) => ParsedAnswer;
}

export type Processed = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** One department as the planner's data source: signs the hop, calls, and masks what must not leave. */
export class DepartmentSource implements GraphQLDataSource {
  /** Whether entity calls of several requests may be made as one: then they are to be sent by {@link sendEntities}. */
  readonly batches: boolean;
  readonly #parts: SourceParts;
  readonly #place: number | undefined;
  readonly #batches: Batches | undefined;

  constructor(parts: SourceParts) {
    this.#parts = parts;
    const { calls, batchDelay } = parts.sharing ?? {};
    this.#place = calls?.place();
    if (calls && batchDelay !== undefined) this.#batches = this.#batching(calls, batchDelay);
    this.batches = this.#batches !== undefined;
  }

  async process(options: GraphQLDataSourceProcessOptions): Promise<Processed> {
    const { query = '', variables } = options.request;
    const asked: Asked = {
      query,
      types: typesOf(variables?.representations),
      path: 'pathInIncomingRequest' in options ? (options.pathInIncomingRequest ?? []) : [],
      execution: options.context as Execution,
    };
    const entities = this.batches ? entityCall(query, variables) : undefined;
    const sent = entities
      ? await this.sendEntities(entities, asked.execution)
      : await this.send(JSON.stringify({ query, variables }), asked.execution, !isMutation(query));
    return 'failure' in sent ? this.failed(sent, asked) : this.read(sent, asked);
  }

  /**
   * Calls the department. A call that failed is logged and is a value, because it concerns each of those who share it. What
   * came is counted when it is read: whether it holds errors is not known before.
   *
   * @param body `{"query", "variables"}`: the planner's operation name holds nothing we want to tell
   * @param repeatable whether it changes nothing: it is asked once more where the connection failed before any answer, as
   * one that was kept does when the department closes it at that moment
   */
  async send(body: string | Buffer, caller: Caller, repeatable: boolean): Promise<Received | DepartmentCallError> {
    const calls = this.#parts.sharing?.calls;
    const received =
      calls && repeatable && caller.deadline > performance.now()
        ? await this.#shared(body, caller, calls)
        : await this.#call(repeatable, () => this.#post(body, caller));
    if (!repeatable) calls?.wrote();
    return this.#noted(received, caller);
  }

  /** The same of a call for entities, which may become one with those of other requests. */
  async sendEntities(call: EntityCall, caller: Caller): Promise<Received | DepartmentCallError> {
    if (!this.#batches?.takes(call, caller.deadline)) return this.send(bodyOf(call), caller, true);
    const { department, sign } = this.#parts;
    const span = caller.trace?.begin('department', { 'lienthong.department': department.name });
    // By the body nothing is signed where tokens are of the channel, and with others nothing is shared.
    const token = await sign(caller.principal, caller.requestId, call.head);
    return this.#noted(withSpan(await this.#batches.join(token, { call, caller, span }), span), caller);
  }

  #batching(calls: Sharing, delay: number): Batches {
    const { department, log } = this.#parts;
    return new Batches({
      delay,
      ask: (body, token, { caller, span }, deadline) => this.#joined(body, { ...caller, deadline }, calls, span, token),
      undivided: (result, sharers) => {
        const requestId = sharers[0]?.caller.requestId;
        const facts = { requestId, department: department.name, failure: 'batch', requests: sharers.length };
        log.warn(facts, 'what was asked for together is asked for one by one');
        if (result instanceof DepartmentCallError) return;
        const answer = parsedAnswer(result.status, result.parts);
        this.#ended(result, answer instanceof DepartmentCallError ? answer.failure : 'errors');
      },
    });
  }

  #noted(received: Received | DepartmentCallError, caller: Caller): Received | DepartmentCallError {
    const { department, log } = this.#parts;
    if (!(received instanceof DepartmentCallError)) {
      this.#note(caller, 'answered');
      return received;
    }
    const { failure } = received;
    if (!UNLOGGED.has(failure)) {
      log.error({ requestId: caller.requestId, department: department.name, failure, err: received });
    }
    return received;
  }

  /** One call, counted where it failed. */
  async #call(
    repeatable: boolean,
    post: () => ReturnType<DepartmentClient['post']>,
  ): Promise<Received | DepartmentCallError> {
    const { department, metrics } = this.#parts;
    const started = performance.now();
    let received = await post();
    if (repeatable && received instanceof DepartmentCallError && received.repeatable) {
      metrics.departmentRetry(department.name);
      received = await post();
    }
    if (received instanceof DepartmentCallError) {
      metrics.departmentCall(department.name, received.failure, (performance.now() - started) / 1_000);
    }
    return received;
  }

  /**
   * A query that joins an equal one under way: equal in all that the department can see or decide by but the request's id and
   * trace, which are those of the first. Each has a span of its own, and waits until its own deadline.
   */
  async #shared(body: string | Buffer, caller: Caller, calls: Sharing): Promise<Received | DepartmentCallError> {
    const span = caller.trace?.begin('department', { 'lienthong.department': this.#parts.department.name });
    return withSpan(await this.#joined(body, caller, calls, span), span);
  }

  /** @param token the one to be sent; absent: the caller's is made, or found */
  #joined(
    body: string | Buffer,
    caller: Caller,
    calls: Sharing,
    span: Span | undefined,
    token?: string,
  ): Promise<Received | DepartmentCallError> {
    const { principal, requestId, language } = caller;
    const begin = async () => {
      // Not the first one's deadline: others may have more time.
      const patient = { ...caller, deadline: performance.now() + calls.patience };
      const received = await this.#call(true, async () =>
        this.#postSigned(body, patient, token ?? (await this.#parts.sign(principal, requestId, body)), span),
      );
      return received instanceof DepartmentCallError ? received : { ...received, counted: { done: false } };
    };
    return calls.join(this.#key(body, principal, language), caller.deadline, begin, (unread) => {
      if (!(unread instanceof DepartmentCallError)) this.#ended(unread, 'timeout');
    });
  }

  /** No part of it but the last can hold a NUL. */
  #key(body: string | Buffer, principal: Caller['principal'], language: Caller['language']): string {
    const identity = this.#parts.sharing?.identityOf(principal);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return `${this.#place}\0${identity}\0${language}\0${bytes.toString('latin1')}`;
  }

  /** For the record of the request, if one is kept: of several calls, the worst. */
  #note({ outcome }: Caller, status: DepartmentStatus): void {
    const departments = outcome?.record?.departments;
    if (departments === undefined) return;
    const { name } = this.#parts.department;
    if (status !== 'answered' || !departments.has(name)) departments.set(name, status);
  }

  /** Signs for each attempt: a department takes a token that is bound to a request once. */
  #post(body: string | Buffer, caller: Caller): ReturnType<DepartmentClient['post']> {
    const { trace, principal, requestId } = caller;
    if (trace) return this.#postTraced(body, caller, trace);
    const token = this.#parts.sign(principal, requestId, body);
    if (typeof token !== 'string') return token.then((signed) => this.#postSigned(body, caller, signed));
    return this.#postSigned(body, caller, token);
  }

  #postSigned(
    body: string | Buffer,
    { requestId, language, deadline }: Caller,
    token: string,
    span?: Span,
  ): ReturnType<DepartmentClient['post']> {
    const headers = ['authorization', `Bearer ${token}`, 'x-request-id', requestId, 'accept-language', language];
    // Ours, or one that the configuration lets pass (DESIGN §4): of what clients send besides, nothing goes on.
    if (span) headers.push('traceparent', span.traceparent);
    return this.#parts.client.post(body, headers, deadline);
  }

  async #postTraced(body: string | Buffer, caller: Caller, trace: Trace): Promise<Received | DepartmentCallError> {
    const { department, sign } = this.#parts;
    const span = trace.begin('department', { 'lienthong.department': department.name });
    const token = await sign(caller.principal, caller.requestId, body);
    const received = await this.#postSigned(body, caller, token, span);
    if (!(received instanceof DepartmentCallError)) return { ...received, span };
    span.end({ 'lienthong.outcome': received.failure }, true);
    return received;
  }

  /** Counts an answer of which everything was as asked for; what has to be looked at is counted by `read`. */
  wellRead(received: Received): void {
    this.#ended(received, 'ok');
  }

  /** What of an answer can be used, and what the caller is told of the rest. */
  read(received: Received, asked: Asked): Processed {
    const answer = this.#parsed(received, asked.execution);
    const processed = answer instanceof DepartmentCallError ? this.failed(answer, asked) : this.#judge(answer, asked);
    this.#count(received, answer, processed.errors !== undefined);
    return processed;
  }

  /** The same of an answer that several calls share: to each its own part. */
  readShared(received: Received, parts: readonly SharedPart[], { execution }: Pick<Asked, 'execution'>): Processed[] {
    const answer = this.#parsed(received, execution);
    const all = parts.map(({ asked, partOf }) =>
      answer instanceof DepartmentCallError ? this.failed(answer, asked) : this.#judge(partOf(answer), asked),
    );
    this.#count(
      received,
      answer,
      all.some(({ errors }) => errors !== undefined),
    );
    return all;
  }

  #parsed({ status, parts }: Received, { requestId }: Caller): ParsedAnswer | DepartmentCallError {
    const answer = parsedAnswer(status, parts);
    if (answer instanceof DepartmentCallError) {
      const { department, log } = this.#parts;
      log.error({ requestId, department: department.name, failure: answer.failure, err: answer });
    }
    return answer;
  }

  #count(received: Received, answer: ParsedAnswer | DepartmentCallError, errors: boolean): void {
    this.#ended(received, answer instanceof DepartmentCallError ? answer.failure : errors ? 'errors' : 'ok');
  }

  #ended({ seconds, span, counted }: Received, outcome: CallOutcome): void {
    if (!counted?.done) {
      const whole = outcome === 'ok' && counted?.errors ? 'errors' : outcome;
      this.#parts.metrics.departmentCall(this.#parts.department.name, whole, seconds);
    }
    if (counted) counted.done = true;
    span?.end({ 'lienthong.outcome': outcome }, outcome !== 'ok');
  }

  #judge(answer: ParsedAnswer, asked: Asked): Processed {
    return this.#read(answer.data, Array.isArray(answer.errors) ? answer.errors : [], asked);
  }

  /** What the caller is told of a call that failed as a whole. */
  failed(error: DepartmentCallError, asked: Asked): Processed {
    this.#note(asked.execution, error.failure);
    return { errors: [this.#failed(error, asked)] };
  }

  /** The data as far as it is what was asked for, and one error for each place where it is not. */
  #read(received: unknown, errors: readonly unknown[], asked: Asked): Processed {
    const { query, types } = asked;
    const told = errors.slice(0, MAX_ERRORS).map((error) => this.#told(error, asked));
    // A request that failed as a whole has no data, and says so by its errors.
    const { data, faults } =
      (received === undefined || received === null) && told.length > 0
        ? { data: undefined, faults: [] }
        : this.#parts.shape.check(query, received, types);
    const unexplained = faults.filter((fault) => !told.some(({ path }) => path === undefined || overlap(path, fault)));
    const all = [...told.map(({ shown }) => shown), ...unexplained.map((fault) => this.#misshapen(fault, asked))];
    return { ...(data ? { data } : {}), ...(all.length > 0 ? { errors: all } : {}) };
  }

  /** A place of an answer that is not what was asked for. */
  #misshapen(fault: FaultPath, asked: Asked) {
    const { department, log } = this.#parts;
    const { execution } = asked;
    log.error({
      requestId: execution.requestId,
      department: department.name,
      failure: 'shape',
      // Response keys of our own document and positions in lists: no value.
      place: fault.join('.'),
    });
    const [first, index] = fault;
    const whole = first === undefined || (first === '_entities' && index === undefined);
    return placed(this.#masked('DEPARTMENT_ERROR', execution), whole ? placeOfCall(asked) : placeAt(fault, asked));
  }

  /** What a department says to the caller, in the caller's language; everything else only reaches the log. */
  #told(error: unknown, asked: Asked): ToldError {
    const { department, log } = this.#parts;
    const { execution } = asked;
    const { extensions = {}, path: claimed, message } = toError(error);
    const messages = bilingual(extensions.messages);
    // A path is shown to the caller: it may hold nothing but names that we asked for.
    const path = claimed && claimed.length > 0 && isPathWithin(asked.query, claimed) ? claimed : undefined;
    const place: Place = path ? placeAt(path, asked) : placeOfCall(asked);
    if (isErrorCode(extensions.code) && SPOKEN.has(extensions.code) && messages) {
      const data = {
        department: department.name,
        ...texts({ reason: extensions.reason, argument: extensions.argument }),
      };
      return {
        path,
        shown: placed(new PublicError(extensions.code, { messages, data }).format(execution.language), place),
      };
    }
    log.error({
      requestId: execution.requestId,
      department: department.name,
      // Nothing that was filtered here is ever refused there: one of the two is wrong about a rule.
      failure: extensions.code === REFUSED_BY_DEPARTMENT ? 'refused' : 'error',
      ...texts({ code: extensions.code, reason: extensions.reason, coordinate: extensions.coordinate }),
      detail: message === undefined ? undefined : redactNumbers(message),
    });
    return { path, shown: placed(this.#masked('DEPARTMENT_ERROR', execution), place) };
  }

  #failed(error: DepartmentCallError, asked: Asked) {
    return placed(this.#masked(CODE_OF[error.failure], asked.execution), placeOfCall(asked));
  }

  #masked(code: (typeof CODE_OF)[CallFailure], { language }: Caller) {
    return new PublicError(code, { data: { department: this.#parts.department.name } }).format(language);
  }
}

const withSpan = (received: Received | DepartmentCallError, span: Span | undefined): Received | DepartmentCallError => {
  if (!span) return received;
  if (!(received instanceof DepartmentCallError)) return { ...received, span };
  span.end({ 'lienthong.outcome': received.failure }, true);
  return received;
};

/** An error of a department as the caller will see it. */
interface ToldError {
  /** As the department gave it; undefined where the error concerns the whole call. */
  readonly path: FaultPath | undefined;
  readonly shown: GraphQLFormattedError;
}

interface ReceivedError {
  readonly message?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** By the planner's own text, which begins with the kind of the operation; a query may leave it out. */
const isMutation = (query: string): boolean => query.startsWith('mutation');

/** A department may answer anything: only members of the expected shape are taken. */
const toError = (error: unknown): ReceivedError => {
  if (typeof error !== 'object' || error === null) return {};
  const { message, path, extensions } = error as Record<string, unknown>;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number') ? { path } : {}),
    ...(typeof extensions === 'object' && extensions !== null ? { extensions: { ...extensions } } : {}),
  };
};

const bilingual = (messages: unknown): Messages | undefined => {
  if (typeof messages !== 'object' || messages === null) return undefined;
  const { vi, en } = messages as Record<string, unknown>;
  return typeof vi === 'string' && typeof en === 'string' ? { vi, en } : undefined;
};

type Place = Pick<GraphQLFormattedError, 'path' | 'extensions'>;

const placeAt = (path: FaultPath, { query }: Asked): Place => ({ path: placeOfEntity(query, path) });

const placed = (error: GraphQLFormattedError, place: Place): GraphQLFormattedError => ({
  ...error,
  ...place,
  extensions: { ...error.extensions, ...place.extensions },
});

const texts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

/** Whether one of two paths leads to the other: a null and the error that explains it need not stand at one depth. */
const overlap = (a: FaultPath, b: FaultPath): boolean =>
  [...a.keys()].slice(0, b.length).every((depth) => a[depth] === b[depth]);

/** The types of the entities that a call asks for, in their order. */
const typesOf = (representations: unknown): string[] =>
  Array.isArray(representations)
    ? representations.map((representation: { readonly __typename?: unknown }) => String(representation.__typename))
    : [];
