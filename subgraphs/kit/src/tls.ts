import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartError } from './start-error.ts';

/** What a department listens on HTTPS with. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** The authority of client certificates. */
  readonly ca?: string;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.3';
}

/**
 * TLS 1.3 alone: it has no renegotiation, so a connection keeps the certificate it began with.
 *
 * @param clientCa with it, whoever has no certificate of this authority is cut off in the handshake
 */
const serverTls = ({
  certificate,
  key,
  clientCa,
}: {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}): ServerTls => ({
  cert: certificate,
  key,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
  requestCert: clientCa !== undefined,
  rejectUnauthorized: clientCa !== undefined,
  minVersion: 'TLSv1.3',
});

const readPem = (file: string, variable: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(
      {
        vi: `${variable}: không đọc được tệp ${file}. Kiểm tra đường dẫn và quyền đọc.`,
        en: `${variable}: the file ${file} cannot be read. Check the path and its permissions.`,
      },
      { cause: error },
    );
  }
};

/** The files of a department's TLS, read once. The variables are named in what goes wrong. */
export const readServerTls = (files: {
  readonly certificate: { readonly variable: string; readonly file: string | undefined };
  readonly key: { readonly variable: string; readonly file: string | undefined };
  readonly clientCa: { readonly variable: string; readonly file: string | undefined };
}): ServerTls | undefined => {
  const { certificate, key, clientCa } = files;
  if (!certificate.file && !key.file && !clientCa.file) return undefined;
  if (!certificate.file || !key.file) {
    throw new StartError({
      vi: `HTTPS cần cả ${certificate.variable} lẫn ${key.variable}.`,
      en: `HTTPS needs both ${certificate.variable} and ${key.variable}.`,
    });
  }
  const tls = serverTls({
    certificate: readPem(certificate.file, certificate.variable),
    key: readPem(key.file, key.variable),
    clientCa: clientCa.file && readPem(clientCa.file, clientCa.variable),
  });
  try {
    createSecureContext(tls);
  } catch (error) {
    const names = [certificate, key, clientCa].filter(({ file }) => file).map(({ variable }) => variable);
    throw new StartError(
      {
        vi: `${names.join(', ')}: không dùng được làm chứng thư và khoá TLS (PEM), hoặc khoá không thuộc chứng thư.`,
        en: `${names.join(', ')}: no TLS certificate and key (PEM) can be made of these, or the key is another's.`,
      },
      { cause: error },
    );
  }
  return tls;
};
