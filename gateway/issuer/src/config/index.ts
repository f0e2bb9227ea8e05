import { developmentRegistry, type RegistrySource } from '@lienthong/registry';
import type { StateSource } from '@lienthong/state';
import type { CertificateSettings } from '../certificates/client-certificate.ts';
import { readTls, type TlsSettings } from './tls.ts';
import { readUpstream, type UpstreamSettings } from './upstream.ts';
import { isLoopback, readDuration, readNetworks, readOrigin, readPort, readWord, refuse } from './values.ts';

export type Environment = 'development' | 'production';

/** Everything the issuer needs to know at start; read once, then frozen. */
export interface IssuerConfig {
  readonly environment: Environment;
  /** Address to listen on; 127.0.0.1 unless told otherwise. */
  readonly host: string;
  /** TCP port, 4100; 0 takes any free one. */
  readonly port: number;
  /** The `iss` claim, compared exactly by gateways. Absent: `http://HOST:PORT` as listened on. */
  readonly issuer?: string;
  /** Where the partner registry is kept. */
  readonly registry: RegistrySource;
  /** Path of the private keys that sign tokens. */
  readonly keysFile: string;
  /** Seconds after which the signing key is replaced; absent: only by `rotate-key`. */
  readonly keyAge?: number;
  /** PostgreSQL address of what is remembered between requests. Absent: in memory, one process. */
  readonly database?: string;
  /** Where the list of revoked tokens is kept, the gateways' own: Redis, or a file on one machine. Absent: nowhere. */
  readonly state?: StateSource;
  /** Path of the province key, which turns a personal number into the `citizen` claim. */
  readonly provinceKeyFile?: string;
  /** Lifetime of access tokens in seconds: 600, at most 3600. */
  readonly tokenLifetime: number;
  /** Whether a DPoP proof must carry a nonce of ours (RFC 9449 §8). */
  readonly dpopNonce: 'optional' | 'required';
  readonly certificates: CertificateSettings;
  /** A second listener, which ends TLS itself and asks for a client certificate. */
  readonly tls?: TlsSettings;
  /** The provider through which persons log in. */
  readonly upstream?: UpstreamSettings;
  /** Clients that may introspect tokens of others (RFC 7662). */
  readonly introspectors: readonly string[];
  /** pino's level: info. */
  readonly logLevel: string;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * Reads the configuration from environment variables.
 *
 * @throws StartError that names the variable and what it must hold
 */
export function readConfig(env: NodeJS.ProcessEnv): IssuerConfig {
  const environment = readWord('ISSUER_ENVIRONMENT', env.ISSUER_ENVIRONMENT || 'development', [
    'development',
    'production',
  ]);
  const required = (name: string, inDevelopment: string): string => {
    const value = env[name] || (environment === 'development' ? inDevelopment : '');
    return value || refuse(name, 'bắt buộc trong production', 'is required in production');
  };
  const host = env.ISSUER_HOST || '127.0.0.1';
  if (!isLoopback(host) && !env.ISSUER_URL) {
    refuse('ISSUER_URL', 'bắt buộc khi ISSUER_HOST không phải loopback', 'is required unless ISSUER_HOST is loopback');
  }
  const tls = readTls(env, host);
  const upstream = readUpstream(env, environment);
  const keyAge = env.ISSUER_KEY_AGE || '90d';
  const database = required('ISSUER_DATABASE_URL', 'memory');
  return Object.freeze({
    environment,
    host,
    port: readPort('ISSUER_PORT', env.ISSUER_PORT || '4100'),
    ...(env.ISSUER_URL ? { issuer: readOrigin('ISSUER_URL', env.ISSUER_URL) } : {}),
    registry: registrySource(required('ISSUER_REGISTRY', developmentRegistry)),
    keysFile: required('ISSUER_KEYS_FILE', '.data/issuer-keys.json'),
    // A key is published as the next one before it signs; a day is the least that every cache of it surely sees.
    ...(keyAge === 'off' ? {} : { keyAge: readDuration('ISSUER_KEY_AGE', keyAge, '1d', '999d', '90d') }),
    ...(database === 'memory' ? {} : { database: readDatabase(database) }),
    ...(env.ISSUER_STATE ? { state: stateSource(env.ISSUER_STATE) } : {}),
    ...(env.PROVINCE_KEY_FILE ? { provinceKeyFile: env.PROVINCE_KEY_FILE } : {}),
    // 10 minutes, as short as a batch of queries needs; gateways refuse tokens of more than an hour.
    tokenLifetime: readDuration('ISSUER_TOKEN_LIFETIME', env.ISSUER_TOKEN_LIFETIME || '10m', '1s', '1h', '10m'),
    dpopNonce: readWord('ISSUER_DPOP_NONCE', env.ISSUER_DPOP_NONCE || 'optional', ['optional', 'required']),
    certificates: {
      ...(tls?.authorities ? { authorities: tls.authorities } : {}),
      proxies: env.ISSUER_TRUSTED_PROXIES ? readNetworks('ISSUER_TRUSTED_PROXIES', env.ISSUER_TRUSTED_PROXIES) : [],
      header: (env.ISSUER_CLIENT_CERTIFICATE_HEADER || 'client-cert').toLowerCase(),
    },
    ...(tls?.listener ? { tls: tls.listener } : {}),
    ...(upstream ? { upstream } : {}),
    introspectors: (env.ISSUER_INTROSPECTORS ?? '').split(/[\s,]+/).filter(Boolean),
    logLevel: readWord('LOG_LEVEL', env.LOG_LEVEL || 'info', levels),
  });
}

const registrySource = (value: string): RegistrySource =>
  /^postgres(ql)?:\/\//.test(value) ? { database: value } : { file: value };

// Revocations alone are used of it, which never go on without their store: `maxAge` is about replay memory and quotas.
const stateSource = (value: string): StateSource =>
  /^rediss?:\/\//.test(value) ? { redis: value, maxAge: 0 } : { file: value };

function readDatabase(value: string): string {
  if (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) return value;
  return refuse(
    'ISSUER_DATABASE_URL',
    'phải là địa chỉ PostgreSQL như postgres://issuer@may-chu/issuer',
    'must be a PostgreSQL address such as postgres://issuer@host/issuer',
  );
}
