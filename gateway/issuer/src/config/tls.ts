import { readFilePath, readOrigin, readPort, refuse } from './values.ts';

/** The listener for clients that show a certificate (RFC 8705). */
export interface TlsSettings {
  readonly host: string;
  readonly port: number;
  /** PEM files of our own certificate (with its chain) and key. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** How clients reach it, published as `mtls_endpoint_aliases`. Absent: `https://HOST:PORT` as listened on. */
  readonly url?: string;
}

/** Reads the variables of mutual TLS; the authorities serve a trusted proxy's forwarded certificates as well. */
export function readTls(env: NodeJS.ProcessEnv, host: string): { authorities?: string; listener?: TlsSettings } {
  const authorities = env.ISSUER_CLIENT_CA ? readFilePath('ISSUER_CLIENT_CA', env.ISSUER_CLIENT_CA) : undefined;
  const { ISSUER_TLS_PORT: port, ISSUER_TLS_CERTIFICATE: certificate, ISSUER_TLS_KEY: key, ISSUER_TLS_URL: url } = env;
  const named = [port, certificate, key].filter(Boolean).length;
  if (named !== 0 && named !== 3) {
    refuse(
      'ISSUER_TLS_PORT, ISSUER_TLS_CERTIFICATE, ISSUER_TLS_KEY',
      'phải đặt cả ba hoặc không đặt',
      'must be set all three, or none',
    );
  }
  if (!port || !certificate || !key) return authorities === undefined ? {} : { authorities };
  return {
    ...(authorities === undefined ? {} : { authorities }),
    listener: {
      host,
      port: readPort('ISSUER_TLS_PORT', port),
      certificateFile: readFilePath('ISSUER_TLS_CERTIFICATE', certificate),
      keyFile: readFilePath('ISSUER_TLS_KEY', key),
      ...(url ? { url: readOrigin('ISSUER_TLS_URL', url) } : {}),
    },
  };
}
