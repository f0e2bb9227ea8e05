import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';

import { CallsUnderWay } from './calls-under-way.ts';
import { DepartmentCallError, type Received } from './department-answer.ts';
import { DepartmentClient, type DepartmentSettings } from './department-client.ts';

const NEVER = Number.POSITIVE_INFINITY;
const MEBIBYTE = 1024 * 1024;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const listening = async (server: Server): Promise<string> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // A gateway that cuts an answer off is no fault here.
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
};

/** A department that answers by HTTP. */
const http = (answer: RequestListener) => listening(createHttpServer(answer));

/** A department that writes what it likes when something has come. */
const raw = (answer: (socket: Socket, turn: number) => void) => {
  let turn = 0;
  return listening(createServer((socket) => socket.on('data', () => answer(socket, turn++))));
};

const clientOf = (url: string, settings: Partial<DepartmentSettings> = {}): DepartmentClient => {
  const client = new DepartmentClient({
    url,
    timeout: 5_000,
    connections: 4,
    queue: 4,
    answerSize: MEBIBYTE,
    circuit: { failures: 3, pause: 100 },
    underWay: new CallsUnderWay(64 * MEBIBYTE),
    onCircuit: () => {},
    ...settings,
  });
  undo.push(() => client.close());
  return client;
};

const HEADERS = ['x-request-id', '1', 'content-type', 'application/json'];

const post = async (client: DepartmentClient, deadline = NEVER) => client.post('{}', [...HEADERS], deadline);

/** An answer's status and text, or how it failed. */
const told = (result: Received | DepartmentCallError): string =>
  result instanceof DepartmentCallError
    ? `${result.failure}${result.repeatable ? ', repeatable' : ''}`
    : `${result.status} ${Buffer.concat(result.parts).toString()}`;

