/** Proves possession of a key, so that a token is worth nothing to whoever else gets hold of it (RFC 9449). */
export interface Possession {
  /** A proof for one request; `token` is the access token that goes with it. */
  proof(request: { method: string; url: string; token?: string; nonce?: string | undefined }): Promise<string>;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const encoded = (value: object): string => base64url(utf8(JSON.stringify(value)));

/** Random bytes for what nobody may guess. */
export const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

export const sha256 = async (text: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A key of this page's own. The browser does not let it out, and it is gone with the page.
 *
 * @param aheadMs how far the gateway's clock is ahead of this device's: proofs are good for seconds, and the clocks of
 *   people's devices are wrong by hours
 */
export const newPossession = async (aheadMs: number): Promise<Possession> => {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  return {
    async proof({ method, url, token, nonce }) {
      const claims = {
        jti: randomText(),
        htm: method,
        htu: url,
        iat: Math.floor((Date.now() + aheadMs) / 1000),
        ...(token === undefined ? {} : { ath: await sha256(token) }),
        ...(nonce === undefined ? {} : { nonce }),
      };
      const signed = `${header}.${encoded(claims)}`;
      const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM, privateKey, utf8(signed)));
      return `${signed}.${base64url(signature)}`;
    },
  };
};
