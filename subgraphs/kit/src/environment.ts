import { readFileSync } from 'node:fs';
import type { Department } from './department.ts';
import { type ProvinceKey, parseProvinceKey } from './province-key.ts';
import { StartError } from './start-error.ts';
import { readServerTls } from './tls.ts';
import type { GatewayKeys } from './token/keys.ts';
import { variableOf } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const required = (env: Environment, variable: string, example: string): string => {
  const value = env[variable]?.trim();
  if (value) return value;
  throw new StartError({
    vi: `Thiếu biến môi trường ${variable}. Ví dụ: ${variable}=${example}`,
    en: `The environment variable ${variable} is missing. Example: ${variable}=${example}`,
  });
};

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The address is not repeated in what goes wrong: it may hold a password. */
const redisUrl = (env: Environment, variable: string): string | undefined => {
  const text = env[variable]?.trim();
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'rediss:' || (url?.protocol === 'redis:' && LOOPBACK.has(url.hostname))) return text;
  throw new StartError({
    vi: `${variable} phải là địa chỉ rediss://…, hoặc redis:// trên chính máy này.`,
    en: `${variable} must be an address rediss://…, or redis:// on this machine.`,
  });
};

/** A URL, or the path of a file. Keys fetched over plain HTTP from elsewhere could be anybody's. */
const keySource = (variable: string, value: string): GatewayKeys => {
  if (!/^https?:\/\//.test(value)) return value;
  const url = new URL(value);
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) {
    throw new StartError({
      vi: `${variable}: http:// chỉ dùng cho địa chỉ của chính máy này. Hãy dùng https:// hoặc đường dẫn tệp.`,
      en: `${variable}: http:// is for loopback addresses only. Use https:// or the path of a file.`,
    });
  }
  return url;
};

const port = (env: Environment, variable: string, fallback: number): number => {
  const text = env[variable]?.trim();
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new StartError({
    vi: `${variable} phải là số từ 0 đến 65535 (0: cổng mạng trống bất kỳ).`,
    en: `${variable} must be a number from 0 to 65535 (0: any free port).`,
  });
};

/** One of a few words; the first one where the variable is not set. */
const word = <const W extends string>(env: Environment, variable: string, words: readonly [W, ...W[]]): W => {
  const text = env[variable]?.trim();
  if (!text) return words[0];
  const found = words.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  const list = words.join(', ');
  throw new StartError({
    vi: `${variable} phải là một trong: ${list}.`,
    en: `${variable} must be one of: ${list}.`,
  });
};

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };

const duration = (env: Environment, variable: string): number | undefined => {
  const text = env[variable]?.trim();
  if (!text) return undefined;
  const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (milliseconds >= MINUTE) return milliseconds;
  throw new StartError({
    vi: `${variable} phải là khoảng thời gian có đơn vị m, h hoặc d, ví dụ 12h.`,
    en: `${variable} must be a duration with a unit m, h or d, for example 12h.`,
  });
};

/** HTTPS, where the department's certificate is named. */
const tlsFromEnvironment = (name: string, env: Environment) => {
  const file = (suffix: 'TLS_CERTIFICATE' | 'TLS_KEY' | 'TLS_CLIENT_CA') => {
    const variable = variableOf(name, suffix);
    return { variable, file: env[variable]?.trim() };
  };
  return readServerTls({
    certificate: file('TLS_CERTIFICATE'),
    key: file('TLS_KEY'),
    clientCa: file('TLS_CLIENT_CA'),
  });
};

/** Where a department's data is: what `migrate` needs. */
export const databaseFromEnvironment = (department: { readonly name: string }, env: Environment): string => {
  return required(
    env,
    variableOf(department.name, 'DATABASE_URL'),
    `postgres://${department.name}:…@127.0.0.1:5432/${department.name}`,
  );
};

/** The province key: what `seed` needs besides. */
export const provinceKeyFromEnvironment = (env: Environment): ProvinceKey => {
  const file = required(env, 'PROVINCE_KEY_FILE', '/etc/lienthong/province.key');
  try {
    return parseProvinceKey(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(
      {
        vi: `PROVINCE_KEY_FILE: không đọc được khoá của tỉnh từ ${file}. Tệp phải có đúng một dòng k1.<32 byte, base64url>.`,
        en: `PROVINCE_KEY_FILE: no province key can be read from ${file}. It must hold one line: k1.<base64url of 32 bytes>.`,
      },
      { cause: error },
    );
  }
};

/** Everything `start` needs. */
export const subgraphFromEnvironment = (
  department: Pick<Department<never, never>, 'name' | 'port'>,
  env: Environment,
) => {
  const { name } = department;
  const tls = tlsFromEnvironment(name, env);
  const redis = redisUrl(env, variableOf(name, 'REDIS'));
  const keysMaxAge = duration(env, 'GATEWAY_JWKS_MAX_AGE');
  const deployer = env.DEPLOYER_JWKS?.trim();
  return {
    databaseUrl: databaseFromEnvironment(department, env),
    host: env[variableOf(name, 'HOST')]?.trim() || '127.0.0.1',
    port: port(env, variableOf(name, 'PORT'), department.port),
    provinceKey: provinceKeyFromEnvironment(env),
    gatewayKeys: keySource(
      'GATEWAY_JWKS',
      required(env, 'GATEWAY_JWKS', 'http://127.0.0.1:4000/.well-known/departments-jwks.json'),
    ),
    ...(keysMaxAge === undefined ? {} : { keysMaxAge }),
    ...(deployer ? { deployerKeys: keySource('DEPLOYER_JWKS', deployer) } : {}),
    binding: word(env, 'INTERNAL_TOKEN_BINDING', ['body', 'channel']),
    recheck: word(env, variableOf(name, 'RECHECK'), ['enforce', 'report']),
    ...(tls ? { tls } : {}),
    ...(redis ? { redis } : {}),
  };
};
