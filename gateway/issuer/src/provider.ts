import type { EventEmitter } from 'node:events';
import type {
  ClientMetadata,
  Configuration,
  JWKS,
  KoaContextWithOIDC,
  Provider as OidcProvider,
  errors as oidcErrors,
  TokenEndpointGrantContext,
} from 'oidc-provider';
import type { Logger } from 'pino';
import { NoStorage } from './adapter.ts';
import type { LogIn } from './grants/development-login.ts';
import { extraTokenClaims, mint } from './grants/mint.ts';
import { clientCredentials, developmentLogin } from './grants/names.ts';
import { grantParameters, repeatable, requireGranted } from './grants/request.ts';
import type { PrivateKeys } from './keys.ts';
import { errors, Provider } from './oidc.ts';
import type { RegisteredClient, Registry } from './registry/types.ts';
import { offeredMetadata, onlyOfferedRoutes } from './surface.ts';

export interface ProviderParts {
  readonly issuer: string;
  readonly registry: Registry;
  readonly keys: PrivateKeys;
  readonly tokenLifetime: number;
  readonly log: Logger;
  /** Absent: no grant logs anybody in. */
  readonly logIn?: LogIn;
}

/** The authorization server: oidc-provider with everything off that is not offered, and grants that obey the registry. */
export function createProvider(parts: ProviderParts): OidcProvider {
  const { issuer, registry, logIn, log } = parts;
  const provider = new Provider(issuer, configuration(parts));
  const minting = { provider, tokenLifetime: parts.tokenLifetime, log };

  // Not oidc-provider's own client_credentials grant: that one drops scopes that it does not know without a word, and a
  // caller would find out from missing data.
  provider.registerGrantType(
    clientCredentials,
    async (ctx) => {
      const client = registered(registry, ctx);
      await mint(minting, ctx, client, requireGranted(ctx, client));
    },
    grantParameters,
    repeatable,
  );
  if (logIn) {
    provider.registerGrantType(
      developmentLogin,
      async (ctx) => {
        const client = registered(registry, ctx);
        const granted = requireGranted(ctx, client);
        const person = logIn(ctx.oidc.params.personal_number);
        if (!person) throw new errors.InvalidRequest('personal_number must be exactly 12 digits');
        await mint(minting, ctx, client, granted, person);
      },
      [...grantParameters, 'personal_number'],
      repeatable,
    );
  }

  provider.use(onlyOfferedRoutes);
  provider.use(offeredMetadata(issuer));
  reportTo(log, provider);
  return provider;
}

function configuration({ registry, keys, logIn }: ProviderParts): Configuration {
  const off = { enabled: false };
  return {
    adapter: NoStorage,
    // Without the development login its clients are unknown: there is no grant that they could use.
    clients: [...registry.clients.values()]
      .filter(({ grant }) => grant === 'client-credentials' || logIn)
      .map(clientMetadata),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientDefaults: { grant_types: [clientCredentials], response_types: [], id_token_signed_response_alg: 'ES256' },
    clientBasedCORS: () => false,
    jwks: { keys: [...keys.keys] } as JWKS,
    scopes: [],
    responseTypes: [],
    extraTokenClaims,
    features: {
      claimsParameter: off,
      devInteractions: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
      // The grants judge `resource` themselves, together with purpose and scope.
      resourceIndicators: off,
      rpInitiatedLogout: off,
      userinfo: off,
    },
    renderError: (ctx, out) => {
      ctx.body = out;
    },
    fetch: () => Promise.reject(new Error('the issuer calls nobody')),
  };
}

function clientMetadata({ id, secret, name, grant }: RegisteredClient): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    client_name: name.vi,
    grant_types: [grant === 'client-credentials' ? clientCredentials : developmentLogin],
    response_types: [],
    redirect_uris: [],
  };
}

function registered({ clients }: Registry, { oidc: { client } }: TokenEndpointGrantContext): RegisteredClient {
  const entry = clients.get(client.clientId);
  if (!entry) throw new errors.InvalidClient('client is not registered');
  return entry;
}

/** Refusals and faults, by client and code; never a parameter, which may hold a secret or a personal number. */
function reportTo(log: Logger, provider: OidcProvider): void {
  provider.on(
    'grant.error',
    (ctx: KoaContextWithOIDC, { error, error_detail: detail }: oidcErrors.OIDCProviderError) => {
      const client = ctx.oidc.client?.clientId;
      const reason = error === 'invalid_client' ? detail : undefined;
      log.warn({ client, error, reason, status: ctx.status }, 'token refused');
    },
  );
  provider.on('server_error', (_ctx: KoaContextWithOIDC, err: Error) => log.error({ err }, 'internal error'));
  // Koa's own event, which oidc-provider's types leave out; without a listener Koa prints to the console.
  const koa: EventEmitter = provider;
  koa.on('error', (err: Error) => log.error({ err }, 'internal error'));
}
