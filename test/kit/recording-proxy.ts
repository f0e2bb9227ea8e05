import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** One request as a department received it. */
export interface RecordedCall {
  readonly headers: IncomingHttpHeaders;
  /** The GraphQL text and variables. */
  readonly query: string;
  readonly variables: unknown;
}

/** Stands between the gateway and one department, passes everything on unchanged, and remembers what was asked. */
export interface RecordingProxy {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  clear(): void;
  /** Where requests go from now on; a function answers in the department's place. */
  divert(target: string | Impostor): void;
  close(): Promise<void>;
}

/** A misbehaving department: writes whatever it likes. */
export type Impostor = Parameters<typeof createServer>[1] & object;

export const recordingProxy = async (departmentUrl: string): Promise<RecordingProxy> => {
  const calls: RecordedCall[] = [];
  let target: string | Impostor = departmentUrl;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { query = '', variables } = JSON.parse(body.toString() || '{}');
    calls.push({ headers: incoming.headers, query, variables });
    if (typeof target === 'function') {
      target(incoming, outgoing);
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers;
    try {
      const answer = await request(target, { method: 'POST', headers, body });
      const { 'transfer-encoding': ____, connection: _____, ...answered } = answer.headers;
      outgoing.writeHead(answer.statusCode, answered).end(Buffer.from(await answer.body.arrayBuffer()));
    } catch {
      // A department that is down is a connection that breaks.
      incoming.socket.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    calls,
    clear: () => {
      calls.length = 0;
    },
    divert: (next) => {
      target = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
