import type { X509Certificate } from 'node:crypto';
import type { AccessToken, ClientCredentials, Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { checkDpopReplay, checkDpopRequired, checkMtlsCert, validateDpop } from 'oidc-provider/lib/helpers/grants.js';
import { errors } from '../oidc.ts';

/** To what a token is bound (RFC 7800, `cnf`): the key of a DPoP proof, a client certificate, or nothing. */
export interface Binding {
  readonly jkt?: string;
  readonly certificate?: string | X509Certificate;
}

/**
 * What this request binds its token to. A client that is registered as bound gets no token without it; any other may
 * bind its tokens by sending a proof.
 */
export async function bindingOf(provider: Provider, ctx: TokenEndpointGrantContext): Promise<Binding> {
  const proof = await validateDpop(provider, ctx);
  checkDpopRequired(provider, ctx, proof, errors.InvalidDpopProof);
  const certificate = checkMtlsCert(provider, ctx, errors.InvalidRequest);
  if (proof) await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId, errors.InvalidDpopProof);
  return { ...(proof ? { jkt: proof.thumbprint } : {}), ...(certificate ? { certificate } : {}) };
}

/** @throws InvalidRequest where a proof was sent for a token that is to be bound to a certificate */
export function bind(token: AccessToken | ClientCredentials, { jkt, certificate }: Binding): void {
  if (certificate) token.setThumbprint('x5t', certificate);
  if (jkt !== undefined) token.setThumbprint('jkt', jkt);
}

export const isBound = ({ jkt, certificate }: Binding): boolean => jkt !== undefined || certificate !== undefined;
