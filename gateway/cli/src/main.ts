import { CommanderError } from 'commander';
import { CommandError } from './command-error.ts';
import { chooseLanguage, type Language } from './language.ts';
import { createProgram } from './program.ts';
import { explainUsage } from './usage.ts';

/** Runs one command; sets the exit code and leaves the process to end by itself, so that servers stay up. */
export async function main(argv: readonly string[]): Promise<void> {
  const { language, asked } = chooseLanguage(argv, process.env);
  const languages: readonly Language[] = asked ? [language] : ['vi', 'en'];
  const program = createProgram(language);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommandError) {
      process.stderr.write(describe(error, languages));
      process.exitCode = 1;
    } else if (error instanceof CommanderError) {
      process.stderr.write(explainUsage(error, language));
      process.exitCode = error.exitCode;
    } else throw error;
  }
}

/** In both languages unless one was asked for: a refusal must be understood by whoever is at the keyboard. */
function describe({ messages, detail }: CommandError, languages: readonly Language[]): string {
  return [...languages.map((language) => messages[language]), ...(detail === undefined ? [] : [detail])]
    .map((text) => `${text}\n`)
    .join('');
}
