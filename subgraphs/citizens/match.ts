import { badInput, normalizeText } from '@lienthong/kit';

/** What somebody says about a person. */
export interface Claim {
  readonly fullName: string;
  readonly birthDate: string;
}

const MAX_CHARACTERS = 100;
/** Grave, acute, tilde, hook above, dot below: the marks of tone, not those that make another vowel. */
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/gu;

/**
 * A name for comparison. Both ways to place a tone mark are correct spelling (`Hoà`, `Hòa`), so each word's tone moves
 * behind the word; the tone itself, and every letter, stays.
 */
export const nameKey = (name: string): string =>
  normalizeText(name)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[’ʼ`]/gu, "'")
    .split(' ')
    .map((word) => word.replace(TONE, '') + (word.match(TONE) ?? []).join(''))
    .join(' ');

/**
 * Whether the claim agrees with the record. An incomplete date on record is what is printed on the person's papers, so
 * only that very value agrees; a year would otherwise open every full date, one guess in seventy. The record is looked
 * up after the claim has been checked, and for every claim: no record and another record answer alike.
 */
export async function matchesRecord(claim: Claim, record: () => Promise<Claim | null>): Promise<boolean> {
  const claimed = parseName(claim.fullName);
  const person = await record();
  return person !== null && nameKey(person.fullName) === claimed && person.birthDate === claim.birthDate;
}

function parseName(fullName: string): string {
  if (fullName.length > MAX_CHARACTERS || !/\p{L}/u.test(fullName)) {
    throw badInput(
      'full_name',
      {
        vi: `Họ tên phải có chữ cái và không quá ${MAX_CHARACTERS} ký tự. Hãy nhập họ tên đầy đủ, có dấu.`,
        en: `A name has letters and at most ${MAX_CHARACTERS} characters. Type the full name with its accents.`,
      },
      'fullName',
    );
  }
  return nameKey(fullName);
}
