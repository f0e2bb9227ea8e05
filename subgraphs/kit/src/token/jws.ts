import { KeyObject, verify } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { TokenRefused, TokenUndecided } from './reasons.ts';

type FoundKey = Awaited<ReturnType<JWTVerifyGetKey>>;

/** base64url(header).base64url(payload).base64url(signature), RFC 7515 §7.1. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;

const objectIn = (part: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (error) {
    throw new TokenRefused('malformed', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenRefused('malformed');
  return value as Record<string, unknown>;
};

const refusalOf = (error: unknown): TokenRefused | TokenUndecided =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
    ? new TokenRefused('key', error)
    : // What is left comes from fetching or reading the key set, not from the token.
      new TokenUndecided('keys_unavailable', error);

/** Converted once: a key of the set is the same object from token to token. */
const keyObjects = new WeakMap<object, KeyObject>();

const keyObjectOf = (key: FoundKey): KeyObject => {
  if (key instanceof KeyObject) return key;
  let object = keyObjects.get(key);
  if (!object) {
    object = KeyObject.from(key as Parameters<typeof KeyObject.from>[0]);
    keyObjects.set(key, object);
  }
  return object;
};

const isP256 = ({ type, asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  type === 'public' && asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';

/**
 * The claims of a JWS that a key of the set signed, whatever they say. ES256 alone: `none` and the HMAC algorithms are not
 * even considered (RFC 8725 §3.1). On this thread: `jwtVerify` of jose has Web Cryptography verify on another one, and
 * the way there and back costs as much again as the signature.
 *
 * @param typ the one type that is taken (RFC 8725 §3.11)
 * @throws TokenRefused, TokenUndecided
 */
export const signedClaims = async (token: string, typ: string, keys: JWTVerifyGetKey): Promise<JWTPayload> => {
  const [, header = '', payload = '', signature = ''] = COMPACT.exec(token) ?? [];
  if (header === '') throw new TokenRefused('malformed');
  const members = objectIn(header);
  const { alg, kid } = members;
  // Nothing that a header could call critical is understood here (RFC 7515 §4.1.11).
  if (alg !== 'ES256' || members.crit !== undefined) throw new TokenRefused('algorithm');
  if (kid !== undefined && typeof kid !== 'string') throw new TokenRefused('malformed');

  let key: KeyObject;
  try {
    // What the header says of keys, its own or addresses of some, is not handed on.
    const named = { alg, ...(kid === undefined ? {} : { kid }) };
    key = keyObjectOf(await keys(named, { protected: header, payload, signature }));
  } catch (error) {
    throw refusalOf(error);
  }
  // R and S, not DER (RFC 7518 §3.4).
  const signed = { key, dsaEncoding: 'ieee-p1363' } as const;
  const input = Buffer.from(`${header}.${payload}`);
  if (!isP256(key) || !verify('sha256', input, signed, Buffer.from(signature, 'base64url'))) {
    throw new TokenRefused('signature');
  }
  const claims = objectIn(payload);
  if (members.typ !== typ) throw new TokenRefused('type');
  return claims;
};
