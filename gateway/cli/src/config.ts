import { ConfigError, type GatewayConfig, loadConfig } from '@lienthong/server/config';
import { CommandError } from './command-error.ts';
import type { Language } from './language.ts';
import { dataFolder } from './up/folders.ts';
import { type Configuration, readState } from './up/state.ts';

/** A gateway's configuration and the file that it was read from. */
export interface ReadConfig extends ReturnType<typeof loadConfig> {
  readonly config: GatewayConfig;
  readonly file: string;
}

/**
 * The configuration that `--config` names, or without it that of the gateway which `lienthong up` runs on this machine.
 * Where it cannot be used, every problem is on stderr and the exit code is 1.
 *
 * @throws CommandError where none is named and nothing runs
 */
export function readConfig(named: string | undefined, language: Language): ReadConfig | undefined {
  const { file, variables } = named === undefined ? running() : { file: named, variables: process.env };
  try {
    return { ...loadConfig(file, variables), file };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.describe(language)}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

/** As the running gateway read it: this terminal's own overrides are about other gateways. */
function running(): { readonly file: string; readonly variables: NodeJS.ProcessEnv } {
  const configuration: Configuration | undefined = readState(dataFolder())?.configuration;
  if (configuration === undefined) {
    throw new CommandError('CONFIG_UNKNOWN', {
      vi: 'Chưa biết cổng nào: thêm --config gateway.yaml, hoặc chạy hệ thống thử trên máy này: npm start',
      en: 'Which gateway? Add --config gateway.yaml, or run one on this machine: npm start',
    });
  }
  const { file, variables } = configuration;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('LIENTHONG_'));
  return { file, variables: { ...Object.fromEntries(others), ...variables } };
}
