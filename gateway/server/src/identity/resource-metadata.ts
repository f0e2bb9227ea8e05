import type { GatewayConfig } from '../config/index.ts';
import { PROOF_ALGORITHMS } from './challenge.ts';

/** Where the metadata of the resource `/graphql` stands (RFC 9728 §3.1). */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource/graphql';

/**
 * What a client may learn of this gateway before it has a token (RFC 9728 §2). Scopes are not listed: what the province
 * holds is told to those who may ask for it.
 *
 * @param origin the gateway's public one
 */
export const resourceMetadata = (
  { authentication, listen }: Pick<GatewayConfig, 'authentication' | 'listen'>,
  origin: string,
): Readonly<Record<string, unknown>> => {
  const certificates = listen.tls !== undefined || listen.clientCertificate !== undefined;
  return {
    resource: `${origin}/graphql`,
    authorization_servers: authentication.issuers.map(({ issuer }) => issuer),
    bearer_methods_supported: ['header'],
    resource_name: 'Liên Thông',
    jwks_uri: `${origin}/.well-known/jwks.json`,
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    // Required to be bound, and nothing else to bind them to.
    dpop_bound_access_tokens_required: authentication.boundTokens === 'required' && !certificates,
    tls_client_certificate_bound_access_tokens: certificates,
  };
};
