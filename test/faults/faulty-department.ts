import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';

/**
 * A department that behaves as it is told by its parent process: `node --import tsx faulty-department.ts [PORT]`, a process
 * of its own so that it can be killed and frozen. Reports its port.
 */
export type Behaviour = keyof typeof behaviours;

/** What it is told. */
export interface FaultyOrder {
  readonly behave: Behaviour;
}
/** What it reports once it listens, and once it does as it was told. */
export interface FaultyReport {
  readonly port: number;
}

type Entities = { __typename: string; id: string }[];
type Behave = (representations: Entities, response: ServerResponse, request: IncomingMessage) => unknown;

const CHUNK = Buffer.alloc(256 * 1024, 'a');

const insurance = (id: string) => ({ number: `GD${id}`, level: 80 });
const answer = (representations: Entities): string =>
  JSON.stringify({ data: { _entities: representations.map(({ id }) => ({ insurance: insurance(id) })) } });

const reply =
  (text: (representations: Entities) => string | Buffer, status = 200): Behave =>
  (representations, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text(representations));
  };

/** Writes as fast as it is taken until somebody has had enough. */
const pour = async (response: ServerResponse, bytes: number): Promise<void> => {
  for (let sent = 0; sent < bytes && !response.destroyed; sent += CHUNK.length) {
    if (response.write(CHUNK)) continue;
    // The answer may be closed instead of drained; no listener of a wait that is over stays.
    await once(response, 'drain', { signal: AbortSignal.timeout(50) }).catch(() => undefined);
  }
};

const behaviours = {
  well: reply(answer),
  slow: async (representations, response) => {
    await later(150);
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer(representations));
  },
  hang: () => {},
  'hang up': (_representations, response) => response.socket?.destroy(),
  reset: (_representations, response) => response.socket?.resetAndDestroy(),
  'half a body': (representations, response) => {
    const whole = answer(representations);
    response.writeHead(200, { 'content-length': whole.length });
    response.write(whole.slice(0, whole.length / 2), () => response.destroy());
  },
  'content-length too long': (representations, response) => {
    const whole = answer(representations);
    response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: ${whole.length + 10}\r\n\r\n${whole}`);
  },
  'content-length too short': (representations, response) => {
    const whole = answer(representations);
    response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: ${whole.length - 10}\r\n\r\n${whole}`);
  },
  'no HTTP': (_representations, response) => response.socket?.end('SSH-2.0-x\r\n'),
  'half a JSON text': reply((representations) => answer(representations).slice(0, -5)),
  'no JSON': reply(() => '<html>select 1</html>'),
  'invalid UTF-8': reply((representations) => Buffer.from(answer(representations).replaceAll('GD', 'G\xff'), 'latin1')),
  'another shape': reply((representations) =>
    JSON.stringify({ data: { _entities: [{ insurance: representations }] } }),
  ),
  'another entity too many': reply((representations) => answer([...representations, ...representations])),
  errors: reply(() => JSON.stringify({ data: null, errors: [{ message: 'select 1' }] }), 500),
  'duplicate keys': reply((representations) =>
    answer(representations)
      .replaceAll('"number"', '"number":"x","level":[],"number"')
      .replace('{"data"', '{"data":null,"errors":[],"data"'),
  ),
  '100 MiB': async (_representations, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"data":{"_entities":[{"insurance":{"level":80,"number":"');
    await pour(response, 100 * 1024 * 1024);
    response.end('"}}]}}');
  },
  'chunks without end': async (_representations, response) => {
    while (!response.destroyed) {
      response.write(' ');
      await later(10);
    }
  },
  'a head without end': async (_representations, response) => {
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\n');
    for (let line = 0; socket && !socket.destroyed; line += 1) {
      socket.write(`x-${line}: ${'a'.repeat(100)}\r\n`);
      await later(10);
    }
  },
} as const satisfies Record<string, Behave>;

if (process.send) {
  let behaviour: Behaviour = 'well';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    // Whoever calls may go at any time: that is nothing to fall over.
    response.on('error', () => {});
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const { variables } = JSON.parse(Buffer.concat(chunks).toString());
    (behaviours[behaviour] as Behave)(variables.representations, response, request);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  const report = () => {
    const address = server.address();
    if (typeof address === 'object' && address) process.send?.({ port: address.port } satisfies FaultyReport);
  };
  process.on('message', ({ behave }: FaultyOrder) => {
    behaviour = behave;
    report();
  });
  process.on('disconnect', () => process.exit());
  server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', report);
}
