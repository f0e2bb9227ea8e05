import type { CommanderError } from 'commander';
import type { Language } from './language.ts';

const VIETNAMESE: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'không có lệnh',
  'commander.unknownOption': 'không có tuỳ chọn',
  'commander.missingMandatoryOptionValue': 'thiếu tuỳ chọn bắt buộc',
  'commander.optionMissingArgument': 'tuỳ chọn thiếu giá trị',
  'commander.missingArgument': 'thiếu tham số',
  'commander.excessArguments': 'thừa tham số',
  'commander.invalidArgument': 'giá trị không hợp lệ',
};

/** What was wrong with the command line, and where help is; empty for what is no error (`--help`). */
export function explainUsage({ code, message, exitCode }: CommanderError, language: Language): string {
  if (exitCode === 0 || code === 'commander.help') return '';
  const english = message.replace(/^error: /, '');
  if (language === 'en') return `lienthong: ${english}\nSee: npx lienthong --help\n`;
  const subject = /'([^']+)'/.exec(english)?.[1] ?? '';
  const meant = /Did you mean (?:one of )?([^?]+)\?/.exec(english)?.[1];
  const what = VIETNAMESE[code] ?? english;
  const hint = meant === undefined ? '' : `\n(Có phải là ${meant}?)`;
  return `lienthong: ${what} '${subject}'${hint}\nXem: npx lienthong --help\n`;
}
