import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { Peer } from './identity/client-certificate.ts';

/** The other end of a connection. What it is is found out where a token is bound to it, and not with every request. */
export const peerOf = (socket: Socket): Peer => new SocketPeer(socket);

class SocketPeer implements Peer {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get address(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get certificate(): Buffer | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket.getPeerX509Certificate()?.raw : undefined;
  }
}
