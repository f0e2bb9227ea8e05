import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

/** Stands between a client and PostgreSQL, and can be told to misbehave. */
export interface FlakyProxy {
  readonly url: string;
  /** `cut`: connections end, new ones too. `freeze`: bytes are taken and go nowhere. `pass`: all is well again. */
  behave(how: 'pass' | 'cut' | 'freeze'): void;
  /** Ends connections after the server has got what was sent and before the client hears of it. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

export const flakyProxy = async (target: string): Promise<FlakyProxy> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'cut' | 'freeze' = 'pass';
  let losing = false;
  const server = createServer((client) => {
    if (mode === 'cut') return void client.destroy();
    const upstream = dial(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let sending = false;
    client.on('data', (data) => {
      if (mode === 'freeze') return;
      sending = losing && data.includes('ledger-append');
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (mode === 'freeze') return;
      if (losing && sending) {
        losing = false;
        client.destroy();
        return;
      }
      client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: url.href,
    behave(how) {
      mode = how;
      if (how === 'cut') for (const socket of sockets) socket.destroy();
    },
    loseNextAnswer() {
      losing = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
