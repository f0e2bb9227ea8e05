import type { Logger } from 'pino';

import type { ReceivedRequest } from '../context.ts';
import type { Span, SpanFacts, Trace } from './trace.ts';
import { readTraceParent, type TraceParent, writeTraceParent } from './trace-parent.ts';

export interface TracingSettings {
  /** Where spans go: an OTLP/HTTP collector. */
  readonly endpoint: string;
  /** The share of requests, 0 to 1. */
  readonly sampling: number;
  /** Whether a caller's `traceparent` is continued and its decision to sample followed. */
  readonly trustIncoming: boolean;
}

/** The trace of one request, from its beginning to its end. */
export interface RequestTrace extends Trace {
  /** For the log line; undefined where no span is recorded. */
  readonly id: string | undefined;
  end(facts: SpanFacts, failed: boolean): void;
}

/** What records spans and sends them away. */
export interface Recorder {
  /** Begins the trace of a request, below the caller's span where it is continued. */
  begin(parent: TraceParent | undefined): RequestTrace;
  /** Sends what is left, as far as that can be done soon. */
  close(): Promise<void>;
}

/** Decides, before anything else is done for it, whether a request is traced. */
export class Tracing {
  readonly #settings: Pick<TracingSettings, 'sampling' | 'trustIncoming'>;
  readonly #recorder: Recorder;
  readonly #random: () => number;

  constructor(
    settings: Pick<TracingSettings, 'sampling' | 'trustIncoming'>,
    recorder: Recorder,
    random: () => number = Math.random,
  ) {
    this.#settings = settings;
    this.#recorder = recorder;
    this.#random = random;
  }

  /** Undefined for a request that is not traced. */
  begin({ headers }: Pick<ReceivedRequest, 'headers'>): RequestTrace | undefined {
    const { sampling, trustIncoming } = this.#settings;
    // Of somebody who is not trusted not even the id is taken: it could be a known one, or hold a message.
    const parent = trustIncoming ? readTraceParent(headers.traceparent) : undefined;
    if (parent && !parent.sampled) return new Passed(parent);
    if (parent || this.#random() < sampling) return this.#recorder.begin(parent);
    return undefined;
  }

  close(): Promise<void> {
    return this.#recorder.close();
  }
}

/** A trace that the caller began and does not want recorded: departments are told of it as we were. */
class Passed implements RequestTrace {
  readonly id = undefined;
  readonly #span: Span;

  constructor(parent: TraceParent) {
    this.#span = { traceparent: writeTraceParent(parent), end() {} };
  }

  begin(): Span {
    return this.#span;
  }

  end(): void {}
}

/** Tracing as configured. Without the setting nothing of OpenTelemetry is loaded. */
export const startTracing = async (
  settings: TracingSettings | undefined,
  log: Logger,
): Promise<Tracing | undefined> => {
  if (settings === undefined) return undefined;
  const { SpanRecorder } = await import('./span-recorder.ts');
  return new Tracing(settings, new SpanRecorder(settings.endpoint, log));
};
