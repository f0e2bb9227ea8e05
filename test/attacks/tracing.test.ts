import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const NUMBER = '051085000001';
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
const people = {
  sdl: `${LINK} type Query { person(number: ID!): Person @tag(name: "public") }
    type Person { nick: String @tag(name: "public")  name: String @requiresScopes(scopes: [["name"]]) }`,
  root: { person: () => ({ nick: 'NICK', name: 'NAME' }) },
};
const QUESTION = {
  query: 'query Secret($n: ID!) { mine: person(number: $n) { nick name } }',
  variables: { n: NUMBER },
};

let collector: Server;
/** Bodies as the gateway sent them. */
const bodies: string[] = [];
beforeAll(async () => {
  collector = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.once('end', () => {
      bodies.push(text);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterAll(() => {
  collector.closeAllConnections();
  collector.close();
});

interface Sent {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
const spans = (): readonly Sent[] =>
  bodies.flatMap((body) => {
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });

/** Asks once by a gateway with such a setting, and ends it, so that everything was sent. */
const asked = async (
  settings: string,
  headers: Record<string, string>,
): Promise<{ federation: SmallFederation; token: string; spans: readonly Sent[]; departments: readonly unknown[] }> => {
  bodies.length = 0;
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const federation = await startSmallFederation({
    departments: { people },
    config: settings && `tracing: { endpoint: "${endpoint}", ${settings} }`,
  });
  try {
    const token = await federation.token('', { purpose: 'TTHC' });
    const { status, body } = await federation.ask({ ...QUESTION, token, headers });
    expect([status, body.data]).toEqual([200, { mine: { nick: 'NICK', name: null } }]);
    expect(await federation.gateway.stop()).toBe(0);
    const departments = federation.calls.map(({ headers: { traceparent, tracestate, baggage } }) => [
      traceparent,
      tracestate,
      baggage,
    ]);
    return { federation, token, spans: spans(), departments };
  } finally {
    await federation.close();
  }
};

const INCOMING = { traceparent: `${PARENT}-01`, tracestate: 'vendor=1', baggage: `number=${NUMBER}` };

describe('traces', () => {
  test('tell of each step what it was, and nothing of what was asked or answered', async () => {
    const { token, spans: sent, departments } = await asked('sampling: 1', INCOMING);
    expect(sent.map(({ name }) => name).sort()).toEqual(
      ['authorize', 'compile', 'department', 'plan', 'request', 'token'].sort(),
    );
    const request = sent.find(({ name }) => name === 'request');
    const department = sent.find(({ name }) => name === 'department');
    const facts = Object.fromEntries(
      (request?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
    );
    expect(facts).toEqual({
      'lienthong.request': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'graphql.operation.type': 'query',
      'lienthong.operation': expect.stringMatching(/^[0-9a-f]{64}$/),
      'lienthong.client': 'partner',
      'lienthong.purpose': 'TTHC',
      'lienthong.denied': 1,
      'http.response.status_code': 200,
    });
    const text = bodies.join();
    for (const secret of [
      NUMBER,
      'Secret',
      'mine',
      'NICK',
      'nick',
      'Person',
      token.slice(-20),
      'tracestate',
      'vendor',
    ]) {
      expect(text).not.toContain(secret);
    }
    // The caller's trace is not continued: its id is nowhere.
    expect(text).not.toContain(PARENT.slice(3, 35));
    expect(departments).toEqual([[`00-${request?.traceId}-${department?.spanId}-01`, undefined, undefined]]);
  });

  test('a caller cannot force one', async () => {
    const { spans: sent, departments } = await asked('sampling: 0', INCOMING);
    expect([sent, departments]).toEqual([[], [[undefined, undefined, undefined]]]);
  });

  test('a trusted caller is followed: its trace goes on, or is passed on unrecorded', async () => {
    const followed = await asked('sampling: 0, trustIncoming: true', INCOMING);
    const request = followed.spans.find(({ name }) => name === 'request');
    expect([request?.traceId, request?.parentSpanId]).toEqual([PARENT.slice(3, 35), PARENT.slice(36)]);
    const passed = await asked('sampling: 1, trustIncoming: true', { ...INCOMING, traceparent: `${PARENT}-00` });
    expect([passed.spans, passed.departments]).toEqual([[], [[`${PARENT}-00`, undefined, undefined]]]);
  });

  test('without the setting nothing is sent to anybody', async () => {
    const { spans: sent, departments } = await asked('', INCOMING);
    expect([sent, departments]).toEqual([[], [[undefined, undefined, undefined]]]);
  });
});
