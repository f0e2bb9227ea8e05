import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { JWKS, Provider as OidcProvider } from 'oidc-provider';
import { adapterOf } from '../adapter.ts';
import { fixAddress } from '../address.ts';
import { authorizationCode } from '../grants/names.ts';
import { page, pagePolicy, paragraph } from '../login/page.ts';
import { endSession } from '../login/routes.ts';
import { interactionPolicy, Provider } from '../oidc.ts';
import { memoryStore } from '../storage/memory.ts';
import { people } from './people.ts';
import { pickRoutes } from './pick.ts';

/** What the issuer is called here, and its secret, which is public: production refuses it. */
export const clientId = 'lienthong';
export const clientSecret = 'demo-upstream-khong-dung-that';

/** An OpenID provider whose people are invented and who prove nothing: one picks who one is. */
export async function developmentProvider(issuer: string): Promise<OidcProvider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  const off = { enabled: false };
  const policy = interactionPolicy.base();
  policy.remove('consent');
  const client = {
    client_id: clientId,
    client_secret: clientSecret,
    // Loopback on any port (RFC 8252 §7.3): the issuer may be told to take any free one.
    application_type: 'native' as const,
    redirect_uris: ['http://127.0.0.1/login/callback'],
    grant_types: [authorizationCode],
    response_types: ['code' as const],
    id_token_signed_response_alg: 'ES256' as const,
  };
  const provider = new Provider(issuer, {
    adapter: adapterOf(memoryStore(), (id) => (id === clientId ? client : undefined)),
    claims: { openid: ['sub', 'name', 'personal_number', 'agency'] },
    conformIdTokenClaims: false,
    clientBasedCORS: () => false,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // Cookies know no ports: beside the issuer on one machine, names of our own.
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { interaction: '_upstream_interaction', resume: '_upstream_resume', session: '_upstream_session' },
    },
    jwks: { keys: [jwk] } as JWKS,
    pkce: { required: () => true },
    interactions: { policy, url: (_ctx, { uid }) => `/pick/${uid}` },
    expiresWithSession: () => false,
    findAccount: (_ctx, accountId) => {
      const person = people.find(({ id }) => id === accountId);
      if (!person) return undefined;
      const { name, personalNumber, agency } = person;
      return {
        accountId,
        claims: () => ({
          sub: accountId,
          name,
          ...(personalNumber === undefined ? {} : { personal_number: personalNumber }),
          ...(agency === undefined ? {} : { agency }),
        }),
      };
    },
    async loadExistingGrant({ oidc }) {
      const { account, client: asking } = oidc;
      if (!account || !asking) return undefined;
      const grant = new oidc.provider.Grant({ clientId: asking.clientId, accountId: account.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: off,
      rpInitiatedLogout: off,
      userinfo: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
    },
    ttl: { AuthorizationCode: 60, AccessToken: 60, Grant: 300, IdToken: 300, Interaction: 900, Session: 900 },
    renderError(ctx, out) {
      ctx.set('content-security-policy', pagePolicy);
      const detail = [out.error, out.error_description].join(': ');
      ctx.body = page({ vi: 'Yêu cầu không hợp lệ', en: 'Invalid request' }, paragraph({ vi: detail, en: '' }));
      ctx.type = 'text/html; charset=utf-8';
    },
  });
  fixAddress(provider, issuer, undefined);
  provider.use(endSession);
  provider.use(pickRoutes(provider));
  return provider;
}
