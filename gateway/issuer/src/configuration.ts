import { createHmac } from 'node:crypto';
import type { ClientAuthMethod, Configuration, JWKS } from 'oidc-provider';
import { adapterOf } from './adapter.ts';
import { subjectMatches } from './certificates/subject.ts';
import { checkAssertion, clockTolerance } from './clients/assertion.ts';
import { mayCallFrom } from './clients/browser.ts';
import { metadataOf } from './clients/metadata.ts';
import { clientCredentials } from './grants/names.ts';
import { epochSeconds } from './keys/file.ts';
import { published } from './keys/published.ts';
import { authorizationConfiguration, grantLifetime } from './login/authorization.ts';
import type { ProviderParts } from './provider.ts';
import { renderError, routes } from './surface.ts';

/** What clients sign with (FAPI 2.0 §5.4.1). */
const algorithms = ['ES256', 'PS256', 'EdDSA', 'Ed25519'] as const;

/** oidc-provider with everything off that is not offered, by FAPI 2.0 wherever it applies. */
export function configuration(parts: ProviderParts & { readonly kid: string }): Configuration {
  const { environment, store, keys, certificates, dpopNonce, partnerOf, logIn, login } = parts;
  const off = { enabled: false };
  const offer = { developmentLogin: logIn !== undefined, upstream: login !== undefined };
  const clientAuthMethods: readonly ClientAuthMethod[] = [
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    // Only for logging persons in.
    ...(login ? (['none'] as const) : []),
    // Shared secrets are for demos: production does not know the method, whatever the registry holds.
    ...(environment === 'development' ? (['client_secret_basic', 'client_secret_post'] as const) : []),
  ];
  const { features, ...authorization } = authorizationConfiguration(parts);

  return {
    adapter: adapterOf(store, (id) => {
      const partner = partnerOf(id);
      const known = partner && clientAuthMethods.includes(partner.authentication.method);
      return known ? metadataOf(partner, offer) : undefined;
    }),
    clientAuthMethods: [...clientAuthMethods],
    clientDefaults: { grant_types: [clientCredentials], response_types: [], id_token_signed_response_alg: 'ES256' },
    clientBasedCORS(_ctx, origin, { clientId }) {
      const partner = partnerOf(clientId);
      return partner !== undefined && mayCallFrom(origin, partner);
    },
    clockTolerance,
    cookies: { keys: [derive(keys.secret, 'cookies').toString('base64url')] },
    assertJwtClientAuthClaimsAndHeader: (ctx, claims) => checkAssertion(ctx, claims),
    enabledJWA: { clientAuthSigningAlgValues: [...algorithms], dPoPSigningAlgValues: [...algorithms] },
    jwks: { keys: published(keys, epochSeconds()).map(({ jwk }) => jwk) } as JWKS,
    pkce: { required: () => true },
    responseTypes: login ? ['code'] : [],
    routes,
    scopes: [],
    // Seconds. A code is fetched at once; FAPI 2.0 §5.3.2.1 allows it a minute.
    ttl: {
      AccessToken: parts.tokenLifetime,
      AuthorizationCode: 60,
      Grant: grantLifetime,
      Interaction: 900,
      Session: 900,
    },
    ...authorization,
    features: {
      ...features,
      claimsParameter: off,
      devInteractions: off,
      dPoP: {
        enabled: true,
        nonceSecret: derive(keys.secret, 'dpop-nonce'),
        requireNonce: () => dpopNonce === 'required',
      },
      fapi: { enabled: true, profile: '2.0' },
      // Of tokens that oidc-provider keeps, of which there are none (see endpoints/own-tokens.ts).
      introspection: { enabled: true, allowedPolicy: () => false },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: (ctx) => certificates.of(ctx.req),
        certificateAuthorized(ctx) {
          const certificate = certificates.of(ctx.req);
          return certificate !== undefined && certificates.isTrusted(certificate);
        },
        certificateSubjectMatches(ctx, property, expected) {
          const certificate = certificates.of(ctx.req);
          return certificate !== undefined && subjectMatches(certificate, property, expected);
        },
      },
      pushedAuthorizationRequests: { enabled: login !== undefined, requirePushedAuthorizationRequests: true },
      revocation: { enabled: true },
      rpInitiatedLogout: off,
      userinfo: off,
    },
    renderError: (ctx, out) => renderError(ctx, out),
    fetch: () => Promise.reject(new Error('the issuer calls nobody')),
  };
}

/** One secret, several uses, none of which gives away another. */
const derive = (secret: Buffer, use: string): Buffer => createHmac('sha256', secret).update(use).digest();
