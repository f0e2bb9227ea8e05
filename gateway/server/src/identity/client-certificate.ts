import { createHash, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** Where a proxy that ends TLS tells of the client's certificate, and which proxies are believed. */
export interface ForwardedCertificate {
  /** Lower-case name of the header. */
  readonly header: string;
  /** Addresses and networks (`10.0.0.0/8`) of the proxies. */
  readonly from: readonly string[];
}

/** The other end of the connection that a request came by. */
export interface Peer {
  readonly address: string;
  /** The certificate that it presented in TLS itself, in DER. */
  readonly certificate: Buffer | undefined;
}

/** SHA-256 thumbprint of a certificate, as `cnf` has it (RFC 8705 §3.1). */
export const thumbprintOf = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url');

/**
 * Finds the client certificate of a request: that of the connection, or that which a trusted proxy forwards (RFC 9440, or
 * PEM in URL encoding as several proxies send it). The header of anybody else is worth nothing, whatever it holds.
 */
export const certificateReader = (
  forwarded: ForwardedCertificate | undefined,
): ((peer: Peer, header: (name: string) => string | undefined) => string | undefined) => {
  const trusted = new BlockList();
  for (const entry of forwarded?.from ?? []) {
    const [address = '', prefix] = entry.split('/', 2);
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return (peer, header) => {
    if (forwarded && trusted.check(plain(peer.address), isIP(plain(peer.address)) === 6 ? 'ipv6' : 'ipv4')) {
      const value = header(forwarded.header);
      return value === undefined ? undefined : forwardedThumbprint(value);
    }
    return peer.certificate && thumbprintOf(peer.certificate);
  };
};

/** An IPv4 address that came over an IPv6 socket is the same address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** One and nothing else: of several, and of what stands around them, OpenSSL takes the first in silence. */
const ONE_PEM = /^-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----\s*$/;

/** Undefined where it cannot be read: a bound token is then refused for want of its certificate. */
const forwardedThumbprint = (value: string): string | undefined => {
  try {
    const der = /^:([A-Za-z0-9+/=]+):$/.exec(value)?.[1];
    if (der !== undefined) return thumbprintOf(new X509Certificate(Buffer.from(der, 'base64')).raw);
    const pem = decodeURIComponent(value);
    return ONE_PEM.test(pem) ? thumbprintOf(new X509Certificate(pem).raw) : undefined;
  } catch {
    return undefined;
  }
};
