import { CommanderError } from 'commander';
import { CommandError } from './command-error.ts';
import { chooseLanguage } from './language.ts';
import { createProgram } from './program.ts';
import { explainUsage } from './usage.ts';

/** Runs one command; sets the exit code and leaves the process to end by itself, so that servers stay up. */
export async function main(argv: readonly string[]): Promise<void> {
  const language = chooseLanguage(argv, process.env);
  const program = createProgram(language);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommandError) {
      process.stderr.write(`${error.messages[language]}\n`);
      process.exitCode = 1;
    } else if (error instanceof CommanderError) {
      process.stderr.write(explainUsage(error, language));
      process.exitCode = error.exitCode;
    } else throw error;
  }
}
