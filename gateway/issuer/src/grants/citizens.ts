import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createPseudonyms, parsePersonalNumber, parseProvinceKey } from '@lienthong/kit/citizen-id';
import { StartError } from '../errors.ts';
import type { Person } from './mint.ts';

/** Knows a citizen by personal number; undefined for what is no personal number. */
export type Citizens = (personalNumber: unknown) => (Person & { readonly citizen: string }) | undefined;

/**
 * Makes the `citizen` claim from the province key, so that it is the key that departments use.
 *
 * @throws StartError when the key file cannot be used
 */
export function createCitizens(provinceKeyFile: string): Citizens {
  const pseudonyms = createPseudonyms(readProvinceKey(provinceKeyFile));
  return (personalNumber) => {
    const number = parseNumber(personalNumber);
    if (number === undefined) return undefined;
    const citizen = pseudonyms.idOf(number);
    return { citizen, sub: subjectOf(citizen) };
  };
}

/** Stable for a person and like random; a hash of the pseudonym, so that nobody takes the one for the other. */
const subjectOf = (citizen: string): string =>
  createHash('sha256').update(`citizen\0${citizen}`).digest('base64url').slice(0, 22);

function parseNumber(value: unknown): string | undefined {
  try {
    return typeof value === 'string' ? parsePersonalNumber(value) : undefined;
  } catch {
    return undefined;
  }
}

function readProvinceKey(file: string) {
  try {
    return parseProvinceKey(readFileSync(file, 'utf8'));
  } catch {
    throw new StartError('PROVINCE_KEY_INVALID', {
      vi: `PROVINCE_KEY_FILE: ${file} phải đọc được và có một dòng k1.<base64url của 32 byte>`,
      en: `PROVINCE_KEY_FILE: ${file} must be readable and hold one line k1.<base64url of 32 bytes>`,
    });
  }
}
