import { createHash, randomUUID } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** The key of a partner's client, and the DPoP proofs that it signs (RFC 9449). */
export interface ProofKey {
  /** What `cnf.jkt` of a token bound to it holds. */
  readonly jkt: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK;
  /** A proof for POST to an address with a token; `claims` and `header` change it, `undefined` leaves a member out. */
  proof(
    url: string,
    token: string,
    claims?: Record<string, unknown>,
    header?: Record<string, unknown>,
  ): Promise<string>;
}

export const athOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export const proofKey = async (alg = 'ES256'): Promise<ProofKey> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    privateKey,
    jwk,
    proof(url, token, claims = {}, header = {}) {
      const iat = Math.floor(Date.now() / 1_000);
      const whole = { htm: 'POST', htu: url, iat, jti: randomUUID(), ath: athOf(token), ...claims };
      return new SignJWT(without(whole))
        .setProtectedHeader(without({ alg, typ: 'dpop+jwt', jwk, ...header }) as { alg: string })
        .sign(privateKey, { crit: Object.fromEntries(critical(header.crit).map((name) => [name, true])) });
    },
  };
};

const without = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** Names that whoever signs pretends to understand. */
const critical = (crit: unknown): string[] => (Array.isArray(crit) ? crit.map(String) : []);
