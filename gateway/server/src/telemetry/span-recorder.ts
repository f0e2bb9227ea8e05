import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';

import { ToldExporter } from './told-exporter.ts';
import type { Span, SpanFacts, SpanName } from './trace.ts';
import { type TraceParent, writeTraceParent } from './trace-parent.ts';
import type { Recorder, RequestTrace } from './tracing.ts';

/** Spans that wait to be sent; those beyond are dropped. */
const QUEUE = 2_048;
/** Spans sent at once: what they take to be written must not hold up requests. */
const BATCH = 256;
/** Milliseconds until what has ended is sent. */
const DELAY = 2_000;
/** Milliseconds for one batch, attempts included. */
const EXPORT_TIMEOUT = 2_000;
/** Milliseconds for what is left at the end: the drain has ten seconds for everything. */
const LAST_TIMEOUT = 2_000;

type OpenTelemetrySpan = ReturnType<ReturnType<BasicTracerProvider['getTracer']>['startSpan']>;
type Tracer = ReturnType<BasicTracerProvider['getTracer']>;

/**
 * Spans by OpenTelemetry, sent over OTLP/HTTP. Nothing of it is registered globally, and no context follows promises: each
 * span is given its parent. Of the environment OTEL_EXPORTER_OTLP_HEADERS and _CERTIFICATE count, which hold what the
 * collector asks for; where spans go is for the configuration alone to say.
 */
export class SpanRecorder implements Recorder {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;

  constructor(endpoint: string, log: Logger) {
    const exporter = new ToldExporter(
      new OTLPTraceExporter({ url: endpoint, timeoutMillis: EXPORT_TIMEOUT, concurrencyLimit: 4 }),
      log,
    );
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'lienthong-gateway', 'process.pid': process.pid }),
      // Whether a request is sampled was decided before this was asked.
      sampler: new AlwaysOnSampler(),
      spanProcessors: [
        new BatchSpanProcessor(exporter, {
          maxQueueSize: QUEUE,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: DELAY,
          exportTimeoutMillis: 2 * EXPORT_TIMEOUT,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer('lienthong');
  }

  begin(parent: TraceParent | undefined): RequestTrace {
    return new RecordedTrace(this.#tracer, parent);
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_TIMEOUT);
    });
    await Promise.race([this.#provider.shutdown(), late]).finally(() => clearTimeout(timer));
  }
}

class RecordedTrace implements RequestTrace {
  readonly id: string;
  readonly #tracer: Tracer;
  readonly #span: OpenTelemetrySpan;
  readonly #within: Context;

  constructor(tracer: Tracer, parent: TraceParent | undefined) {
    this.#tracer = tracer;
    const outside =
      parent === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId: parent.traceId,
            spanId: parent.spanId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          });
    this.#span = tracer.startSpan('request', { kind: SpanKind.SERVER }, outside);
    this.#within = trace.setSpan(ROOT_CONTEXT, this.#span);
    this.id = this.#span.spanContext().traceId;
  }

  begin(name: SpanName, facts: SpanFacts = {}): Span {
    const kind = name === 'department' ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const span = this.#tracer.startSpan(name, { kind, attributes: facts as Attributes }, this.#within);
    const { traceId, spanId } = span.spanContext();
    return {
      traceparent: writeTraceParent({ traceId, spanId, sampled: true }),
      end: (more = {}, failed = false) => end(span, more, failed),
    };
  }

  end(facts: SpanFacts, failed: boolean): void {
    end(this.#span, facts, failed);
  }
}

const end = (span: OpenTelemetrySpan, facts: SpanFacts, failed: boolean): void => {
  span.setAttributes(facts as Attributes);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
};
