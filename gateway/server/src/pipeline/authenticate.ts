import type { ReceivedRequest } from '../context.ts';
import { refused, type TokenRules, verifyAccessToken } from '../identity/access-token.ts';
import { anonymous, type Principal } from '../policy/principal.ts';

/**
 * Who asks. No Authorization header at all is anonymous; anything else has to be one good bearer token, and is refused
 * before any GraphQL is parsed.
 *
 * @param now milliseconds since the epoch
 * @throws PublicError UNAUTHENTICATED, ISSUER_UNAVAILABLE
 */
export const authenticate = async (
  { rawHeaders }: ReceivedRequest,
  rules: TokenRules,
  now: number,
): Promise<Principal> => {
  // Node keeps the first of two Authorization headers in silence; a proxy in front may have judged the second.
  const [authorization, ...others] = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  if (authorization === undefined) return anonymous;
  const token = /^Bearer +([\w\-.~+/]+=*)$/i.exec(authorization)?.[1];
  if (others.length > 0 || token === undefined) throw refused('malformed');
  return verifyAccessToken(token, rules, now);
};
