import { readFileSync } from 'node:fs';
import { type Explanation, explain as explainOperation, type GatewayConfig } from '@lienthong/server';
import { PublicError } from '@lienthong/server/errors';
import { CommandError } from '../command-error.ts';
import { readConfig } from '../config.ts';
import { report } from '../explain/report.ts';
import type { Language } from '../language.ts';

export interface ExplainOptions {
  /** Absent: the configuration of the gateway that `lienthong up` runs here. */
  readonly config?: string;
  /** GraphQL, or `@` and the name of a file that holds it. */
  readonly query: string;
  readonly token?: string;
  /** A JSON object. */
  readonly variables?: string;
  readonly operation?: string;
  readonly json?: boolean;
}

/** `lienthong explain`: the report, or the JSON, alone on stdout. No department is asked. */
export async function explain(options: ExplainOptions, language: Language): Promise<void> {
  const loaded = readConfig(options.config, language);
  if (loaded === undefined) return;
  const { token, operation } = options;
  const question = {
    query: readQuery(options.query),
    variables: readVariables(options.variables),
    ...(token === undefined ? {} : { token: token.trim() }),
    ...(operation === undefined ? {} : { operationName: operation }),
  };
  const explanation: Explanation = await explainOperation(loaded.config, question).catch((error: unknown) => {
    throw refusal(error, loaded.config);
  });
  process.stdout.write(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : report(explanation, language));
}

function readQuery(given: string): string {
  if (!given.startsWith('@')) return given;
  const file = given.slice(1);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandError('QUERY_UNREADABLE', {
      vi: `Không đọc được tệp truy vấn ${file}. Kiểm tra đường dẫn sau dấu @.`,
      en: `The query file ${file} cannot be read. Check the path after the @.`,
    });
  }
}

function readVariables(given: string | undefined): Record<string, unknown> {
  if (given === undefined) return {};
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, like every other value that is no object.
  }
  throw new CommandError('INVALID_VARIABLES', {
    vi: 'Biến phải là một đối tượng JSON, ví dụ --variables \'{"first": 10}\'.',
    en: 'Variables are one JSON object, for example --variables \'{"first": 10}\'.',
  });
}

function refusal(error: unknown, { authentication }: GatewayConfig): unknown {
  if (error instanceof PublicError) {
    const { code, messages, data } = error;
    if (code !== 'ISSUER_UNAVAILABLE') {
      return new CommandError(
        code,
        messages,
        Object.keys(data).length === 0 ? code : `${code} ${JSON.stringify(data)}`,
      );
    }
    const addresses = authentication.issuers.flatMap(({ jwks }) => ('url' in jwks ? [jwks.url] : [])).join(', ');
    return new CommandError(code, {
      vi: `Không lấy được khoá công khai của nơi cấp token (${addresses}) nên không kiểm tra được token. Khởi động nơi cấp, hoặc bỏ --token để xem như người gọi không có token.`,
      en: `The issuer's public keys cannot be fetched (${addresses}), so the token cannot be checked. Start the issuer, or leave --token out to explain for an anonymous caller.`,
    });
  }
  if (!(error instanceof Error)) return error;
  return new CommandError(
    'NOT_EXPLAINED',
    { vi: 'Không giải thích được thao tác này. Lý do:', en: 'The operation could not be explained. The reason:' },
    error.message,
  );
}
