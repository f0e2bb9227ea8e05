import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/index.ts';
import type { Answer, Outcome, ReceivedRequest, RequestContext } from '../context.ts';
import type { DocumentLookup } from '../documents/index.ts';
import { PublicError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { RecordKeeper } from '../ledger/keeper.ts';
import { DocumentGate } from '../limits/gate.ts';
import type { Load } from '../load.ts';
import type { Principal } from '../policy/principal.ts';
import type { Quotas } from '../quotas/index.ts';
import { rateLimitHeaders } from '../quotas/standing.ts';
import type { SignAnswer } from '../signing/answer.ts';
import { digestsOf } from '../signing/digest.ts';
import { ofWrite } from '../signing/unsigned-write.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type SpanFacts, traced } from '../telemetry/trace.ts';
import type { RequestTrace, Tracing } from '../telemetry/tracing.ts';
import type { Turns } from '../turns.ts';
import { authenticate, countRequest } from './authenticate.ts';
import { withRegisteredText } from './persisted.ts';
import type { Protocol } from './protocol.ts';
import { readBody, receive, textOf } from './receive.ts';
import { nonceHeader, refusal, respond } from './respond.ts';

/**
 * The way of one request, in order. Each step may refuse, and every refusal is answered and logged like any other answer.
 *
 * | step         | where                            | does                                                                 |
 * |--------------|----------------------------------|----------------------------------------------------------------------|
 * | receive      | receive.ts, load.ts              | request id, language, room for one more                              |
 * | authenticate | authenticate.ts, identity/       | token → principal, before any GraphQL is parsed; quotas              |
 * | read         | turns.ts, receive.ts             | its turn; method, media type, JSON                                   |
 * | document     | persisted.ts, documents/         | a registered operation by its hash; for some callers, nothing else   |
 * | prepare      | limits/, protocol.ts, operation/ | limits; then CSRF, persisted query, parse, validate; variables, cost |
 * | authorize    | authorize.ts, policy/            | principal × purpose × coordinates → what is permitted                |
 * | execute      | execute.ts, execution/           | the permitted shape, in private names, planned; department calls     |
 * | complete     | execution/complete.ts            | the answer in the caller's words, denied fields null                 |
 * | audit        | ledger/keeper.ts                 | the record of the request, durable before its answer leaves          |
 * | respond      | respond.ts, signing/             | status, headers, the signature over all of it; the one log line      |
 */
export interface PipelineParts {
  readonly config: GatewayConfig;
  readonly identity: Identity;
  readonly quotas: Quotas;
  readonly documents: DocumentLookup;
  readonly protocol: Protocol;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent where nothing is traced. */
  readonly tracing: Tracing | undefined;
  /** Whether one request more can be taken. */
  readonly load: Load;
  /** When it begins. */
  readonly turns: Turns;
  /** Absent where no ledger is kept. */
  readonly keeper?: RecordKeeper | undefined;
  /** Absent where answers leave without a signature. */
  readonly sign?: SignAnswer | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** An address of the gateway that takes GraphQL: what it answers with is all that sets one apart from another. */
export interface Endpoint {
  readonly methods: readonly string[];
  /** The message of the one log line. */
  readonly logged: string;
  readonly answer: (request: ReceivedRequest, body: unknown, context: RequestContext) => Promise<Answer>;
  /** Answers what repeats an operation that was found in order before; undefined for anything else. */
  readonly repeat?: (request: ReceivedRequest, body: unknown, context: RequestContext) => Promise<Answer> | undefined;
}

/** `/graphql` */
const graphql = (protocol: Protocol): Endpoint => ({
  methods: ['GET', 'POST'],
  logged: 'request',
  answer: (request, body, context) => protocol.answer(request, body, context),
  repeat: (request, body, context) => protocol.repeat(request, body, context),
});

export type Pipeline = (request: ReceivedRequest) => Promise<Answer>;

export const pipeline = (parts: PipelineParts, endpoint: Endpoint = graphql(parts.protocol)): Pipeline => {
  const { identity, quotas, turns, documents, log, metrics, tracing, keeper, sign, now } = parts;
  const limits = new DocumentGate(parts.config.limits);
  const { timeout } = parts.config.execution;
  return async (request) => {
    const started = performance.now();
    const received = receive(request);
    const trace = tracing?.begin(request);
    const outcome: Outcome = { codes: new Set(), denied: 0 };
    if (keeper) outcome.record = keeper.draft();
    let principal: Principal | undefined;
    let answer: Answer;
    try {
      parts.load.check();
      const bearer = traced(trace, 'token', () => authenticate(request, identity, outcome, now()));
      principal = bearer instanceof Promise ? await bearer : bearer;
      const counting = countRequest(principal, quotas, outcome);
      if (counting) await counting;
      // Only now: a flood of what is refused before this takes nobody’s turn, and no room.
      const turn = turns.wait();
      if (turn) await turn;
      const { requestId, language } = received;
      const deadline = started + timeout;
      const context: RequestContext = { requestId, language, principal, deadline, outcome, trace };
      const asked = { request, body: readBody(request, endpoint.methods) };
      // From here to the schema that the protocol layer takes nothing is waited for but promises: texts and schema are of
      // one moment, though a reload may come at any time.
      const told = withRegisteredText(asked, principal, documents);
      if (told.registered) outcome.operationHash = told.registered.hash;
      if (outcome.record) outcome.record.document = told.registered?.name;
      const repeated = endpoint.repeat?.(told.request, told.body, context);
      if (repeated === undefined) limits.check(textOf(told.request, told.body));
      answer = await (repeated ?? endpoint.answer(told.request, told.body, context));
    } catch (error) {
      if (!(error instanceof PublicError))
        log.error({ requestId: received.requestId, failure: 'internal', err: error });
      else if (error.code === 'UNAUTHENTICATED') metrics.refusedToken(String(error.data.reason));
      answer = refusal(
        error instanceof PublicError ? error : new PublicError('INTERNAL_SERVER_ERROR'),
        request,
        received,
      );
      outcome.codes.add(error instanceof PublicError ? error.code : 'INTERNAL_SERVER_ERROR');
    }
    let digests = keeper || sign ? digestsOf(request, answer) : undefined;
    if (keeper && digests) {
      const given = answer;
      const ended = { request, context: received, principal, outcome, digests };
      answer = await traced(trace, 'audit', () => keeper.keep(given, ended));
      if (answer.body !== given.body) digests = digestsOf(request, answer);
    }
    const seconds = (performance.now() - started) / 1_000;
    metrics.request(answer.status, seconds);
    trace?.end(traceFacts(received.requestId, principal, outcome, answer.status), answer.status >= 500);
    if (log.isLevelEnabled('info')) {
      log.info(logLine(received.requestId, principal, outcome, answer.status, seconds, trace), endpoint.logged);
    }
    const leaving = respond(answer, received, moreHeaders(outcome, identity.nonce(now())));
    if (!sign || !digests) return leaving;
    const signed = sign(leaving, digests);
    return outcome.record?.intent === undefined ? signed : ofWrite(signed);
  };
};

/** Of this one answer; most have none. */
const moreHeaders = ({ quotas }: Outcome, nonce: string | undefined): Readonly<Record<string, string>> | undefined =>
  quotas === undefined && nonce === undefined
    ? undefined
    : { ...rateLimitHeaders(quotas ?? []), ...nonceHeader(nonce) };

/** What is told of a request: who, for what purpose, how it ended. Never its text, its variables or any value. */
const logLine = (
  requestId: string,
  principal: Principal | undefined,
  outcome: Outcome,
  status: number,
  seconds: number,
  trace: RequestTrace | undefined,
) => ({
  requestId,
  traceId: trace?.id,
  ...(principal?.kind === 'authenticated'
    ? { issuer: principal.issuer, client: principal.clientId, org: principal.org, purpose: principal.purpose }
    : { client: principal?.kind }),
  operation: outcome.operation,
  operationHash: outcome.operationHash,
  denied: outcome.denied,
  codes: outcome.codes.size > 0 ? [...outcome.codes] : undefined,
  status,
  milliseconds: Math.round(seconds * 1e6) / 1e3,
});

/** What a trace tells of a request: less than the log line, because it may go to another machine. */
const traceFacts = (
  requestId: string,
  principal: Principal | undefined,
  { operation, operationHash, denied }: Outcome,
  status: number,
): SpanFacts => ({
  'lienthong.request': requestId,
  'graphql.operation.type': operation,
  'lienthong.operation': operationHash,
  'lienthong.client': principal?.kind === 'authenticated' ? principal.clientId : principal?.kind,
  'lienthong.purpose': principal?.kind === 'authenticated' ? principal.purpose : undefined,
  'lienthong.denied': denied,
  'http.response.status_code': status,
});
