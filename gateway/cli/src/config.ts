import { ConfigError, loadConfig } from '@lienthong/server';
import type { Language } from './language.ts';

/** A gateway's configuration; where it cannot be used, every problem is on stderr and the exit code is 1. */
export function readConfig(file: string, language: Language): ReturnType<typeof loadConfig> | undefined {
  try {
    return loadConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.describe(language)}\n`);
    process.exitCode = 1;
    return undefined;
  }
}
