import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { Logger } from 'pino';

import type { CallerIdentity, TokenSigner } from '../internal-token/signer.ts';
import type { DepartmentStatus } from '../ledger/draft.ts';
import type { DepartmentFacts } from '../supergraph/department-scopes.ts';
import type { CallOutcome, Metrics } from '../telemetry/metrics.ts';
import type { Span, Trace } from '../telemetry/trace.ts';
import type { AnswerShape } from './answer-shape.ts';
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
import { AnswerJudge } from './department-judge.ts';
import type { Execution } from './engine.ts';
import type { CallAsked } from './place-of-call.ts';
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

/** One department as the planner's data source: signs the hop, calls, and counts what comes of it (department-judge.ts judges it). */
export class DepartmentSource implements GraphQLDataSource {
  /** Whether entity calls of several requests may be made as one: then they are to be sent by {@link sendEntities}. */
  readonly batches: boolean;
  readonly #parts: SourceParts;
  readonly #judge: AnswerJudge;
  readonly #place: number | undefined;
  readonly #batches: Batches | undefined;

  constructor(parts: SourceParts) {
    this.#parts = parts;
    this.#judge = new AnswerJudge(parts);
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
    const started = performance.now();
    if (calls && repeatable && caller.deadline > started) {
      return this.#noted(await this.#shared(body, caller, calls), caller);
    }
    let received = await this.#post(body, caller);
    if (received instanceof DepartmentCallError) {
      received = await this.#again(received, repeatable, started, () => this.#post(body, caller));
    }
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

  /** What becomes of a call that failed: it is made once more where it may be, and counted where that fails too. */
  async #again(
    failed: DepartmentCallError,
    repeatable: boolean,
    started: number,
    post: () => ReturnType<DepartmentClient['post']>,
  ): Promise<Received | DepartmentCallError> {
    const { department, metrics } = this.#parts;
    let received: Received | DepartmentCallError = failed;
    if (repeatable && failed.repeatable) {
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
      const started = performance.now();
      const post = async () =>
        this.#postSigned(body, patient, token ?? (await this.#parts.sign(principal, requestId, body)), span);
      let received = await post();
      if (received instanceof DepartmentCallError) received = await this.#again(received, true, started, post);
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
    const headers = [
      'authorization',
      `Bearer ${token}`,
      'x-request-id',
      requestId,
      'accept-language',
      language,
      'content-type',
      'application/json',
      'accept',
      'application/graphql-response+json, application/json;q=0.9',
    ];
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
    const processed =
      answer instanceof DepartmentCallError ? this.failed(answer, asked) : this.#judge.judge(answer, asked);
    this.#count(received, answer, processed.errors !== undefined);
    return processed;
  }

  /** The same of an answer that several calls share: to each its own part. */
  readShared(received: Received, parts: readonly SharedPart[], { execution }: Pick<Asked, 'execution'>): Processed[] {
    const answer = this.#parsed(received, execution);
    const all = parts.map(({ asked, partOf }) =>
      answer instanceof DepartmentCallError ? this.failed(answer, asked) : this.#judge.judge(partOf(answer), asked),
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

  /** What the caller is told of a call that failed as a whole. */
  failed(error: DepartmentCallError, asked: Asked): Processed {
    this.#note(asked.execution, error.failure);
    return this.#judge.failed(error, asked);
  }
}

const withSpan = (received: Received | DepartmentCallError, span: Span | undefined): Received | DepartmentCallError => {
  if (!span) return received;
  if (!(received instanceof DepartmentCallError)) return { ...received, span };
  span.end({ 'lienthong.outcome': received.failure }, true);
  return received;
};

/** By the planner's own text, which begins with the kind of the operation; a query may leave it out. */
const isMutation = (query: string): boolean => query.startsWith('mutation');

/** The types of the entities that a call asks for, in their order. */
const typesOf = (representations: unknown): string[] =>
  Array.isArray(representations)
    ? representations.map((representation: { readonly __typename?: unknown }) => String(representation.__typename))
    : [];
