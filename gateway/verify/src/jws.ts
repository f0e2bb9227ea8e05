import { fromBase64url, utf8 } from './bytes.ts';
import { isObject, type Json, type JsonObject, parseJson } from './json.ts';
import type { Keys, PublicKey } from './keys.ts';

/** A compact JWS (RFC 7515 §7.1), taken apart; nothing of it is believed yet. */
export interface Jws {
  readonly kid: string;
  readonly alg: string;
  readonly payload: JsonObject;
  /** What the signature is over. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** In base64url. */
  readonly signature: string;
}

/** @returns undefined where it is no JWS of this type with an object as its payload */
export function readJws(text: Json | undefined, type: string): Jws | undefined {
  const parts = typeof text === 'string' ? text.split('.') : [];
  if (parts.length !== 3) return undefined;
  const [protectedHeader = '', body = '', signature = ''] = parts;
  const header = objectOf(protectedHeader);
  const payload = objectOf(body);
  if (header === undefined || payload === undefined) return undefined;
  const { typ, kid, alg, crit } = header;
  // RFC 7515 §4.1.11: what is critical and not understood makes a JWS invalid. Nothing is understood here.
  if (typ !== type || typeof kid !== 'string' || typeof alg !== 'string' || crit !== undefined) return undefined;
  return { kid, alg, payload, signed: utf8(`${protectedHeader}.${body}`), signature };
}

/**
 * The key that a JWS names; the algorithm is the key's, never the JWS's choice (RFC 8725 §3.1).
 *
 * @param time when it says that it was signed, ISO 8601
 */
export function keyOf({ kid, alg }: Jws, keys: Keys, time: string): PublicKey | undefined {
  const key = keys.get(kid);
  const over = key?.until !== undefined && time > key.until;
  return key?.alg === alg && !over ? key : undefined;
}

function objectOf(base64url: string): JsonObject | undefined {
  const bytes = fromBase64url(base64url);
  const value = bytes && parseJson(new TextDecoder().decode(bytes));
  return isObject(value) ? value : undefined;
}