const answerOf = (text: string, length = text.length) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${text}`;

describe('a call', () => {
  test('sends body and headers as they are, and gets the answer whole', async () => {
    const url = await http((incoming, outgoing) => {
      incoming.resume();
      outgoing.end(
        JSON.stringify([incoming.method, incoming.headers['x-request-id'], incoming.headers['content-type']]),
      );
    });
    expect(told(await post(clientOf(url)))).toBe('200 ["POST","1","application/json"]');
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['closes before a byte', (socket) => socket.destroy(), 'unavailable, repeatable'],
    ['ends before a byte', (socket) => socket.end(), 'unavailable, repeatable'],
    ['resets before a byte', (socket) => socket.resetAndDestroy(), 'unavailable, repeatable'],
    ['breaks off in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncont'), 'unavailable, repeatable'],
    ['breaks off in the body', (socket) => socket.end(answerOf('{"data"', 100)), 'unavailable'],
    ['speaks no HTTP', (socket) => socket.write('hello\r\n\r\n'), 'invalid'],
    ['promises less than it sends', (socket) => socket.write(answerOf('{"data":{}}', 4)), '200 {"da'],
    [
      'says hints first and then breaks off',
      (socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
      'unavailable',
    ],
    ['redirects', (socket) => socket.write('HTTP/1.1 307 x\r\nlocation: /\r\ncontent-length: 0\r\n\r\n'), 'invalid'],
    ['pours', (socket) => socket.write(answerOf('a'.repeat(MEBIBYTE + 1))), 'invalid'],
  ])('to a department that %s', async (_what, answer, expected) => {
    expect(told(await post(clientOf(await raw(answer))))).toBe(expected);
  });

  test('to an address where nobody listens may be made once more', async () => {
    const server = createServer();
    const url = await listening(server);
    server.close();
    expect(told(await post(clientOf(url)))).toBe('unavailable, repeatable');
  });

  test('gets what is left of the time of its request, and none at all after that', async () => {
    let asked = 0;
    const url = await raw(() => {
      asked += 1;
    });
    const client = clientOf(url, { timeout: 60_000 });
    expect(told(await post(client, performance.now() + 1_000))).toBe('timeout');
    expect(told(await post(client, performance.now() - 1))).toBe('timeout');
    expect(asked).toBe(1);
  });

  test('ends in time where answers come byte by byte without end', async () => {
    const url = await http((_incoming, outgoing) => {
      const timer = setInterval(() => outgoing.write(' '), 5);
      outgoing.once('close', () => clearInterval(timer));
    });
    expect(told(await post(clientOf(url, { timeout: 100 })))).toBe('timeout');
  });
});

describe('calls at a time', () => {
  test('as many as there are connections; others wait in order; one more fails at once', async () => {
    const answers: (() => void)[] = [];
    const bodies: string[] = [];
    const url = await http((incoming, outgoing) => {
      bodies.push(String(incoming.headers['x-request-id']));
      answers.push(() => outgoing.end('{}'));
    });
    const client = clientOf(url, { connections: 2, queue: 2 });
    const calls = ['a', 'b', 'c', 'd', 'e'].map(async (id) =>
      told(await client.post('{}', ['x-request-id', id], NEVER)),
    );
    expect(await calls[4]).toBe('busy');
    expect(client.standing).toEqual({ circuit: 'closed', active: 2, waiting: 2 });
    for (let done = 0; done < 4; done += 1) {
      while (answers.length <= done) await new Promise((resolve) => setTimeout(resolve, 1));
      answers[done]?.();
    }
    expect(await Promise.all(calls)).toEqual([...Array(4).fill('200 {}'), 'busy']);
    expect(bodies.slice(2)).toEqual(['c', 'd']);
    expect(client.standing).toEqual({ circuit: 'closed', active: 0, waiting: 0 });
  });

  test('use the connection that was used last, and no more of them than there are calls at once', async () => {
    const used: (number | undefined)[] = [];
    const url = await http((incoming, outgoing) => {
      used.push(incoming.socket.remotePort);
      setTimeout(() => outgoing.end('{}'), 5);
    });
    const client = clientOf(url, { connections: 3 });
    for (let turn = 0; turn < 3; turn += 1) await post(client);
    expect(new Set(used).size).toBe(1);
    await Promise.all([post(client), post(client), post(client), post(client), post(client)]);
    expect(new Set(used).size).toBe(3);
    const last = used.at(-1);
    for (let turn = 0; turn < 5; turn += 1) await post(client);
    expect(used.slice(-5)).toEqual(Array(5).fill(last));
  });

  test.each([
    ['closes after each answer and says so', 'connection: close\r\n', true],
    ['closes after each answer without a word', '', true],
    ['says that it closes and does not', 'connection: close\r\n', false],
  ])('are all answered by a department that %s', async (_what, header, closes) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${header}content-length: 2\r\n\r\n{}`);
        if (closes) socket.end();
      });
    });
    const client = clientOf(await listening(server), {
      connections: 2,
      queue: 100,
      circuit: { failures: 1_000, pause: 100 },
    });
    const answered: string[] = [];
    // One after the other, and many at once.
    for (let turn = 0; turn < 10; turn += 1) answered.push(told(await post(client)));
    answered.push(...(await Promise.all(Array.from({ length: 30 }, async () => told(await post(client))))));
    // Who closes without a word may do so when it has been asked again already: that may be asked once more.
    expect(answered.filter((result) => result !== '200 {}')).toEqual(
      header === '' ? answered.filter((result) => result === 'unavailable, repeatable') : [],
    );
    expect(connections).toBeGreaterThanOrEqual(header === '' ? 2 : 40);
    expect(client.standing).toEqual({ circuit: 'closed', active: 0, waiting: 0 });
  });

  test.each([
    ['nobody listens any more', undefined],
    ['each connection is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('that wait while %s are each told so, and the client goes on', async (_what, reset) => {
    const server = createServer((socket) => reset?.(socket));
    const url = await listening(server);
    const { port } = new URL(url);
    server.close();
    if (reset) await once(server.listen(Number(port), '127.0.0.1'), 'listening');
    const client = clientOf(url, { connections: 2, queue: 100, circuit: { failures: 1_000, pause: 100 } });
    const calls = await Promise.all(Array.from({ length: 40 }, async () => told(await post(client))));
    expect(new Set(calls)).toEqual(new Set(['unavailable, repeatable']));
    server.close();
    const up = createHttpServer((_incoming, outgoing) => outgoing.end('{}'));
    undo.push(() => up.close());
    await once(up.listen(Number(port), '127.0.0.1'), 'listening');
    expect(told(await post(client))).toBe('200 {}');
    expect(client.standing).toEqual({ circuit: 'closed', active: 0, waiting: 0 });
  });

  test('one that waits in vain ends in time, leaves its place, and says nothing of the department', async () => {
    const url = await raw(() => {});
    const client = clientOf(url, { connections: 1, queue: 1, circuit: { failures: 1, pause: 60_000 } });
    const first = post(client, performance.now() + 300);
    for (const _ of [1, 2]) expect(told(await post(client, performance.now() + 30))).toBe('timeout');
    expect(client.standing).toEqual({ circuit: 'closed', active: 1, waiting: 0 });
    expect(told(await first)).toBe('timeout');
  });

  test('hold no more than they may together: the largest go, small ones stay', async () => {
    const held: (() => void)[] = [];
    const url = await http((incoming, outgoing) => {
      const large = incoming.headers['x-request-id'] === 'large';
      outgoing.write(large ? 'a'.repeat(3 * MEBIBYTE) : 'a');
      if (large) setTimeout(() => outgoing.end('a'.repeat(3 * MEBIBYTE)), 20);
      else held.push(() => outgoing.end('b'));
    });
    const client = clientOf(url, { answerSize: 64 * MEBIBYTE, underWay: new CallsUnderWay(4 * MEBIBYTE) });
    const small = post(client);
    const large = await client.post('{}', ['x-request-id', 'large'], NEVER);
    expect(told(large)).toBe('busy');
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    held[0]?.();
    expect(told(await small)).toBe('200 ab');
  });
});

