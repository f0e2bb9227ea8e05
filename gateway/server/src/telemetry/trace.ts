/**
 * What a span may tell of a request: our own words, counts, a hash. The list is closed on purpose: an operation's text,
 * variables, answers, tokens and personal numbers have no place to stand in.
 */
export interface SpanFacts {
  /** The id that logs and departments know the request by. */
  readonly 'lienthong.request'?: string | undefined;
  readonly 'graphql.operation.type'?: string | undefined;
  /** `operationHash` of the request's outcome. */
  readonly 'lienthong.operation'?: string | undefined;
  /** As it was registered; `anonymous` without a token. */
  readonly 'lienthong.client'?: string | undefined;
  readonly 'lienthong.purpose'?: string | undefined;
  /** How many fields were denied. */
  readonly 'lienthong.denied'?: number | undefined;
  readonly 'http.response.status_code'?: number | undefined;
  readonly 'lienthong.department'?: string | undefined;
  /** As the metrics count a call to a department. */
  readonly 'lienthong.outcome'?: string | undefined;
}

export type SpanName = 'token' | 'authorize' | 'compile' | 'plan' | 'department' | 'audit';

/** One step of a request while it goes on. */
export interface Span {
  /** The header by which what is called belongs to this step (W3C Trace Context). */
  readonly traceparent: string;
  end(facts?: SpanFacts, failed?: boolean): void;
}

/**
 * What is told of one request besides its log line. A request that is not sampled has none, so all that it costs is to see
 * that there is none; it goes along in the request's context, because storage that follows promises costs every promise.
 */
export interface Trace {
  begin(name: SpanName, facts?: SpanFacts): Span;
}

/** Does something as a step of its own, where there is a trace. */
export const traced = <Given extends Promise<unknown> | object>(
  trace: Trace | undefined,
  name: SpanName,
  act: () => Given,
): Given | Promise<Awaited<Given>> => (trace === undefined ? act() : asStep(trace.begin(name), act));

const asStep = async <Given>(span: Span, act: () => Given): Promise<Awaited<Given>> => {
  try {
    const result = await act();
    span.end();
    return result;
  } catch (error) {
    // That it failed, and nothing of why: messages may quote what the caller wrote.
    span.end({}, true);
    throw error;
  }
};
