import { randomUUID } from 'node:crypto';
import type { Provider, TokenEndpointGrantContext, UnknownObject } from 'oidc-provider';
import type { Logger } from 'pino';
import type { RegisteredClient } from '../registry/types.ts';
import { type Granted, gatewayResource } from './decide.ts';

/** The person that a token is about, where one has logged in. */
export interface Person {
  readonly sub: string;
  /** Pseudonym by which the departments know the person. */
  readonly citizen: string;
}

export interface Mint {
  readonly provider: Provider;
  readonly tokenLifetime: number;
  readonly log: Logger;
}

const claims = new WeakMap<object, UnknownObject>();

/** oidc-provider's `extraTokenClaims`: the claims that `mint` decided on for this very token. */
export const extraTokenClaims = (_ctx: unknown, token: object): UnknownObject | undefined => claims.get(token);

/**
 * Signs an access token (RFC 9068) and answers the token request with it. The claims come from the registry entry and
 * the decision; `sub` is the client itself unless a person has logged in.
 */
export async function mint(
  { provider, tokenLifetime, log }: Mint,
  ctx: TokenEndpointGrantContext,
  client: RegisteredClient,
  { purpose: { purpose, legalBasis }, scopes, caseId }: Granted,
  person?: Person,
): Promise<void> {
  const scope = scopes.join(' ');
  const resourceServer = new provider.ResourceServer(gatewayResource, {
    scope,
    audience: gatewayResource,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  });
  const properties = { client: ctx.oidc.client, scope, resourceServer, expiresIn: tokenLifetime };
  const token = person
    ? new provider.AccessToken({
        ...properties,
        accountId: person.sub,
        grantId: randomUUID(),
        gty: ctx.oidc.params.grant_type,
      })
    : new provider.ClientCredentials(properties);
  claims.set(token, {
    org: client.org,
    purpose,
    legal_basis: legalBasis,
    ...(caseId === undefined ? {} : { case_id: caseId }),
    ...(person ? { citizen: person.citizen } : {}),
  });
  const accessToken = await token.save();
  ctx.body = { access_token: accessToken, token_type: token.tokenType, expires_in: token.expiration, scope };
  // No case_id and no citizen: both may lead to a person. The jti is what an operator needs to revoke the token.
  log.info({ client: client.id, org: client.org, purpose, scopes: scopes.length, jti: token.jti }, 'token issued');
}
