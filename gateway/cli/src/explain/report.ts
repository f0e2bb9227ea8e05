import type { Explanation, FieldExplanation } from '@lienthong/server';
import type { Language, Texts } from '../language.ts';

/** An explanation for people: how it ends, what it costs, who is asked, then every field, then the plan. */
export function report(explanation: Explanation, language: Language): string {
  const say = (texts: Texts): string => texts[language];
  const { operation, cost, departments, plan, names, fields } = explanation;
  const facts: [string, string][] = [
    [say(LABELS.operation), operation],
    [say(LABELS.caller), callerOf(explanation, say)],
    [say(LABELS.outcome), outcomeOf(explanation, say)],
    [say(LABELS.cost), `${cost.cost} / ${cost.budget}`],
    [say(LABELS.departments), departments.join(', ') || say(TEXTS.noDepartment)],
  ];
  const header = [
    say(LABELS.field),
    say(LABELS.path),
    '',
    say(LABELS.required),
    say(LABELS.missing),
    say(LABELS.purpose),
  ];
  const legend = Object.entries(names).map(([own, theirs]) => `  ${own} = ${theirs}`);
  return [
    columns(facts),
    '',
    columns([header, ...fields.map((field) => row(field, say))]),
    ...(plan === undefined ? [] : ['', `${say(LABELS.plan)}:`, plan]),
    ...(legend.length === 0 ? [] : ['', `${say(LABELS.names)}:`, ...legend]),
    '',
  ].join('\n');
}

const LABELS = {
  operation: { vi: 'Thao tác', en: 'Operation' },
  caller: { vi: 'Người gọi', en: 'Caller' },
  outcome: { vi: 'Trả lời', en: 'Answer' },
  cost: { vi: 'Chi phí / ngân sách', en: 'Cost / budget' },
  departments: { vi: 'Sở, ngành được hỏi', en: 'Departments asked' },
  field: { vi: 'TRƯỜNG', en: 'FIELD' },
  path: { vi: 'ĐƯỜNG DẪN', en: 'PATH' },
  required: { vi: 'CẦN', en: 'REQUIRED' },
  missing: { vi: 'CÒN THIẾU', en: 'MISSING' },
  purpose: { vi: 'MỤC ĐÍCH MỞ ĐƯỢC', en: 'PURPOSE THAT OPENS IT' },
  plan: { vi: 'Kế hoạch', en: 'Plan' },
  names: { vi: 'Tên riêng trong kế hoạch', en: 'Private names in the plan' },
} as const;

const TEXTS = {
  noDepartment: { vi: 'không sở, ngành nào', en: 'none' },
  anonymous: { vi: 'không có token', en: 'anonymous' },
  purpose: { vi: 'mục đích', en: 'purpose' },
  scopes: { vi: 'phạm vi', en: 'scopes' },
  none: { vi: 'không có', en: 'none' },
  whole: { vi: 'đầy đủ', en: 'whole' },
  filtered: { vi: 'trường không được phép là null', en: 'denied fields are null' },
  refused: { vi: 'từ chối cả yêu cầu', en: 'the whole request is refused' },
  open: { vi: 'công khai', en: 'public' },
  closed: { vi: 'đóng với mọi token: không có quy tắc', en: 'closed to every token: it has no rule' },
  token: { vi: 'một token bất kỳ', en: 'any token' },
  notHere: { vi: 'có, nhưng không tính ở đây', en: 'held, but does not count here' },
  above: { vi: 'trường phía trên bị từ chối', en: 'a field above is denied' },
} as const;

type Say = (texts: Texts) => string;

const callerOf = ({ caller }: Explanation, say: Say): string => {
  if (caller.kind === 'anonymous') return say(TEXTS.anonymous);
  const { client, issuer, org, purpose, scopes } = caller;
  return [
    `${client}${org === undefined ? '' : ` · ${org}`} (${issuer})`,
    `${say(TEXTS.purpose)} ${purpose ?? say(TEXTS.none)}`,
    `${say(TEXTS.scopes)} ${scopes.join(' ') || say(TEXTS.none)}`,
  ].join('; ');
};

const outcomeOf = ({ outcome: { answer, codes } }: Explanation, say: Say): string =>
  codes.length === 0 ? say(TEXTS[answer]) : `${say(TEXTS[answer])} (${codes.join(', ')})`;

const row = (
  { coordinate, path, permitted, required, missing, notHere = [], purposes }: FieldExplanation,
  say: Say,
): Cell[] => [
  coordinate,
  path,
  permitted ? '✓' : '✗',
  required && (asked(required, say) || say(TEXTS.open)),
  [
    missing?.closed ? say(TEXTS.closed) : missing ? asked(missing, say) : permitted ? '' : say(TEXTS.above),
    ...notHere.map((scope) => `(${scope}: ${say(TEXTS.notHere)})`),
  ].join('\n'),
  purposes.join(' | '),
];

type Alternatives = readonly (readonly string[])[];

interface Requirement {
  readonly authenticated?: boolean;
  readonly scopes?: Alternatives;
  readonly policies?: Alternatives;
}

/** `a + b | c; purpose:X`: scopes and policies are both needed, of each one alternative. */
const asked = ({ authenticated, scopes = [], policies = [] }: Requirement, say: Say): string =>
  [...(authenticated ? [say(TEXTS.token)] : []), anyOf(scopes), anyOf(policies)]
    .filter((part) => part !== '')
    .join(';\n');

/** Characters of a line of alternatives; the table has to fit on a screen. */
const LINE = 48;

const anyOf = (alternatives: Alternatives): string => {
  const lines: string[] = [];
  for (const alternative of alternatives.map((names) => names.join(' + '))) {
    const longer = lines.length === 0 ? alternative : `${lines.at(-1)} | ${alternative}`;
    if (lines.length > 0 && longer.length > LINE) lines.push(`| ${alternative}`);
    else lines.splice(-1, 1, longer);
  }
  return lines.join('\n');
};

/** May hold line breaks. */
type Cell = string | undefined;

/** Cells one under the other. */
function columns(rows: readonly (readonly Cell[])[]): string {
  const table = rows.map((cells) => cells.map((cell = '') => cell.split('\n')));
  const longest = (lines: readonly string[] = []) => Math.max(0, ...lines.map(({ length }) => length));
  const widths = (table[0] ?? []).map((_, index) => Math.max(...table.map((cells) => longest(cells[index]))));
  return table
    .flatMap((cells) =>
      Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
        cells
          .map((lines, index) => (lines[line] ?? '').padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd(),
      ),
    )
    .join('\n');
}
