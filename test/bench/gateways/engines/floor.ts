/**
 * What no gateway in Node can be cheaper than: an HTTP server that makes the calls of the stock plan, in its order, and
 * answers what was answered when they were recorded. `calls`: bytes only. `json`: every body is parsed, as a gateway must
 * that looks into it, and the answer is written by one `JSON.stringify`; putting the answer together costs nothing here.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Dispatcher, Pool } from 'undici';

import { CONNECTIONS } from '../callers.ts';
import { runPart } from '../parts.ts';
import type { Call, RecordedAnswer, Recording, Step } from '../reference.ts';
import { type EngineInput, meter } from './meter.ts';

export type FloorScript = Readonly<Record<string, Recording>>;

const pools = new Map<string, { readonly pool: Pool; readonly path: string }>();
const poolOf = (url: string) => {
  const known = pools.get(url);
  if (known) return known;
  const { origin, pathname } = new URL(url);
  const made = { pool: new Pool(origin, { connections: CONNECTIONS, pipelining: 1 }), path: pathname };
  pools.set(url, made);
  return made;
};

const headers = { 'content-type': 'application/json', accept: 'application/json' };

const post = ({ url, body }: Call): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { pool, path } = poolOf(url);
    const chunks: Buffer[] = [];
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => resolve(Buffer.concat(chunks)),
      onResponseError: (_controller, error) => reject(error),
    };
    pool.dispatch({ method: 'POST', path, headers, body }, handler);
  });

const follow = async (step: Step, calls: RecordedAnswer['calls'], read: (body: Buffer) => void): Promise<void> => {
  if (step.kind === 'call') {
    const call = calls[step.call];
    if (call) read(await post(call));
  } else if (step.kind === 'parallel') {
    await Promise.all(step.steps.map((each) => follow(each, calls, read)));
  } else {
    for (const each of step.steps) await follow(each, calls, read);
  }
};

runPart(async ({ floor, json }: EngineInput & { readonly json: boolean }) => {
  const script: FloorScript = JSON.parse(readFileSync(floor, 'utf8'));
  const prepared = new Map(
    Object.entries(script).map(([name, { plan, answers }]) => [
      name,
      {
        plan,
        answers: answers.map(({ calls, data }) => ({ calls, data, bytes: Buffer.from(JSON.stringify({ data })) })),
      },
    ]),
  );
  const parse = (body: Buffer): void => {
    JSON.parse(body.toString());
  };
  const read = json ? parse : () => {};

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      // The rig names what it asks for: finding it out would be a gateway's work.
      const workload = prepared.get(String(incoming.headers['x-workload']));
      const answer = workload?.answers[Number(incoming.headers['x-variant'])];
      if (!workload || !answer) {
        outgoing.writeHead(404).end();
        return;
      }
      read(Buffer.concat(chunks));
      await follow(workload.plan, answer.calls, read);
      const bytes = json ? Buffer.from(JSON.stringify({ data: answer.data })) : answer.bytes;
      outgoing.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
      outgoing.end(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, questions: meter };
});
