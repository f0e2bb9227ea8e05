import { readFileSync } from 'node:fs';
import type { Department } from './department.ts';
import { type ProvinceKey, parseProvinceKey } from './province-key.ts';
import { StartError } from './start-error.ts';
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

/** A URL, or the path of a file. Keys fetched over plain HTTP from elsewhere could be anybody's. */
const gatewayKeys = (value: string): GatewayKeys => {
  if (!/^https?:\/\//.test(value)) return value;
  const url = new URL(value);
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) {
    throw new StartError({
      vi: 'GATEWAY_JWKS: http:// chỉ dùng cho địa chỉ của chính máy này. Hãy dùng https:// hoặc đường dẫn tệp.',
      en: 'GATEWAY_JWKS: http:// is for loopback addresses only. Use https:// or the path of a file.',
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
    vi: `${variable} phải là số từ 0 đến 65535 (0: cổng trống bất kỳ).`,
    en: `${variable} must be a number from 0 to 65535 (0: any free port).`,
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
        vi: `PROVINCE_KEY_FILE: không đọc được khóa của tỉnh từ ${file}. Tệp phải có đúng một dòng k1.<32 byte, base64url>.`,
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
  return {
    databaseUrl: databaseFromEnvironment(department, env),
    host: env[variableOf(name, 'HOST')]?.trim() || '127.0.0.1',
    port: port(env, variableOf(name, 'PORT'), department.port),
    provinceKey: provinceKeyFromEnvironment(env),
    gatewayKeys: gatewayKeys(required(env, 'GATEWAY_JWKS', 'http://127.0.0.1:4000/.well-known/jwks.json')),
  };
};
