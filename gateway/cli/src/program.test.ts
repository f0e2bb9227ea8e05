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

/** The help page of a command, as it would be printed. */
const helpOf = (language: 'vi' | 'en', ...path: string[]): string => {
  let command = createProgram(language);
  for (const name of path) command = command.commands.find((each) => each.name() === name) ?? command;
  return command.helpInformation();
};

describe('help', () => {
  const pathsOf = (command = createProgram('en'), path: readonly string[] = []): (readonly string[])[] => [
    path,
    ...command.commands.flatMap((each) => pathsOf(each, [...path, each.name()])),
  ];

  test.each(pathsOf().map((path) => ({ path })))(
    '$path is all in one language, and in each a page of its own',
    ({ path }) => {
      const [vi, en] = [helpOf('vi', ...path), helpOf('en', ...path)];
      expect(vi).not.toMatch(/Usage:|Options:|Commands:|Arguments:|display help|choices:|default:/);
      expect(en).not.toMatch(/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i);
      // Every option and every command is described, in both languages differently.
      const described = (page: string) =>
        new Map(
          [...page.matchAll(/^ {2}(-\S.*?|[a-z]\S*.*?) {2,}(\S.*)$/gm)].map(([, name = '', text]) => [name, text]),
        );
      for (const [name, text] of described(en))
        expect({ name, text: described(vi).get(name) }).not.toEqual({ name, text });
    },
  );

  test('goes down to the commands of commands', () => {
    expect(helpOf('vi', 'partner', 'document', 'add')).toContain('Cách dùng: lienthong partner document add [options]');
    expect(helpOf('vi', 'partner', 'keygen')).toContain('(chọn một: ES256, PS256, EdDSA, mặc định: ES256)');
  });
});

test('completion knows every command, its options and what follows them', () => {
  const script = completion(createProgram('en'), 'bash');
  for (const name of ['up', 'gateway', 'compose', 'explain', 'token', 'revoke', 'seed', 'completion'])
    expect(script).toContain(`    ${name}) words=`);
  expect(script).toContain('--previous --acknowledge');
  expect(script).toContain('--query --token --variables --operation --json');
  expect(script).toContain('--client --scope --purpose --case --citizen');
  expect(script).toContain('revoke) words="--config --jti --client --subject --issuer --issued-before --help"');
  expect(script).toContain('partner) case "${COMP_WORDS[2]}" in\n    add) words="--registry --actor --reason --keys');
  expect(script).toContain(
    '    *) words="add update rotate resume suspend remove document show list history keygen --help"',
  );
  expect(script).toContain(
    'document) case "${COMP_WORDS[3]}" in\n    add) words="--registry --actor --reason --client',
  );
  expect(script).toContain(
    'verify) words="--keys --no-signatures --heads --after --time-stamps-ca --origin --json --help"',
  );
  expect(script).toMatch(/^ {4}--config\|\S*--out\|\S*--keys\S*\) COMPREPLY=\(\$\(compgen -f /m);
  expect(script).toContain('    --alg) COMPREPLY=($(compgen -W "ES256 PS256 EdDSA" -- "$current")); return ;;');
  expect(() => completion(createProgram('en'), 'fish')).toThrow('fish');
});
