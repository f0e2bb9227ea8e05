import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Files as the configuration names them, in PEM. */
export interface TlsFiles {
  /** Who may have signed the department's certificate; absent: the authorities that Node trusts. */
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** What a connection to a department presents and trusts. */
export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** base64url SHA-256 of the certificate (`x5t#S256`, RFC 8705 §3.1). */
  readonly thumbprint?: string;
}

/** Which file cannot be used, and why. The files' contents are never repeated. */
export class TlsFileError extends Error {
  readonly setting: keyof TlsFiles;

  constructor(setting: keyof TlsFiles, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TlsFileError';
    this.setting = setting;
  }
}

const read = (setting: keyof TlsFiles, file: string | undefined): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TlsFileError(setting, `${file} cannot be read`, { cause });
  }
};

const attempt = <T>(setting: keyof TlsFiles, message: string, act: () => T): T => {
  try {
    return act();
  } catch (cause) {
    throw new TlsFileError(setting, message, { cause });
  }
};

/**
 * Reads the files of one department's TLS, once, and tries them.
 *
 * @throws TlsFileError
 */
export const readClientTls = (files: TlsFiles): ClientTls => {
  const ca = read('ca', files.ca);
  const cert = read('certificate', files.certificate);
  const key = read('key', files.key);
  if ((cert === undefined) !== (key === undefined)) {
    throw new TlsFileError(cert === undefined ? 'certificate' : 'key', 'certificate and key belong together');
  }
  if (ca !== undefined) attempt('ca', `${files.ca} holds no certificate (PEM)`, () => new X509Certificate(ca));
  if (cert === undefined || key === undefined) return ca === undefined ? {} : { ca };
  const { raw } = attempt(
    'certificate',
    `${files.certificate} holds no certificate (PEM)`,
    () => new X509Certificate(cert),
  );
  attempt('key', `${files.key} holds no private key (PEM) of that certificate`, () =>
    createSecureContext({ cert, key }),
  );
  const thumbprint = createHash('sha256').update(raw).digest('base64url');
  return { ...(ca === undefined ? {} : { ca }), cert, key, thumbprint };
};
