import { randomUUID } from 'node:crypto';
import type { Partner } from '@lienthong/registry';
import type { Provider, TokenEndpointGrantContext, UnknownObject } from 'oidc-provider';
import type { Logger } from 'pino';
import type { TokenName } from '../tokens/own.ts';
import { type Binding, bind } from './binding.ts';
import { type Granted, gatewayResource } from './decide.ts';

/** The person that a token is about, where one has logged in. */
export interface Person {
  readonly sub: string;
  /** Pseudonym by which the departments know the person; an officer has none. */
  readonly citizen?: string;
}

/** Who acts (RFC 8693 §4.1): the present actor outside, former ones within. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** Where an exchanged token comes from. */
export interface Descent {
  readonly act: Actor;
  /** Every token that it comes from, the nearest first: revoking one of them revokes it too. */
  readonly ancestors: readonly TokenName[];
  /** Seconds since the epoch, beyond which it must not live. */
  readonly latest: number;
}

export interface Mint {
  readonly provider: Provider;
  /** The key that signs. */
  readonly kid: string;
  readonly tokenLifetime: number;
  readonly log: Logger;
}

export interface Minting {
  readonly partner: Partner;
  readonly granted: Granted;
  readonly binding: Binding;
  /** Absent: the token is about the client itself. */
  readonly person?: Person;
  readonly descent?: Descent;
  /** More members of the answer. */
  readonly answer?: Readonly<Record<string, string>>;
}

const claims = new WeakMap<object, UnknownObject>();

/** The claims that `mint` decided on for this very token; undefined for a token that oidc-provider makes itself. */
export const mintedClaims = (token: object): UnknownObject | undefined => claims.get(token);

/** What the registration says of every token, and what the request asserted. */
export const registeredClaims = (
  { org }: Partner,
  { purpose: { purpose, legalBasis }, caseId }: Pick<Granted, 'purpose' | 'caseId'>,
): UnknownObject => ({ org, purpose, legal_basis: legalBasis, ...(caseId === undefined ? {} : { case_id: caseId }) });

/** How access tokens are signed (RFC 9068). */
export const gatewayToken = (scope: string, kid: string, tokenLifetime: number) => ({
  scope,
  audience: gatewayResource,
  accessTokenFormat: 'jwt' as const,
  accessTokenTTL: tokenLifetime,
  jwt: { sign: { alg: 'ES256' as const, kid } },
});

/**
 * Signs an access token (RFC 9068) and answers the token request with it. The claims come from the registration and
 * the decision; `sub` is the client itself unless a person has logged in.
 */
export async function mint(
  { provider, kid, tokenLifetime, log }: Mint,
  ctx: TokenEndpointGrantContext,
  minting: Minting,
) {
  const { partner, granted, binding, person, descent } = minting;
  const scope = granted.scopes.join(' ');
  const resourceServer = new provider.ResourceServer(gatewayResource, gatewayToken(scope, kid, tokenLifetime));
  const left = descent ? descent.latest - Math.floor(Date.now() / 1_000) : tokenLifetime;
  const properties = { client: ctx.oidc.client, scope, resourceServer, expiresIn: Math.min(tokenLifetime, left) };
  const token = person
    ? new provider.AccessToken({
        ...properties,
        accountId: person.sub,
        grantId: randomUUID(),
        gty: ctx.oidc.params.grant_type,
      })
    : new provider.ClientCredentials(properties);
  bind(token, binding);
  claims.set(token, {
    ...registeredClaims(partner, granted),
    ...(person?.citizen === undefined ? {} : { citizen: person.citizen }),
    ...(descent ? { act: descent.act, ancestors: descent.ancestors } : {}),
  });
  const accessToken = await token.save();
  ctx.body = {
    access_token: accessToken,
    ...minting.answer,
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope,
  };
  // No case_id and no citizen: both may lead to a person. The jti is what an operator needs to revoke the token.
  const { client, org } = partner;
  const { purpose } = granted.purpose;
  const bound = token.isSenderConstrained();
  log.info({ client, org, purpose, scopes: granted.scopes.length, bound, jti: token.jti }, 'token issued');
}
