import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';

import { loadConfig } from '../config/index.ts';
import { startGateway } from '../gateway.ts';
import { supergraphOf } from '../planning/fixture.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A department that keeps connections for an hour, so that whoever ends one is the gateway. */
const department = async (answer: RequestListener) => {
  const sockets: Socket[] = [];
  const server = createServer({ keepAliveTimeout: 3_600_000 }, answer);
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, sockets };
};

const answers =
  (text: string): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { text } }));
  };

/** A gateway over one department, whose address is the supergraph's alone. */
const gatewayOver = async (url: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'departments-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const sdl = supergraphOf({ one: 'type Query { text: String }' });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const point = (to: string) => write('supergraph.graphql', sdl.replace('http://one.invalid/graphql', to));
  point(url);
  write(
    'gateway.yaml',
    `environment: development
listen: { port: 0 }
metrics: false
console: { enabled: false }
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [] }
authorization: { unguarded: allow }
departments: { one: { circuit: { failures: 1, pause: 10m } } }
internalToken: { keyFile: ./gateway-key.pem }`,
  );
  const gateway = await startGateway(loadConfig(join(folder, 'gateway.yaml'), {}).config, {
    log: pino({ level: 'silent' }),
  });
  undo.push(() => gateway.close());
  return {
    async ask(): Promise<unknown> {
      const { data } = (await (
        await fetch(gateway.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ text }"}',
        })
      ).json()) as { data: { text: string | null } };
      return data.text;
    },
    async moveTo(to: string) {
      point(to);
      return gateway.reload();
    },
    /** 0: it is called, 2: it is not. */
    async circuits() {
      const all: readonly { readonly name: string; readonly values: readonly object[] }[] = await gateway.metrics();
      return all.find(({ name }) => name === 'lienthong_department_circuit')?.values;
    },
  };
};

const standing = (circuit: number) => [expect.objectContaining({ labels: { department: 'one' }, value: circuit })];

test('metrics tell of the address that is served, whatever became of others', async () => {
  const { url } = await department(answers('here'));
  const dead = await department((_, response) => void response.destroy());
  const { ask, moveTo, circuits } = await gatewayOver(url);
  expect([await ask(), await circuits()]).toEqual(['here', standing(0)]);
  await moveTo(dead.url);
  expect([await ask(), await circuits()]).toEqual([null, standing(2)]);
  await moveTo(url);
  expect([await ask(), await circuits()]).toEqual(['here', standing(0)]);
  // Known for a moment, and refused: it never answered for the department.
  await moveTo('http://elsewhere.example/graphql');
  expect([await ask(), await circuits()]).toEqual(['here', standing(0)]);
  // What was let go is begun anew.
  await moveTo(dead.url);
  expect(await circuits()).toEqual(standing(0));
});

test('connections to an address that no version asks any more end, when the calls on them have', async () => {
  let release = () => {};
  let called = () => {};
  const isCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  const before = await department((request, response) => {
    release = () => answers('from before')(request, response);
    called();
  });
  const after = await department(answers('from now'));
  const { ask, moveTo } = await gatewayOver(before.url);
  const underWay = ask();
  await isCalled;
  expect(await moveTo(after.url)).toBe(true);
  expect(await ask()).toBe('from now');
  const [socket] = before.sockets;
  expect(socket?.destroyed).toBe(false);
  release();
  expect(await underWay).toBe('from before');
  if (socket?.destroyed === false) await once(socket, 'close');
  expect(after.sockets.map(({ destroyed }) => destroyed)).toEqual([false]);
});
