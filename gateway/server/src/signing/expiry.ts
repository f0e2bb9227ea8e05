import type { SigningKey } from './key.ts';

const DAY = 86_400_000;
/** Days before the end of a certificate from which on its end is told. */
const NOTICE = 30;

/**
 * What is wrong, or soon will be, with the dates of a key's certificates. Answers go on being signed: that somebody forgot
 * to renew a certificate must not keep a hospital from its data, and the key itself is no weaker.
 *
 * @param now milliseconds since the epoch
 */
export const expiryOf = ({ certificates }: SigningKey, now: number): string | undefined => {
  for (const [index, { validFrom, validTo }] of certificates.entries()) {
    const name = `certificate ${index + 1} of the signing key`;
    if (now < Date.parse(validFrom)) return `${name} is not valid before ${validFrom}`;
    if (now > Date.parse(validTo)) return `${name} expired on ${validTo}`;
    if (now > Date.parse(validTo) - NOTICE * DAY) return `${name} expires on ${validTo}`;
  }
  return undefined;
};
