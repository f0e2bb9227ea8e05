import { setTimeout as wait } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { StartError } from './start-error.ts';

/** A database address that may be printed: no password, no parameters. */
const addressOf = (url: string): string => {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || '5432'}${pathname}`;
  } catch {
    return '(not a URL)';
  }
};

/** A host name with several addresses fails with one error for each. */
const codeOf = (error: unknown): string => {
  const errors: unknown = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined;
  return errorCode(error) || (Array.isArray(errors) ? errorCode(errors[0]) : '');
};

/** Waiting helps: nobody listens yet, or the server is still starting up (57P03 cannot_connect_now). */
const PASSING: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', '57P03']);

const explain = (variable: string, address: string, error: unknown): StartError => {
  const code = codeOf(error);
  if (code === '3D000') {
    return new StartError(
      {
        vi: `Cơ sở dữ liệu ${address} không tồn tại. Hãy tạo nó, hoặc sửa ${variable}.`,
        en: `The database ${address} does not exist. Create it, or correct ${variable}.`,
      },
      { cause: error },
    );
  }
  if (code === '28P01' || code === '28000') {
    return new StartError(
      {
        vi: `Cơ sở dữ liệu ${address} từ chối tài khoản. Hãy kiểm tra tên và mật khẩu trong ${variable}.`,
        en: `The database ${address} refuses the account. Check user and password in ${variable}.`,
      },
      { cause: error },
    );
  }
  return new StartError(
    {
      vi: `Không kết nối được cơ sở dữ liệu ${address}${code && ` (${code})`}. Hãy khởi động PostgreSQL, hoặc sửa ${variable}.`,
      en: `Cannot reach the database ${address}${code && ` (${code})`}. Start PostgreSQL, or correct ${variable}.`,
    },
    { cause: error },
  );
};

/** Waits until the database answers, as long as waiting can help; then a StartError that names the variable to correct. */
export const waitForDatabase = async ({
  ping,
  url,
  variable,
  patienceMs = 15_000,
}: {
  readonly ping: () => Promise<void>;
  readonly url: string;
  readonly variable: string;
  readonly patienceMs?: number;
}): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 1_000)) {
    try {
      return await ping();
    } catch (error) {
      if (!PASSING.has(codeOf(error)) || Date.now() + pause > deadline) throw explain(variable, addressOf(url), error);
    }
    await wait(pause);
  }
};
