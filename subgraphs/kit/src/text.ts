const MARKS = /\p{M}+/gu;
const SPACES = /\s+/gu;

/** Text as it is stored and shown: NFC, trimmed, single spaces. */
export const normalizeText = (text: string): string => text.normalize('NFC').trim().replace(SPACES, ' ');

/**
 * Text as it is searched: no tone or vowel marks, `đ` as `d`, lower case, single spaces. Different names fold to one
 * (Sơn Hà and Sơn Hạ), so a match is a candidate and never an identification.
 */
export const foldVietnamese = (text: string): string =>
  text
    .normalize('NFD')
    .replace(MARKS, '')
    // đ has no canonical decomposition.
    .replace(/[đĐ]/gu, 'd')
    .toLowerCase()
    .trim()
    .replace(SPACES, ' ');
