/** The load: so many connections, each asks the next request as soon as it has its answer. */
import { Client, type Dispatcher } from 'undici';

import { runPart } from '../parts.ts';

/** One of the requests that are asked in turn. */
export interface LoadRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the right answer; another length is a failure. Absent: only the status is looked at. */
  readonly bytes?: number;
}

export interface Target {
  readonly url: string;
  readonly connections: number;
}

export interface Load extends Target {
  readonly requests: readonly LoadRequest[];
  /** Ends when both have been reached: a slow gateway is not judged by a handful of requests. */
  readonly milliseconds: number;
  readonly atLeast: number;
}

export interface LoadResult {
  readonly requests: number;
  /** How many failed, by status; `length` where the status was right and the answer was not. */
  readonly failures: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  /** Milliseconds of one request. */
  readonly p50: number;
  readonly p99: number;
}

const clients = new Map<string, readonly Client[]>();

/**
 * Opens the connections, or those again that the gateway closed while others were measured: opening is not what is
 * measured. What is asked for does not matter, only that there is an answer.
 */
const connect = async ({ url, connections }: Target): Promise<void> => {
  const { origin } = new URL(url);
  let list = clients.get(url) ?? [];
  if (list.length !== connections) {
    await Promise.all(list.map((client) => client.destroy()));
    list = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
    clients.set(url, list);
  }
  await Promise.all(list.map((client) => ask(client, { method: 'GET', path: '/' })));
};

interface Answer {
  readonly status: number;
  readonly bytes: number;
}

const ask = (client: Client, request: Dispatcher.DispatchOptions): Promise<Answer> =>
  new Promise((resolve) => {
    let status = 0;
    let bytes = 0;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_controller, chunk) => {
        bytes += chunk.length;
      },
      onResponseEnd: () => resolve({ status, bytes }),
      onResponseError: () => resolve({ status: 0, bytes }),
    };
    client.dispatch(request, handler);
  });

const run = async ({ url, requests, milliseconds, atLeast }: Load): Promise<LoadResult> => {
  const path = new URL(url).pathname;
  const latencies: number[] = [];
  let next = 0;
  const failures: Record<string, number> = {};
  const started = performance.now();
  const loop = async (client: Client): Promise<void> => {
    while (performance.now() - started < milliseconds || next < atLeast) {
      const request = requests[next++ % requests.length];
      if (!request) return;
      const asked = performance.now();
      const { status, bytes } = await ask(client, {
        method: 'POST',
        path,
        headers: { ...request.headers },
        body: request.body,
      });
      latencies.push(performance.now() - asked);
      if (status === 200 && (request.bytes === undefined || request.bytes === bytes)) continue;
      const failure = status === 200 ? 'length' : String(status);
      failures[failure] = (failures[failure] ?? 0) + 1;
    }
  };
  await Promise.all((clients.get(url) ?? []).map(loop));
  const sorted = latencies.sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    requests: sorted.length,
    failures,
    milliseconds: performance.now() - started,
    p50: at(0.5),
    p99: at(0.99),
  };
};

const questions = { connect, run };
export type LoadQuestions = typeof questions;

runPart(async () => ({ ready: null, questions }));
