import { createHmac } from 'node:crypto';
import type { ProvinceKey } from './province-key.ts';

/** Turns personal numbers into the ids by which departments know a citizen without exchanging the number. */
export interface Pseudonyms {
  /** `k1.` and base64url(HMAC-SHA-256(province key, number)): `Citizen.id`. */
  idOf(personalNumber: string): string;
}

/**
 * A keyed hash, not a plain one: there are few enough personal numbers to try them all, so only the secret key keeps
 * a partner from turning an id back into the number.
 */
export const createPseudonyms = ({ epoch, key }: ProvinceKey): Pseudonyms => ({
  idOf: (personalNumber) => `${epoch}.${createHmac('sha256', key).update(personalNumber).digest('base64url')}`,
});
