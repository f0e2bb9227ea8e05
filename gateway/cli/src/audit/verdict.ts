import type { Finding, Verdict } from '@lienthong/verify';
import type { Language } from '../language.ts';

/**
 * A verdict for people: what is wrong by place, then what was looked at.
 *
 * @param files as they were named, to say in which one
 */
export function verdictText(verdict: Verdict, files: readonly string[], language: Language): string {
  const { faults, warnings, counts } = verdict;
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const number = (value: number): string => value.toLocaleString(language);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const unlisted = total - faults.length - warnings.length;
  const table = rows(verdict, say, number);
  const width = Math.max(...table.map(([name]) => name.length)) + 2;
  return [
    ...faults.map((fault) => `✗ ${findingText(fault, files, language)}`),
    ...warnings.map((warning) => `! ${findingText(warning, files, language)}`),
    ...(unlisted > 0
      ? [say(`… và ${number(unlisted)} phát hiện khác`, `… and ${number(unlisted)} more findings`)]
      : []),
    headline(verdict, say),
    '',
    ...table.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
    '',
  ].join('\n');
}

type Say = (vi: string, en: string) => string;

function headline({ ok, signatures }: Verdict, say: Say): string {
  if (!ok) return say('✗ Bản xuất này KHÔNG đúng.', '✗ This export is NOT in order.');
  return signatures === 'checked'
    ? say('✓ Không có gì sai.', '✓ Nothing is wrong.')
    : say(
        '? Cấu trúc đúng, nhưng CHƯA KIỂM CHỮ KÝ: ai cũng có thể đã tạo tệp này.',
        '? The structure is right, but SIGNATURES WERE NOT CHECKED: anybody may have made this file.',
      );
}

function rows(verdict: Verdict, say: Say, number: (value: number) => string): readonly (readonly [string, string])[] {
  const { origin, from, size, deleted, kinds, first, last, heads, signed, timeStamps, witnessed, root } = verdict;
  const since = from === 0 ? [] : [say(`từ bản ghi ${number(from)}`, `from record ${number(from)} on`)];
  const byKind = Object.entries(kinds).map(([kind, count]) => `${kind} ${number(count)}`);
  const gone = deleted === 0 ? [] : [say(`đã xoá nội dung ${number(deleted)}`, `body deleted ${number(deleted)}`)];
  return [
    [say('sổ', 'ledger'), origin ?? '?'],
    [say('bản ghi', 'records'), [number(size), ...since, ...byKind, ...gone].join(' · ')],
    [say('thời gian', 'time'), first === undefined ? '–' : `${first} – ${last}`],
    [
      say('đầu cây có chữ ký', 'signed heads'),
      `${number(heads)}; ${say(`bao gồm ${number(signed)} bản ghi`, `${number(signed)} records stand before the last`)}`,
    ],
    ...(timeStamps.given === 0
      ? []
      : [[say('dấu thời gian', 'time stamps'), stamped(timeStamps, say, number)] as const]),
    [
      say('người làm chứng', 'witnesses'),
      witnessed.given === 0
        ? say(
            'không có: bản xuất bị cắt ngắn mà vẫn đúng chữ ký sẽ không bị phát hiện (--heads)',
            'none: an export that was cut at an earlier head would not be noticed (--heads)',
          )
        : say(
            `khớp ${witnessed.met} trên ${witnessed.given} đầu cây`,
            `the ledger leads to ${witnessed.met} of ${witnessed.given} heads`,
          ) +
          (witnessed.before === 0
            ? ''
            : say(`; ${witnessed.before} đứng trước phần này`, `; ${witnessed.before} are of before what is here`)),
    ],
    [say('mã băm gốc', 'root'), root ?? '–'],
  ];
}

function stamped(
  { given, true: checked, last }: Verdict['timeStamps'],
  say: Say,
  number: (value: number) => string,
): string {
  if (checked === undefined) {
    return `${number(given)}; ${say('chưa kiểm tra (--time-stamps-ca)', 'not checked (--time-stamps-ca)')}`;
  }
  const since =
    last === undefined
      ? ''
      : say(
          `; ${number(last.size)} bản ghi có từ trước ${last.time}`,
          `; ${number(last.size)} records were there at ${last.time}`,
        );
  return (
    say(`đúng ${number(checked)} trên ${number(given)}`, `${number(checked)} of ${number(given)} are true`) + since
  );
}

function findingText({ code, file, line, seq, what }: Finding, files: readonly string[], language: Language): string {
  const place = [
    ...(file === undefined ? [] : [files[file - 1] ?? String(file)]),
    ...(line === undefined ? [] : [`${language === 'vi' ? 'dòng' : 'line'} ${line}`]),
    ...(seq === undefined ? [] : [`${language === 'vi' ? 'bản ghi' : 'record'} ${seq}`]),
  ].join(', ');
  return `${place === '' ? '' : `${place}: `}${code}: ${what[language]}`;
}
