import { badInput } from './errors.ts';
import { schemaText } from './schema-package.ts';
import { normalizeText } from './text.ts';

/** A commune-level administrative unit of the province. */
export interface Commune {
  readonly code: string;
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Resolution 202/2025/QH15: the present units exist from this day on. */
const VALID_FROM = '2025-07-01';

const parseLine = (line: string): [string, Commune] => {
  const [code = '', name = ''] = line.split('\t');
  if (!/^\d{5}$/.test(code) || name.trim() === '') throw new Error(`communes.tsv: not "code<TAB>name": ${line}`);
  return [code, Object.freeze({ code, name: normalizeText(name), validFrom: VALID_FROM, validTo: null })];
};

/** The units of the province by their code, in the order of the codes. */
export const communes: ReadonlyMap<string, Commune> = new Map(
  schemaText('data/communes.tsv')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine),
);

const FIVE_DIGITS = /^\d{5}$/;

/** A commune code from a caller, checked: five digits, in the list of units. */
export const parseCommuneCode = (value: unknown, argument?: string): string => {
  if (typeof value !== 'string' || !FIVE_DIGITS.test(value)) {
    throw badInput(
      'commune_code_format',
      {
        vi: 'Mã đơn vị hành chính cấp xã gồm đúng 5 chữ số, ví dụ 21289.',
        en: 'A commune code has exactly 5 digits, for example 21289.',
      },
      argument,
    );
  }
  if (!communes.has(value)) {
    throw badInput(
      'commune_unknown',
      {
        vi: 'Mã đơn vị hành chính này không có trong tỉnh. Hãy tra danh mục đơn vị hành chính hiện hành.',
        en: 'No commune of the province has this code. Look it up in the current list of administrative units.',
      },
      argument,
    );
  }
  return value;
};

/** The commune of that code, or `null`: what a `Commune` field and `Query.commune` answer with. */
export const commune = (code: string | null | undefined): Commune | null =>
  code === null || code === undefined ? null : (communes.get(code) ?? null);
