import { connect } from 'node:net';

/** Milliseconds after which a server that neither answers nor closes is given up. */
const PATIENCE = 10_000;

/**
 * Writes bytes to a server, tells it that there are no more, and reads to the end.
 *
 * @param keepOpen leave the sending side open: the server has to close
 * @returns what came back; `undefined` where the server kept silent and the connection open
 */
export const raw = (url: string, bytes: string | Buffer, { keepOpen = false } = {}): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      if (keepOpen) socket.write(bytes);
      else socket.end(bytes);
    });
    socket
      .setEncoding('utf8')
      .on('data', (chunk: string) => {
        answer += chunk;
      })
      .setTimeout(PATIENCE, () => {
        resolve(answer === '' ? undefined : answer);
        socket.destroy();
      })
      .once('error', () => resolve(answer))
      .once('close', () => resolve(answer));
  });
