import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What the connection itself says of who is at its other end. */
export interface Channel {
  /** The peer is this machine. */
  readonly loopback: boolean;
  readonly encrypted: boolean;
  /** base64url SHA-256 of the client certificate (`x5t#S256`, RFC 8705 §3.1), once TLS has verified it. */
  readonly certificate: string | undefined;
}

const LOOPBACK = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/;

const thumbprintOf = (socket: TLSSocket): string | undefined => {
  // Without a client authority nothing was verified, and a certificate is only a claim.
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
};

const known = new WeakMap<Socket, Channel>();

/** Once per connection: neither its peer nor its certificate changes (renegotiation does not exist in TLS 1.3, and is off). */
export const channelOf = (socket: Socket): Channel => {
  let channel = known.get(socket);
  if (!channel) {
    const encrypted = socket instanceof TLSSocket;
    channel = {
      loopback: LOOPBACK.test(socket.remoteAddress ?? ''),
      encrypted,
      certificate: encrypted ? thumbprintOf(socket) : undefined,
    };
    known.set(socket, channel);
  }
  return channel;
};
