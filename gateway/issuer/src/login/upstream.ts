import { readFileSync } from 'node:fs';
import { importJWK, type JWK } from 'jose';
import * as client from 'openid-client';
import type { UpstreamSettings } from '../config/upstream.ts';

/** What must be kept between the way to the upstream provider and back. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type UpstreamClaims = Readonly<Record<string, unknown>>;

/** The provider through which persons log in, seen as its relying party. */
export interface Upstream {
  /** Where to send the browser. @throws UpstreamDown */
  begin(pending: Pending): Promise<URL>;
  /** What the provider says of the person who came back at `callback`. @throws UpstreamDown, UpstreamRefused */
  finish(callback: URL, pending: Pending): Promise<UpstreamClaims>;
}

/** The provider cannot be reached, or does not answer as it must: not the person's fault. */
export class UpstreamDown extends Error {}

/** The provider, or the person at it, said no. */
export class UpstreamRefused extends Error {
  readonly error: string;

  constructor(error: string, cause: unknown) {
    super(error, { cause });
    this.error = error;
  }
}

/** Seconds for each call to the provider. */
const timeout = 10;

export const newPending = (): Pending => ({
  state: client.randomState(),
  nonce: client.randomNonce(),
  verifier: client.randomPKCECodeVerifier(),
});

/**
 * openid-client does the protocol: state, nonce, PKCE, `iss` (RFC 9207), ID token.
 *
 * @param redirectUri our callback, as registered with the provider
 */
export function createUpstream(settings: UpstreamSettings, redirectUri: string): Upstream {
  let discovered: Promise<client.Configuration> | undefined;
  // Asked for when first needed, and again after a failure: the issuer starts while the provider is down.
  const configuration = (): Promise<client.Configuration> => {
    discovered ??= discover(settings).catch((error: unknown) => {
      discovered = undefined;
      throw new UpstreamDown('discovery failed', { cause: error });
    });
    return discovered;
  };

  return {
    async begin({ state, nonce, verifier }) {
      const config = await configuration();
      return client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // The person at the browser now, not who was there before.
        prompt: 'login',
      });
    },

    async finish(callback, { state, nonce, verifier }) {
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, callback, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new UpstreamDown('no ID token');
        if (!config.serverMetadata().userinfo_endpoint) return claims;
        return { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError) throw new UpstreamRefused(error.error, error);
        throw error instanceof UpstreamDown ? error : new UpstreamDown('no valid answer', { cause: error });
      }
    },
  };
}

async function discover({ issuer, clientId, credential }: UpstreamSettings): Promise<client.Configuration> {
  const url = new URL(issuer);
  const authentication =
    'secret' in credential
      ? client.ClientSecretBasic(credential.secret)
      : client.PrivateKeyJwt(await readKey(credential.keyFile));
  return client.discovery(url, clientId, undefined, authentication, {
    timeout,
    execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
  });
}

async function readKey(file: string): Promise<client.PrivateKey> {
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK;
  const key = await importJWK(jwk, jwk.alg ?? 'ES256');
  if (key instanceof Uint8Array) throw new Error('not a private key');
  return { key, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
}
