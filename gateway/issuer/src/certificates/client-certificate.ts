import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Where client certificates come from, and which of them an authority vouches for. */
export interface CertificateSettings {
  /** PEM file of the authorities that sign partners' certificates. */
  readonly authorities?: string;
  /** Addresses or networks (CIDR) of proxies that end TLS for us and forward the certificate. */
  readonly proxies: readonly string[];
  /** The header in which they do. */
  readonly header: string;
}

/** Finds the certificate of a request's client and judges it. */
export interface ClientCertificates {
  /** Absent: none, out of its dates, or claimed by somebody who is no trusted proxy. */
  of(request: IncomingMessage): X509Certificate | undefined;
  /** Whether one of the authorities signed it, for client authentication. */
  isTrusted(certificate: X509Certificate): boolean;
}

/** Extended key usage "client authentication" (RFC 5280 §4.2.1.12). */
const clientAuthentication = '1.3.6.1.5.5.7.3.2';

export function clientCertificates(settings: CertificateSettings, now: () => number = Date.now): ClientCertificates {
  const authorities = settings.authorities === undefined ? [] : readCertificates(settings.authorities);
  const isProxy = addressList(settings.proxies);
  const isCurrent = ({ validFrom, validTo }: X509Certificate) =>
    Date.parse(validFrom) <= now() && now() < Date.parse(validTo);

  return {
    of({ socket, headersDistinct }) {
      // Two are one too many: a proxy that appends its own leaves the caller's in front.
      const [header, ...others] = headersDistinct[settings.header] ?? [];
      const certificate =
        socket instanceof TLSSocket
          ? socket.getPeerX509Certificate()
          : header !== undefined && others.length === 0 && isProxy(socket.remoteAddress)
            ? parseForwarded(header)
            : undefined;
      return certificate && isCurrent(certificate) ? certificate : undefined;
    },
    // The authorities of the file sign partners directly: an intermediate one is listed there itself.
    isTrusted: (certificate) =>
      (certificate.keyUsage === undefined || certificate.keyUsage.includes(clientAuthentication)) &&
      authorities.some(
        (authority) =>
          authority.ca &&
          isCurrent(authority) &&
          certificate.checkIssued(authority) &&
          certificate.verify(authority.publicKey),
      ),
  };
}

/** Every certificate of a PEM file. */
export function readCertificates(file: string): X509Certificate[] {
  const blocks =
    readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('no certificate');
  return blocks.map((block) => new X509Certificate(block));
}

function addressList(addresses: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const entry of addresses) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  // Where both families share a socket, IPv4 peers look like ::ffff:10.0.0.1.
  return (address) => {
    if (address === undefined) return false;
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}

/** Nothing before it, nothing behind it. */
const onePem = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/** RFC 9440 (`:base64:`), or PEM as nginx escapes it for a URL. */
function parseForwarded(header: string): X509Certificate | undefined {
  try {
    const [, base64] = /^:([A-Za-z0-9+/]+=*):$/.exec(header) ?? [];
    if (base64 !== undefined) return new X509Certificate(Buffer.from(base64, 'base64'));
    const pem = decodeURIComponent(header);
    return onePem.test(pem) ? new X509Certificate(pem) : undefined;
  } catch {
    return undefined;
  }
}
