import { X509Certificate } from 'node:crypto';
import type { Partner, PartnerAuthentication } from '@lienthong/registry';
import type { ClientMetadata, JWK } from 'oidc-provider';
import { authorizationCode, clientCredentials, developmentLogin, tokenExchange } from '../grants/names.ts';
import { anyPort } from './browser.ts';

/** What of the issuer decides which grants there are. */
export interface Offer {
  /** Persons can log in by personal number alone. */
  readonly developmentLogin: boolean;
  /** There is an upstream provider through which persons log in. */
  readonly upstream: boolean;
}

/** A partner in the words of RFC 7591. Its grants follow from its login: who logs citizens in gets nothing without one. */
export function metadataOf(partner: Partner, offer: Offer): ClientMetadata {
  const { client, name, bound, login } = partner;
  const redirectUris = offer.upstream ? [...(login?.redirectUris ?? [])] : [];
  const code = redirectUris.length > 0;
  return {
    client_id: client,
    client_name: name.vi,
    application_type: anyPort(partner) ? 'native' : 'web',
    ...authenticationOf(partner.authentication),
    grant_types: grantsOf(partner, offer, code),
    response_types: code ? ['code'] : [],
    redirect_uris: redirectUris,
    dpop_bound_access_tokens: bound === 'dpop',
    tls_client_certificate_bound_access_tokens: bound === 'mtls',
  };
}

function grantsOf({ login, authentication }: Partner, offer: Offer, code: boolean): string[] {
  const own = login?.of !== 'citizens' && authentication.method !== 'none';
  return [
    ...(own ? [clientCredentials, tokenExchange] : []),
    ...(code ? [authorizationCode] : []),
    ...(login?.of === 'citizens' && offer.developmentLogin ? [developmentLogin] : []),
  ];
}

function authenticationOf(authentication: PartnerAuthentication): Partial<ClientMetadata> {
  const { method } = authentication;
  switch (method) {
    case 'private_key_jwt':
      return { token_endpoint_auth_method: method, jwks: { keys: [...authentication.keys] as JWK[] } };
    case 'tls_client_auth':
      return {
        token_endpoint_auth_method: method,
        [`tls_client_auth_${authentication.match.attribute}`]: authentication.match.value,
      };
    case 'self_signed_tls_client_auth':
      return { token_endpoint_auth_method: method, jwks: { keys: authentication.certificates.map(certificateKey) } };
    case 'client_secret_basic':
      return { token_endpoint_auth_method: method, client_secret: authentication.secret };
    case 'none':
      return { token_endpoint_auth_method: method };
  }
}

/** oidc-provider knows a registered certificate by the `x5c` of a key (RFC 8705 §2.2.2). */
function certificateKey(pem: string): JWK {
  const certificate = new X509Certificate(pem);
  const key = certificate.publicKey.export({ format: 'jwk' });
  const kid = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return { ...key, kid, use: 'sig', x5c: [certificate.raw.toString('base64')] } as JWK;
}
