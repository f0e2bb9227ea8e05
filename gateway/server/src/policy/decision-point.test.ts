import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';

import { grantedPolicies } from './decision-point.ts';
import { type Authenticated, anonymous } from './principal.ts';

const log = pino({ level: 'silent' });
const officer: Authenticated = {
  kind: 'authenticated',
  issuer: 'https://idp.example',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 0,
  scopes: new Set(),
  purpose: 'TREATMENT',
  claims: { sub: 's', purpose: 'TREATMENT' },
};

let server: Server | undefined;
let heard: unknown[] = [];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  heard = [];
});

/** A decision point that answers this text. */
const pointThatSays = async (text: string | undefined, status = 200) => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push(JSON.parse(body));
    if (text !== undefined) response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/data/x`, timeout: 200 };
};

const ask = (policies: string[], settings?: { url: string; timeout: number }, principal = officer as never) =>
  grantedPolicies(
    { policies: new Set(policies), principal, operationName: 'Q', operationHash: 'h', requestId: 'r' },
    settings,
    log,
  );

describe('purposes', () => {
  test('are decided here, by the whole word, and nobody is asked', async () => {
    const point = await pointThatSays('{"result":{"purpose:KYC":true}}');
    const names = ['purpose:TREATMENT', 'purpose:KYC', 'purpose:treatment', 'purpose:', 'purpose:TREAT'];
    expect([...(await ask(names, point))]).toEqual(['purpose:TREATMENT']);
    expect(heard).toEqual([]);
  });

  test('nobody without a token has one', async () => {
    expect([...(await ask(['purpose:undefined', 'purpose:'], undefined, anonymous as never))]).toEqual([]);
  });
});

describe('the decision point', () => {
  test('is asked once, for the names needed, in the form of OPA', async () => {
    const point = await pointThatSays('{"result":{"night":true,"day":false}}');
    expect([...(await ask(['night', 'day', 'purpose:KYC'], point))]).toEqual(['night']);
    expect(heard).toEqual([
      {
        input: {
          policies: ['night', 'day'],
          claims: officer.claims,
          operation: { name: 'Q', hash: 'h' },
          requestId: 'r',
        },
      },
    ]);
  });

  test.each<[string, string | undefined, number]>([
    ['a truthy text', '{"result":{"p":"true"}}', 200],
    ['a one', '{"result":{"p":1}}', 200],
    ['an object', '{"result":{"p":{}}}', 200],
    ['nothing', '{}', 200],
    ['null', '{"result":null}', 200],
    ['true alone', '{"result":true}', 200],
    ['another name', '{"result":{"q":true}}', 200],
    ['a prototype', '{"result":{"__proto__":{"p":true}}}', 200],
    ['no JSON', 'true', 200],
    ['an error', '{"result":{"p":true}}', 500],
    ['silence', undefined, 200],
    ['a flood', `{"result":{"p":true},"x":"${'x'.repeat(1_100_000)}"}`, 200],
  ])('%s grants nothing', async (_what, text, status) => {
    expect([...(await ask(['p'], await pointThatSays(text, status)))]).toEqual([]);
  });

  test('that is not there grants nothing', async () => {
    expect([...(await ask(['p'], { url: 'http://127.0.0.1:9/', timeout: 200 }))]).toEqual([]);
    expect([...(await ask(['p']))]).toEqual([]);
  });
});
