import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { completion } from './commands/completion.ts';
import { chooseLanguage } from './language.ts';
import { createProgram } from './program.ts';
import { explainUsage } from './usage.ts';

/** The exit code and the message of a command line that is refused before anything runs. */
const refusal = async (line: string, language: 'vi' | 'en' = 'en'): Promise<{ exit: number; text: string }> => {
  try {
    await createProgram(language).parseAsync(line.split(' '), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode, text: explainUsage(error, language) };
    throw error;
  }
  throw new Error('the command line was accepted');
};

describe('a wrong command line', () => {
  test.each([
    ['tokn', "unknown command 'tokn'\n(Did you mean token?)"],
    ['gateway', "required option '--config <file>' not specified"],
    ['gateway --confg x', "required option '--config <file>' not specified"],
    ['compose --config a', "required option '--out <file>' not specified"],
    ['explain --config a', "required option '--query <text>' not specified"],
    ['token --client a --purpos b', "unknown option '--purpos'\n(Did you mean --purpose?)"],
    ['up --citizens 2', "option '--citizens <N>' argument '2' is invalid. a whole number from 3."],
    ['up --citizens 1e6', "option '--citizens <N>' argument '1e6' is invalid. a whole number from 3."],
    ['up --ports 3', "option '--ports <auto>' argument '3' is invalid. Allowed choices are auto."],
    ['up now', "too many arguments for 'up'. Expected 0 arguments but got 1."],
  ])('%s', async (line, message) => {
    expect(await refusal(line)).toEqual({ exit: 1, text: `lienthong: ${message}\nSee: npx lienthong --help\n` });
  });

  test('is explained in Vietnamese when that is the language', async () => {
    expect((await refusal('tokn', 'vi')).text).toBe(
      "lienthong: không có lệnh 'tokn'\n(Có phải là token?)\nXem: npx lienthong --help\n",
    );
  });
});

describe('the language', () => {
  test.each([
    [['up', '--lang', 'vi'], {}, 'vi', true],
    [['--lang=en', 'up'], { LANG: 'vi_VN.UTF-8' }, 'en', true],
    [['up'], { LANG: 'vi_VN.UTF-8' }, 'vi', false],
    [['up'], { LC_ALL: 'C', LANG: 'vi_VN.UTF-8' }, 'en', false],
    [['up'], { LANG: 'vienna' }, 'en', false],
    [['up', '--lang'], {}, 'en', false],
  ])('%j with %j', (argv, env, language, asked) => {
    expect(chooseLanguage(argv, env)).toEqual({ language, asked });
  });
});

test('completion knows every command and its options', () => {
  const script = completion(createProgram('en'), 'bash');
  for (const name of ['up', 'gateway', 'compose', 'explain', 'token', 'seed', 'completion'])
    expect(script).toContain(`    ${name}) words=`);
  expect(script).toContain('--previous --acknowledge');
  expect(script).toContain('--query --token --variables --operation --json');
  expect(script).toContain('--client --scope --purpose --case --citizen');
  expect(script).toContain('partner) case "${COMP_WORDS[2]}" in\n    add) words="--registry --actor --reason --keys');
  expect(script).toContain(
    '    *) words="add update rotate resume suspend remove document show list history keygen --help"',
  );
  expect(() => completion(createProgram('en'), 'fish')).toThrow('fish');
});
