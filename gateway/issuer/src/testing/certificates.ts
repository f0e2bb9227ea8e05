import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as X509 from '@peculiar/x509';

// The library builds on decorators whose metadata it never needs; with these two it asks for no polyfill. Imported after
// them, wherever jest evaluates what is imported statically.
Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
const x509 = await import('@peculiar/x509');

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** OIDs of RFC 5280 §4.2.1.12. */
const usages = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' };

/** A certificate with its key. */
export interface Certificate {
  readonly pem: string;
  readonly key: string;
  readonly certificate: X509.X509Certificate;
  readonly pair: Awaited<ReturnType<typeof webcrypto.subtle.generateKey>> & { privateKey: webcrypto.CryptoKey };
}

export interface Wish {
  /** As RFC 4514 writes it. */
  readonly subject?: string;
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
  readonly usage?: keyof typeof usages;
  readonly authority?: boolean;
  /** Absent: self-signed. */
  readonly issuer?: Certificate;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
}

const day = 86_400_000;
let serial = 0;

export async function certificate(wish: Wish = {}): Promise<Certificate> {
  const { subject = 'CN=test', dns = [], uris = [], usage, authority = false, issuer, from = -1, until = 1 } = wish;
  const pair = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const names = [
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...uris.map((value) => ({ type: 'url' as const, value })),
  ];
  serial += 1;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, '0'),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + until * day),
    signingAlgorithm: algorithm,
    publicKey: pair.publicKey as unknown as X509.PublicKeyType,
    signingKey: (issuer?.pair ?? pair).privateKey as unknown as X509.PublicKeyType & webcrypto.CryptoKey,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      ...(usage ? [new x509.ExtendedKeyUsageExtension([usages[usage]])] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { pem: `${made.toString('pem')}\n`, key, certificate: made, pair };
}

/** Writes a certificate and its key; answers the paths. */
export function writeCertificate(folder: string, name: string, { pem, key }: Certificate) {
  const [certificateFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  writeFileSync(certificateFile, pem);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { certificateFile, keyFile };
}
