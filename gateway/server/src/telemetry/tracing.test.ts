import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';

import { SpanRecorder } from './span-recorder.ts';
import { ToldExporter } from './told-exporter.ts';
import { traced } from './trace.ts';
import type { TraceParent } from './trace-parent.ts';
import { type RequestTrace, startTracing, Tracing } from './tracing.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

/** Tracing over a recorder that only notes what it was asked for. */
const decided = (settings: { sampling: number; trustIncoming: boolean }, random: number) => {
  const begun: (TraceParent | undefined)[] = [];
  const recorded = {} as RequestTrace;
  const recorder = {
    begin(parent: TraceParent | undefined) {
      begun.push(parent);
      return recorded;
    },
    close: async () => {},
  };
  const tracing = new Tracing(settings, recorder, () => random);
  return { begun, recorded, begin: (traceparent?: string) => tracing.begin({ headers: { traceparent } }) };
};

describe('which requests are traced', () => {
  test('the share that was configured; of the others there is no object at all', () => {
    const { begin, recorded, begun } = decided({ sampling: 0.01, trustIncoming: false }, 0.0099);
    expect(begin()).toBe(recorded);
    expect(begun).toEqual([undefined]);
    expect(decided({ sampling: 0.01, trustIncoming: false }, 0.01).begin()).toBeUndefined();
    expect(decided({ sampling: 0, trustIncoming: false }, 0).begin()).toBeUndefined();
    expect(decided({ sampling: 1, trustIncoming: false }, 0.999).begin()).toBeDefined();
  });

  test('a caller who is not trusted neither forces nor prevents it, and its trace is not continued', () => {
    const not = decided({ sampling: 0.5, trustIncoming: false }, 0.9);
    expect(not.begin(`${PARENT}-01`)).toBeUndefined();
    const one = decided({ sampling: 0.5, trustIncoming: false }, 0.1);
    expect(one.begin(`${PARENT}-00`)).toBe(one.recorded);
    expect(one.begun).toEqual([undefined]);
  });

  test('a trusted caller decides; departments are told what it decided', () => {
    const { begin, begun, recorded } = decided({ sampling: 0, trustIncoming: true }, 0.9);
    expect(begin(`${PARENT}-01`)).toBe(recorded);
    expect(begun).toEqual([expect.objectContaining({ sampled: true, spanId: '00f067aa0ba902b7' })]);
    const passed = decided({ sampling: 1, trustIncoming: true }, 0).begin(`${PARENT}-00`);
    expect([passed?.id, passed?.begin('department').traceparent]).toEqual([undefined, `${PARENT}-00`]);
    expect(begin('nonsense')).toBeUndefined();
  });

  test('without the setting there is nothing', async () => {
    expect(await startTracing(undefined, pino({ level: 'silent' }))).toBeUndefined();
  });
});

interface Sent {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

/** An OTLP/HTTP collector, as far as it takes spans. */
const collector = async () => {
  const spans: Sent[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.once('end', () => {
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` };
};

describe('spans that are recorded', () => {
  const silent = pino({ level: 'silent' });

  test('reach the collector when the recorder is closed, each below its parent', async () => {
    const { spans, url } = await collector();
    const recorder = new SpanRecorder(url, silent);
    const trace = recorder.begin({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      sampled: true,
    });
    await traced(trace, 'token', async () => {});
    await expect(
      traced(trace, 'authorize', async () => {
        throw new Error('the number 051085000001');
      }),
    ).rejects.toThrow();
    const call = trace.begin('department', { 'lienthong.department': 'land' });
    call.end({ 'lienthong.outcome': 'ok' });
    trace.end({ 'lienthong.denied': 2, 'lienthong.purpose': undefined }, false);
    await recorder.close();

    expect(spans.map(({ name }) => name)).toEqual(['token', 'authorize', 'department', 'request']);
    const [token, authorize, department, request] = spans;
    expect(spans.every(({ traceId }) => traceId === trace.id)).toBe(true);
    expect(request?.parentSpanId).toBe('00f067aa0ba902b7');
    expect([token, authorize, department].map((span) => span?.parentSpanId)).toEqual(
      Array.from({ length: 3 }, () => request?.spanId),
    );
    expect(call.traceparent).toBe(`00-${trace.id}-${department?.spanId}-01`);
    // SERVER and CLIENT as OTLP numbers them; ERROR is 2.
    expect([request?.kind, department?.kind, authorize?.status.code]).toEqual([2, 3, 2]);
    expect(request?.attributes).toEqual([{ key: 'lienthong.denied', value: { intValue: 2 } }]);
    // That it failed, and not why.
    expect(JSON.stringify(spans)).not.toContain('051085000001');
  });

  test('a collector that is away: one line a minute, and the end is not held up', async () => {
    const lines: string[] = [];
    const recorder = new SpanRecorder(
      'http://127.0.0.1:9/v1/traces',
      pino({}, { write: (line: string) => lines.push(line) }),
    );
    for (let n = 0; n < 600; n += 1) recorder.begin(undefined).end({}, false);
    await recorder.close();
    expect(lines.length).toBeLessThanOrEqual(1);
  });

  test('what was lost is said at most once a minute, with how much it was', () => {
    const told: unknown[] = [];
    let now = 0;
    const failing = {
      export: (_spans: unknown, done: (result: { code: number; error: Error }) => void) =>
        done({ code: 1, error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
      shutdown: async () => {},
    };
    const log = { warn: (line: unknown) => told.push(line) } as never;
    const exporter = new ToldExporter(failing, log, () => now);
    const results: number[] = [];
    for (const at of [0, 1_000, 59_999, 60_000]) {
      now = at;
      exporter.export([{}, {}] as never, ({ code }) => results.push(code));
    }
    const reason = 'ECONNREFUSED';
    expect(told).toEqual([
      { failure: 'tracing', lost: 2, reason },
      { failure: 'tracing', lost: 6, reason },
    ]);
    expect(results).toEqual([0, 0, 0, 0]);
  });
});
