import { type Command, Help } from 'commander';
import type { Language } from './language.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Cách dùng:',
  'Arguments:': 'Tham số:',
  'Options:': 'Tuỳ chọn:',
  'Commands:': 'Lệnh:',
};

/** Commander's own words in help pages, in the language of the descriptions; commands added later inherit them. */
export function speak(program: Command, language: Language): Command {
  if (language === 'en') return program;
  const inVietnamese = (text: string): string =>
    text
      .replace(/\(choices: /, '(chọn một: ')
      .replace(/\bdefault: /, 'mặc định: ')
      .replaceAll('"', '');
  return program
    .helpOption('-h, --help', 'xem trợ giúp')
    .helpCommand('help [command]', 'xem trợ giúp của một lệnh')
    .configureHelp({
      styleTitle: (title) => TITLES[title] ?? title,
      optionDescription: (option) => inVietnamese(Help.prototype.optionDescription(option)),
    });
}
