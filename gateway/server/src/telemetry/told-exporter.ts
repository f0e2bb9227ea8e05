import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';

/** Milliseconds between two lines about a collector that does not take what it is sent. */
const QUIET = 60_000;

type Exported = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** ExportResultCode.SUCCESS of @opentelemetry/core, which is no dependency for this one number. */
const SUCCESS = 0;

/** Sends spans, and says now and then how many were lost: without it a collector that is away would never be noticed. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  #lost = 0;
  #quietUntil = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds, never going back */
  constructor(exporter: SpanExporter, log: Pick<Logger, 'warn'>, now: () => number = () => performance.now()) {
    this.#exporter = exporter;
    this.#log = log;
    this.#now = now;
  }

  export(spans: ReadableSpan[], done: (result: Exported) => void): void {
    this.#exporter.export(spans, ({ code, error }) => {
      if (code !== SUCCESS) this.#failed(spans.length, error);
      // Told here; the SDK would tell it a second time, in its own words.
      done({ code: SUCCESS });
    });
  }

  #failed(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    const now = this.#now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET;
    // Not the error itself: it may carry what the collector answered.
    this.#log.warn({ failure: 'tracing', lost: this.#lost, reason: reasonOf(error) }, 'spans could not be sent');
    this.#lost = 0;
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** Of a system's error its code, of an HTTP answer its status. */
const reasonOf = (error: Error | undefined): string | undefined => {
  const code: unknown = error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  return error?.message.slice(0, 200);
};
