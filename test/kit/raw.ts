import { connect } from 'node:net';

/** Milliseconds after which a server that neither answers nor closes is given up. */
const PATIENCE = 10_000;

/** Milliseconds that a server has to answer what may be less than a request. */
const LINGER = 500;

/**
 * Writes bytes to a server and reads to the end. The sending side closes once an answer has begun, or after a while
 * without one: Node drops a request whose sender has hung up.
 *
 * @param keepOpen leave the sending side open: the server has to close
 * @returns what came back; `undefined` where the server kept silent and the connection open
 */
export const raw = (url: string, bytes: string | Buffer, { keepOpen = false } = {}): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes);
      if (!keepOpen) setTimeout(() => socket.end(), LINGER).unref();
    });
    socket
      .setEncoding('utf8')
      .on('data', (chunk: string) => {
        answer += chunk;
        if (!keepOpen) setTimeout(() => socket.end(), 20);
      })
      .setTimeout(PATIENCE, () => {
        resolve(answer === '' ? undefined : answer);
        socket.destroy();
      })
      .once('error', () => resolve(answer))
      .once('close', () => resolve(answer));
  });
