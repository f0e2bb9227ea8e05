import type { EventEmitter } from 'node:events';
import type { Partner } from '@lienthong/registry';
import type { RevocationList } from '@lienthong/state';
import type {
  KoaContextWithOIDC,
  Provider as OidcProvider,
  errors as oidcErrors,
  TokenEndpointGrantContext,
} from 'oidc-provider';
import type { Logger } from 'pino';
import { fixAddress } from './address.ts';
import type { ClientCertificates } from './certificates/client-certificate.ts';
import type { Environment } from './config/index.ts';
import { configuration } from './configuration.ts';
import { ownTokenEndpoints } from './endpoints/own-tokens.ts';
import { bindingOf } from './grants/binding.ts';
import type { Citizens } from './grants/citizens.ts';
import { accessTokenType, exchangeParameters, exchangeRepeatable, requireExchange } from './grants/exchange.ts';
import { mint } from './grants/mint.ts';
import { clientCredentials, developmentLogin, tokenExchange } from './grants/names.ts';
import { grantParameters, repeatable, requireGranted } from './grants/request.ts';
import { epochSeconds, type KeySet } from './keys/file.ts';
import { published } from './keys/published.ts';
import { issuedModel } from './login/authorization.ts';
import { endSession, type LoginParts, loginRoutes } from './login/routes.ts';
import { errors, Provider } from './oidc.ts';
import { once } from './replay.ts';
import type { Store } from './storage/store.ts';
import { offeredMetadata, onlyOfferedRoutes } from './surface.ts';
import { ownTokens } from './tokens/own.ts';

export interface ProviderParts {
  readonly environment: Environment;
  readonly issuer: string;
  /** How clients with certificates reach us; absent where no listener of ours asks for one. */
  readonly tlsUrl?: string;
  /** A partner whose registration holds now. */
  readonly partnerOf: (client: string) => Partner | undefined;
  readonly keys: KeySet;
  readonly store: Store;
  readonly certificates: ClientCertificates;
  readonly tokenLifetime: number;
  readonly dpopNonce: 'optional' | 'required';
  readonly introspectors: readonly string[];
  readonly log: Logger;
  /** Absent: nobody logs in by personal number alone. */
  readonly logIn?: Citizens;
  /** Absent: nobody logs in through an upstream provider. */
  readonly login?: Pick<LoginParts, 'upstream' | 'claims' | 'citizens'>;
  /** Absent: no token can be revoked. */
  readonly revocations?: RevocationList;
}

/** The authorization server: oidc-provider, and grants that obey the registry. */
export function createProvider(parts: ProviderParts): OidcProvider {
  const { issuer, keys, partnerOf, logIn, login, log, store, revocations, tlsUrl } = parts;
  const kid = keys.keys.find(({ state }) => state === 'current')?.jwk.kid ?? '';
  const provider = new Provider(issuer, configuration({ ...parts, kid }));
  const minting = { provider, kid, tokenLifetime: parts.tokenLifetime, log };
  const read = ownTokens(
    issuer,
    published(keys, epochSeconds()).map(({ jwk }) => jwk),
    revocations,
  );
  const registered = ({ oidc: { client } }: TokenEndpointGrantContext): Partner => {
    const partner = partnerOf(client.clientId);
    if (!partner) throw new errors.InvalidClient('client is not registered');
    return partner;
  };

  // Not oidc-provider's own client_credentials grant: that one drops scopes that it does not know without a word, and a
  // caller would find out from missing data.
  provider.registerGrantType(
    clientCredentials,
    async (ctx) => {
      const partner = registered(ctx);
      const granted = requireGranted(ctx, partner);
      await mint(minting, ctx, { partner, granted, binding: await bindingOf(provider, ctx) });
    },
    grantParameters,
    repeatable,
  );
  provider.registerGrantType(
    tokenExchange,
    async (ctx) => {
      const partner = registered(ctx);
      const binding = await bindingOf(provider, ctx);
      const exchange = await requireExchange(ctx, partner, binding, { read, partnerOf });
      await mint(minting, ctx, { partner, binding, ...exchange, answer: { issued_token_type: accessTokenType } });
    },
    exchangeParameters,
    exchangeRepeatable,
  );
  if (logIn) {
    provider.registerGrantType(
      developmentLogin,
      async (ctx) => {
        const partner = registered(ctx);
        const granted = requireGranted(ctx, partner);
        const person = logIn(ctx.oidc.params.personal_number);
        if (!person) throw new errors.InvalidRequest('personal_number must be exactly 12 digits');
        await mint(minting, ctx, { partner, granted, person, binding: await bindingOf(provider, ctx) });
      },
      [...grantParameters, 'personal_number'],
      repeatable,
    );
  }

  fixAddress(provider, issuer, tlsUrl);
  // Looked up and kept in one step: between oidc-provider's own two, another process may use the same proof.
  provider.ReplayDetection.unique = once(store);
  provider.use(onlyOfferedRoutes({ login: login !== undefined }));
  provider.use(
    offeredMetadata({
      login: login !== undefined,
      revocation: revocations !== undefined,
      ...(tlsUrl === undefined ? {} : { tlsUrl }),
    }),
  );
  provider.use(
    ownTokenEndpoints({
      issuer,
      read,
      introspectors: parts.introspectors,
      log,
      ...(revocations ? { revocations } : {}),
    }),
  );
  if (login) {
    provider.use(endSession);
    provider.use(loginRoutes({ provider, issuer, partnerOf, store, log, ...login }));
  }
  provider.on('grant.revoked', (_ctx, grantId) => void revokeIssued(parts, grantId));
  reportTo(log, provider);
  return provider;
}

/** RFC 6749 §4.1.2: a code that is used twice was stolen, so what it gave is revoked. */
async function revokeIssued({ store, issuer, revocations, log }: ProviderParts, grantId: string): Promise<void> {
  try {
    for (const { jti, expires } of await store.ofGrant(issuedModel, grantId)) {
      if (!revocations) throw new Error('no list of revoked tokens is configured');
      await revocations.revoke([{ kind: 'token', issuer, value: String(jti), until: Number(expires) * 1_000 }]);
      log.warn({ jti }, 'token revoked: its authorization code was used twice');
    }
  } catch (err) {
    log.error({ err }, 'tokens of an authorization code that was used twice could not be revoked');
  }
}

/** Refusals and faults, by client and code; never a parameter, which may hold a secret or a personal number. */
function reportTo(log: Logger, provider: OidcProvider): void {
  const refused = (what: string) => (ctx: KoaContextWithOIDC, fault: oidcErrors.OIDCProviderError) => {
    const { error, error_detail: detail } = fault;
    const reason = error === 'invalid_client' || error === 'invalid_grant' ? detail : undefined;
    log.warn({ client: ctx.oidc.client?.clientId, error, reason, status: ctx.status }, what);
  };
  provider.on('grant.error', refused('token refused'));
  provider.on('pushed_authorization_request.error', refused('authorization request refused'));
  provider.on('authorization.error', refused('authorization refused'));
  provider.on('server_error', (_ctx: KoaContextWithOIDC, err: Error) => log.error({ err }, 'internal error'));
  // Koa's own event, which oidc-provider's types leave out; without a listener Koa prints to the console.
  const koa: EventEmitter = provider;
  koa.on('error', (err: Error) => log.error({ err }, 'internal error'));
}
