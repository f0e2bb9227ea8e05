import './reflect.ts';

import { randomBytes, webcrypto } from 'node:crypto';

import type { Extension as X509Extension } from '@peculiar/x509';

// Not by a static import: jest runs CommonJS while it still links, before any module above.
const x509 = await import('@peculiar/x509');

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/** A certificate with its key, both in PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of a test, which certifies whoever asks. */
export interface Authority {
  /** In PEM. */
  readonly certificate: string;
  /** For a server on 127.0.0.1, or for a client; valid until a day from now, or so many days. */
  issue(name: string, use: 'server' | 'client', days?: number): Promise<Credentials>;
  /** An authority below this one. */
  authority(name: string): Promise<Authority>;
}

const newKeys = () => webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);

const serial = () => `01${randomBytes(8).toString('hex')}`;
const validity = (days = 1) => ({
  notBefore: new Date(Date.now() - 2 * DAY),
  notAfter: new Date(Date.now() + days * DAY),
});

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

export const certificateAuthority = async (name: string): Promise<Authority> => {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${name}`,
    ...validity(),
    keys,
    signingAlgorithm: KEY,
    extensions: ofAuthority(1),
  });
  return authorityOf(root, keys.privateKey);
};

const ofAuthority = (below: number) => [
  new x509.BasicConstraintsExtension(true, below, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
];

const authorityOf = (
  certificate: InstanceType<typeof x509.X509Certificate>,
  privateKey: webcrypto.CryptoKey,
): Authority => {
  const certify = (subject: string, publicKey: webcrypto.CryptoKey, extensions: X509Extension[], days?: number) =>
    x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${subject}`,
      issuer: certificate.subject,
      ...validity(days),
      publicKey,
      signingKey: privateKey,
      signingAlgorithm: KEY,
      extensions,
    });
  return {
    certificate: certificate.toString('pem'),
    async issue(subject, use, days) {
      const own = await newKeys();
      const usage = use === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
      const extensions = [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([usage], true),
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ];
      const issued = await certify(subject, own.publicKey, extensions, days);
      return { certificate: issued.toString('pem'), key: await keyPem(own.privateKey) };
    },
    async authority(subject) {
      const own = await newKeys();
      return authorityOf(await certify(subject, own.publicKey, ofAuthority(0)), own.privateKey);
    },
  };
};
