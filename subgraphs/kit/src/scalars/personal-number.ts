import { badInput } from '../errors.ts';
import { stringScalar } from './scalar.ts';

const TWELVE_DIGITS = /^\d{12}$/;

/**
 * A personal number from a caller, checked and unchanged. The message says how many digits arrived and never which: an
 * almost right number is still personal data, and messages end up in logs and screenshots.
 */
export const parsePersonalNumber = (value: string): string => {
  if (TWELVE_DIGITS.test(value)) return value;
  const digits = value.replace(/\D/g, '').length;
  const others = [...value].length - digits;
  if (others > 0) {
    throw badInput('personal_number_characters', {
      vi: `Số định danh cá nhân gồm đúng 12 chữ số, không có ký tự khác; nhận được ${digits} chữ số và ${others} ký tự khác. Hãy bỏ dấu cách, dấu chấm và chữ cái.`,
      en: `A personal number has exactly 12 digits and nothing else; ${digits} digits and ${others} other characters arrived. Remove spaces, dots and letters.`,
    });
  }
  throw badInput('personal_number_length', {
    vi: `Số định danh cá nhân gồm đúng 12 chữ số; nhận được ${digits}. Hãy kiểm tra lại trên thẻ căn cước.`,
    en: `A personal number has exactly 12 digits; ${digits} arrived. Check it against the identity card.`,
  });
};

export const PersonalNumber = stringScalar('PersonalNumber', parsePersonalNumber, {
  vi: 'Số định danh cá nhân phải là chuỗi 12 chữ số trong dấu ngoặc kép; viết thành số sẽ mất số 0 ở đầu.',
  en: 'A personal number must be a string of 12 digits in quotes; written as a number it loses its leading zero.',
});
