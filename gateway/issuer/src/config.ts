import { StartError } from './errors.ts';
import { developmentRegistry } from './registry/index.ts';

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
  /** Path of the partner registry. */
  readonly registryFile: string;
  /** Path of the private JWKS that signs tokens. */
  readonly keysFile: string;
  /** Path of the province key; without it nobody can log citizens in. Only read in development. */
  readonly provinceKeyFile?: string;
  /** Lifetime of access tokens in seconds: 600, at most 3600. */
  readonly tokenLifetime: number;
  /** pino's level: info. */
  readonly logLevel: string;
}

/** Seconds: 10 minutes, as short as a batch of queries needs, because a JWT stays good until it expires. */
const defaultTokenLifetime = 600;
/** Seconds: gateways refuse longer tokens (`maxTokenLifetime: 1h`). */
const maxTokenLifetime = 3600;

const secondsPer: Record<string, number> = { s: 1, m: 60, h: 3600 };
const loopback = ['127.0.0.1', 'localhost', '::1', '[::1]'];
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the configuration from environment variables.
 *
 * @throws StartError that names the variable and what it must hold
 */
export function readConfig(env: NodeJS.ProcessEnv): IssuerConfig {
  const environment = readEnvironment(env.ISSUER_ENVIRONMENT);
  const required = (name: string, inDevelopment: string): string => {
    const value = env[name] || (environment === 'development' ? inDevelopment : '');
    return value || refuse(name, 'bắt buộc trong production', 'is required in production');
  };
  const host = env.ISSUER_HOST || '127.0.0.1';
  if (!loopback.includes(host) && !env.ISSUER_URL) {
    refuse('ISSUER_URL', 'bắt buộc khi ISSUER_HOST không phải loopback', 'is required unless ISSUER_HOST is loopback');
  }
  const config: IssuerConfig = {
    environment,
    host,
    port: readPort(env.ISSUER_PORT || '4100'),
    ...(env.ISSUER_URL ? { issuer: readIssuer(env.ISSUER_URL) } : {}),
    registryFile: required('ISSUER_REGISTRY', developmentRegistry),
    keysFile: required('ISSUER_KEYS_FILE', '.data/issuer-keys.json'),
    ...(env.PROVINCE_KEY_FILE ? { provinceKeyFile: env.PROVINCE_KEY_FILE } : {}),
    tokenLifetime: env.ISSUER_TOKEN_LIFETIME ? readLifetime(env.ISSUER_TOKEN_LIFETIME) : defaultTokenLifetime,
    logLevel: readLevel(env.LOG_LEVEL || 'info'),
  };
  return Object.freeze(config);
}

function refuse(name: string, vi: string, en: string): never {
  throw new StartError('CONFIG_INVALID', { vi: `${name} ${vi}`, en: `${name} ${en}` });
}

function readEnvironment(value: string | undefined): Environment {
  if (value === undefined || value === '' || value === 'development') return 'development';
  if (value === 'production') return 'production';
  return refuse('ISSUER_ENVIRONMENT', 'phải là development hoặc production', 'must be development or production');
}

function readPort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  return refuse('ISSUER_PORT', 'phải là số từ 0 đến 65535', 'must be a number from 0 to 65535');
}

/** An issuer is compared as a string, so one spelling only: an origin, with no path, slash, query or user. */
function readIssuer(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || url.origin !== value) {
    return refuse(
      'ISSUER_URL',
      'phải là một gốc như https://idp.tinh.example, không có đường dẫn hay dấu / cuối',
      'must be an origin such as https://idp.tinh.example, without a path or final slash',
    );
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname))) return value;
  return refuse(
    'ISSUER_URL',
    'phải dùng https; http chỉ cho địa chỉ loopback',
    'must use https; http is for loopback addresses only',
  );
}

function readLifetime(value: string): number {
  const [, digits, unit] = /^(\d{1,5})(s|m|h)$/.exec(value) ?? [];
  const seconds = Number(digits) * (secondsPer[unit ?? ''] ?? Number.NaN);
  if (seconds >= 1 && seconds <= maxTokenLifetime) return seconds;
  return refuse(
    'ISSUER_TOKEN_LIFETIME',
    'phải là khoảng thời gian từ 1s đến 1h, như 10m',
    'must be a duration from 1s to 1h, such as 10m',
  );
}

function readLevel(value: string): string {
  if (levels.includes(value)) return value;
  return refuse('LOG_LEVEL', `phải là một trong: ${levels.join(', ')}`, `must be one of: ${levels.join(', ')}`);
}
