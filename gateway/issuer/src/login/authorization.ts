import { type Partner, purposeOf } from '@lienthong/registry';
import type { RevocationList } from '@lienthong/state';
import type { Configuration, KoaContextWithOIDC, UnknownObject } from 'oidc-provider';
import { gatewayResource } from '../grants/decide.ts';
import { gatewayToken, mintedClaims, type Person, registeredClaims } from '../grants/mint.ts';
import { requireGranted, textParameter } from '../grants/request.ts';
import { errors, interactionPolicy } from '../oidc.ts';
import type { Store } from '../storage/store.ts';

/** Seconds from login to the end of what it granted (`ttl.Grant`): the code is spent within a minute. */
export const grantLifetime = 300;

/** What a person's login granted, kept until the code is exchanged. */
interface LoginRecord {
  readonly purpose: string;
  readonly caseId?: string;
  readonly person: Person;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Model names of our own in the store. */
const loginModel = 'Login';
export const issuedModel = 'IssuedToken';

export interface AuthorizationParts {
  readonly issuer: string;
  readonly revocations?: RevocationList;
  readonly store: Store;
  readonly partnerOf: (client: string) => Partner | undefined;
  readonly kid: string;
  readonly tokenLifetime: number;
}

/**
 * How oidc-provider's authorization code flow obeys the registry: the request is judged like any token request when it
 * is pushed, the login is kept beside the grant, and the claims are taken from both when the code is exchanged. Every
 * request logs in anew, upstream; there is no consent to ask for from clients of the province itself.
 */
export function authorizationConfiguration(parts: AuthorizationParts) {
  const { issuer, revocations, store, partnerOf, kid, tokenLifetime } = parts;
  const partner = (ctx: KoaContextWithOIDC): Partner => {
    const found = partnerOf(ctx.oidc.client?.clientId ?? '');
    if (!found) throw new errors.InvalidClient('client is not registered');
    return found;
  };

  return {
    interactions: { policy: loginPolicy(), url: (_ctx, { uid }) => `/login/${uid}` },
    // Values are judged below, together with scope and resource.
    extraParams: ['purpose', 'case_id'],
    expiresWithSession: () => false,
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),

    async loadExistingGrant(ctx) {
      const { result, account, client, params } = ctx.oidc;
      // Only a login of this very request counts.
      if (!result?.login || !account || !client) return undefined;
      const granted = requireGranted(ctx, partner(ctx));
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addResourceScope(gatewayResource, granted.scopes.join(' '));
      const grantId = await grant.save();
      const caseId = params?.case_id;
      const payload: LoginRecord = {
        purpose: granted.purpose.purpose,
        ...(typeof caseId === 'string' ? { caseId } : {}),
        person: result.person as Person,
        at: inSeconds(0),
      };
      await store.put({ model: loginModel, id: grantId, payload: { ...payload }, expires: inSeconds(grantLifetime) });
      return grant;
    },

    async extraTokenClaims(ctx, token): Promise<UnknownObject | undefined> {
      const minted = mintedClaims(token);
      if (minted || token.kind !== 'AccessToken' || !token.grantId) return minted;
      const {
        purpose: code,
        caseId,
        person,
        at = 0,
      } = ((await store.get(loginModel, token.grantId)) ?? {}) as Partial<LoginRecord>;
      const registered = partner(ctx);
      const purpose = code === undefined ? undefined : purposeOf(registered, code);
      if (!purpose || !person)
        throw new errors.InvalidGrant('the login is over, or its purpose is not registered any more');
      // Issued only now, the token would be none of those that were issued before the revocation: its login counts.
      const of = { issuer, jti: token.jti, client: registered.client, subject: person.sub, ancestors: [] };
      if (revocations?.has({ ...of, issuedAt: at * 1_000 })) throw new errors.InvalidGrant('revoked since the login');
      // Whoever finds the code used again revokes what it gave.
      await store.put({
        model: issuedModel,
        id: token.jti,
        payload: { jti: token.jti, expires: inSeconds(tokenLifetime) },
        grantId: token.grantId,
        expires: inSeconds(tokenLifetime),
      });
      return {
        ...registeredClaims(registered, { purpose, ...(caseId === undefined ? {} : { caseId }) }),
        ...(person.citizen === undefined ? {} : { citizen: person.citizen }),
      };
    },

    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => gatewayResource,
        useGrantedResource: () => true,
        getResourceServerInfo(ctx, resource) {
          if (resource !== gatewayResource) throw new errors.InvalidTarget(`the only resource is ${gatewayResource}`);
          // At the token endpoint the grant says which scopes; here they only must not be fewer.
          if (ctx.oidc.route === 'token') {
            const scopes = partner(ctx).purposes.flatMap((purpose) => purpose.scopes);
            return gatewayToken([...new Set(scopes)].join(' '), kid, tokenLifetime);
          }
          const { scopes } = requireGranted(ctx, partner(ctx));
          const scope = scopes.join(' ');
          if (ctx.oidc.params && textParameter(ctx, 'scope') === undefined) ctx.oidc.params.scope = scope;
          return gatewayToken(scope, kid, tokenLifetime);
        },
      },
    },
  } satisfies Partial<Configuration>;
}

function loginPolicy() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy.get('login')?.checks.add(
    new interactionPolicy.Check(
      'fresh_login',
      'every authorization request logs in anew',
      // Whoever sits down at a shared computer is not the person who has just left it.
      (ctx) => !ctx.oidc.result?.login,
    ),
  );
  return policy;
}

const inSeconds = (lifetime: number): number => Math.floor(Date.now() / 1_000) + lifetime;