describe('the circuit', () => {
  test('opens on a department that hangs up, fails what waits at once, and closes when one call is answered', async () => {
    let well = false;
    let asked = 0;
    const states: string[] = [];
    const url = await raw((socket) => {
      asked += 1;
      if (well) socket.write(answerOf('{}'));
      else socket.destroy();
    });
    const client = clientOf(url, {
      connections: 1,
      circuit: { failures: 3, pause: 50 },
      onCircuit: (state) => states.push(state),
    });
    const results = await Promise.all(Array.from({ length: 5 }, async () => told(await post(client))));
    expect(results).toEqual([...Array(3).fill('unavailable, repeatable'), 'open', 'open']);
    expect(asked).toBe(3);
    expect(told(await post(client))).toBe('open');
    well = true;
    while (told(await post(client)) !== '200 {}') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(told(await post(client))).toBe('200 {}');
  });

  test.each([
    [502, 'open'],
    [503, 'open'],
    [504, 'open'],
    [500, 'closed'],
    [400, 'closed'],
  ])('after answers of HTTP %d is %s', async (status, state) => {
    const url = await http((_incoming, outgoing) => outgoing.writeHead(status).end('{}'));
    const client = clientOf(url);
    for (const _ of [1, 2, 3]) expect(told(await post(client))).toBe(`${status} {}`);
    expect(client.standing.circuit).toBe(state);
  });

  test('stays closed where calls had too little time to be answered in', async () => {
    const client = clientOf(await raw(() => {}), { timeout: 60_000 });
    for (const _ of [1, 2, 3, 4]) expect(told(await post(client, performance.now() + 20))).toBe('timeout');
    expect(client.standing.circuit).toBe('closed');
  });
});
