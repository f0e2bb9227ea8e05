/** The day on which the invented province stands still: ages, deaths and "current" facts are as of this date. */
export const AS_OF = '2026-01-15';
/** The last year in which the invented province has births, deaths and moves of its own. */
export const LAST_YEAR = 2025;

export type Sex = 'MALE' | 'FEMALE';
export type MaritalStatus = 'SINGLE' | 'MARRIED' | 'WIDOWED' | 'DIVORCED';
export type Ethnicity = 'KINH' | 'HRE' | 'COR' | 'BANA' | 'XODANG' | 'GIETRIENG' | 'GIARAI';

/** A person's place in the household: a CHILD is of the HEAD (and SPOUSE), a PARENT is the HEAD's. */
export type HouseholdRole = 'HEAD' | 'SPOUSE' | 'CHILD' | 'PARENT';

export interface Person {
  /** Personal identification number, 12 digits. */
  number: string;
  /** Họ, đệm, tên; NFC. */
  fullName: string;
  /** Họ; null for names of the highlands that have none. */
  familyName: string | null;
  /** Đệm, possibly several words, possibly empty; `A` or `Y` in names without a surname. */
  middleName: string;
  /** Tên: what people are called and sorted by. */
  givenName: string;
  sex: Sex;
  /** ISO 8601; for some people the year alone, or year and month. */
  birthDate: string;
  birthYear: number;
  ethnicity: Ethnicity;
  deathDate: string | null;
  maritalStatus: MaritalStatus;
  role: HouseholdRole;
  /** One of the fixed records that documents and tests name. */
  fixed: boolean;
}

export interface Household {
  /** From 0, in the order of the stream. */
  index: number;
  /** The household book's code: unique. */
  code: string;
  /** Code of the commune, 5 digits. */
  commune: string;
  /** The address within the commune. */
  address: string;
  /** Since when the household lives there, ISO 8601. */
  since: string;
  /** The HEAD first. */
  members: Person[];
}
