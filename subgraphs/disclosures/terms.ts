import type { Bilingual, Catalogue } from '@lienthong/schema/catalogue';

/** A code with the names that people know it by. */
export interface Term extends Bilingual {
  readonly code: string;
}

/** `000.00.53.H48` is the same as `H48.53`, with the empty levels spelt out (Decision 20/2020/QĐ-TTg). */
const LONG = /^000\.00\.(\d{2})\.(H\d{2})$/;

const shortOf = (agency: string): string => {
  const [, unit, root] = LONG.exec(agency) ?? [];
  return unit === undefined || root === undefined ? agency : `${root}.${unit}`;
};

const UNIT = /^(H\d{2})\.(\d{2})$/;

/** Every way in which a ledger may have written an agency's code. */
export const agencyCodes = (asked: string): readonly string[] => {
  const short = shortOf(asked);
  const [, root, unit] = UNIT.exec(short) ?? [];
  return root === undefined || unit === undefined ? [asked] : [short, `000.00.${unit}.${root}`];
};

const term = (code: string, named: Bilingual | undefined): Term => ({
  code,
  vi: named?.vi ?? code,
  en: named?.en ?? code,
});

/** The catalogue's names; a code that it lacks stands for itself. */
export const terms = ({ agencies, purposes, legalBases }: Catalogue) => ({
  agency: (code: string): Term => term(code, agencies.get(code) ?? agencies.get(shortOf(code))),
  purpose: (code: string): Term => term(code, purposes.get(code)),
  legalBasis: (code: string): Term => term(code, legalBases.get(code)),
  law: (code: string): string | null => legalBases.get(code)?.law ?? null,
});
export type Terms = ReturnType<typeof terms>;
