import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { checkDepartments } from './check-departments.ts';
import { checkProcesses } from './check-processes.ts';
import { checkSharing } from './check-sharing.ts';
import { Reader } from './declaration/read.ts';
import { markVariables, unknownVariables, type Variables } from './declaration/variables.ts';
import { ConfigError, type ConfigProblem, type ConfigWarning } from './errors.ts';
import { type DepartmentConfig, type GatewayConfig, settings } from './settings.ts';
import { warningsOf } from './warnings.ts';

export {
  CONFIG_CODES,
  type ConfigCode,
  ConfigError,
  type ConfigProblem,
  type ConfigWarning,
  describeProblem,
} from './errors.ts';
export type { DepartmentConfig, GatewayConfig, IssuerConfig } from './settings.ts';

export interface LoadedConfig {
  readonly config: GatewayConfig;
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads and checks a configuration file once: environment over file, defaults applied, deeply frozen.
 *
 * @throws {ConfigError} carrying every problem found
 */
export function loadConfig(file: string, env: Variables = process.env): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(markVariables(readText(file)), { lineCounter: lines, prettyErrors: false });
  const problems: ConfigProblem[] = document.errors.slice(0, 1).map((error) => ({
    code: 'CONFIG_SYNTAX',
    file,
    line: lines.linePos(error.pos[0]).line,
    key: '',
    messages: { vi: `YAML không hợp lệ: ${error.message}`, en: `not valid YAML: ${error.message}` },
  }));
  failOn(problems);

  const reader = new Reader(file, document, lines, env);
  const config = reader.read(settings);
  failOn([...reader.problems, ...unknownVariables(settings.keys, reader.used, env, file)]);

  // The declarations in settings.ts are both what was read and what the type is computed from.
  const checked = freeze(config) as GatewayConfig;
  checkDepartments(checked, reader);
  checkProcesses(checked, reader);
  checkSharing(checked, reader);
  failOn(reader.problems);
  return { config: checked, warnings: warningsOf(checked) };
}

/** The settings of one department: its own where the file names it, the defaults otherwise. */
export function departmentOf(config: GatewayConfig, name: string): DepartmentConfig {
  return Object.hasOwn(config.departments, name) ? (config.departments[name] ?? DEFAULTS) : DEFAULTS;
}

const DEFAULTS: DepartmentConfig = Object.freeze({
  timeout: 5_000,
  connections: 64,
  queue: 1_024,
  answerSize: 32 * 1_024 * 1_024,
  circuit: Object.freeze({ failures: 20, pause: 2_000 }),
});

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'EIO';
    throw new ConfigError([
      {
        code: 'CONFIG_FILE_UNREADABLE',
        file,
        key: '',
        messages: {
          vi: `không đọc được tệp cấu hình (${reason}). Kiểm tra đường dẫn sau --config và quyền đọc.`,
          en: `the configuration file cannot be read (${reason}). Check the path after --config and its permissions.`,
        },
      },
    ]);
  }
}

function failOn(problems: readonly ConfigProblem[]): void {
  const [first, ...others] = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (first !== undefined) throw new ConfigError([first, ...others]);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
    Object.freeze(value);
  }
  return value;
}
