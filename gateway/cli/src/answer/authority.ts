import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Every certificate of a PEM file. */
export const readAuthorities = (pem: string): readonly X509Certificate[] =>
  (pem.match(CERTIFICATE) ?? []).map((each) => new X509Certificate(each));

const issued = (certificate: X509Certificate, by: X509Certificate): boolean =>
  by.ca && certificate.checkIssued(by) && certificate.verify(by.publicKey);

const validAt = ({ validFrom, validTo }: X509Certificate, time: number): boolean =>
  Date.parse(validFrom) <= time && time <= Date.parse(validTo);

/**
 * Whether a chain leads to one of the authorities, every certificate of it being valid at a time. Revocation is not asked
 * for: that needs the authority's answer.
 *
 * @param time milliseconds since the epoch
 */
export const leadsTo = (
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  time: number,
): boolean => {
  for (const [index, certificate] of chain.entries()) {
    if (!validAt(certificate, time)) return false;
    const trusted = authorities.some(
      (authority) =>
        certificate.fingerprint256 === authority.fingerprint256 ||
        (validAt(authority, time) && issued(certificate, authority)),
    );
    if (trusted) return true;
    const above = chain[index + 1];
    if (!above || !issued(certificate, above)) return false;
  }
  return false;
};
