import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** How Node names the kinds of subject alternative names. */
const kinds: Readonly<Record<string, string>> = {
  tls_client_auth_san_dns: 'DNS',
  tls_client_auth_san_uri: 'URI',
  tls_client_auth_san_ip: 'IP Address',
  tls_client_auth_san_email: 'email',
};

/**
 * Whether the certificate names the partner as registered (RFC 8705 §2.1.2).
 *
 * @param attribute the client metadata, such as `tls_client_auth_san_dns`
 */
export function subjectMatches(certificate: X509Certificate, attribute: string, expected: string): boolean {
  if (attribute === 'tls_client_auth_subject_dn') {
    return sameName(rdnsOf(certificate.subject, '\n'), rdnsOf(expected, ',').reverse());
  }
  const kind = kinds[attribute];
  const wanted = kind === 'IP Address' ? addressForm(expected) : expected;
  return alternativeNames(certificate.subjectAltName ?? '').some(
    (name) => name.kind === kind && (kind === 'IP Address' ? addressForm(name.value) : name.value) === wanted,
  );
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/**
 * Node lists names as `DNS:a, URI:"b, c"`. A value with a comma is quoted: cutting at every comma would let a partner
 * smuggle another one's name into its own.
 */
function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;
  for (let match = entry.exec(text); match?.[0]; match = entry.exec(text)) {
    const [, kind = '', value = ''] = match;
    names.push({ kind, value: value.startsWith('"') ? String(JSON.parse(value)) : value });
  }
  return names;
}

/** One spelling for every way to write an address. */
const addressForm = (address: string): string => {
  if (isIP(address) !== 6) return address;
  return new URL(`http://[${address}]`).hostname;
};

interface Rdn {
  readonly type: string;
  readonly value: string;
}

/** The parts of a distinguished name: RFC 4514 writes the most specific first, Node the other way round, one a line. */
function rdnsOf(name: string, separator: string): Rdn[] {
  const parts = separator === '\n' ? name.split('\n') : name.split(/(?<!\\),/);
  return parts.map((part) => {
    const cut = part.indexOf('=');
    return { type: part.slice(0, cut).trim().toUpperCase(), value: part.slice(cut + 1).trim() };
  });
}

const sameName = (one: readonly Rdn[], other: readonly Rdn[]): boolean =>
  one.length === other.length &&
  one.every(({ type, value }, index) => type === other[index]?.type && value === other[index]?.value);
