import type { Partner } from '@lienthong/registry';
import type { Interaction, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import type { UpstreamSettings } from '../config/upstream.ts';
import type { Citizens } from '../grants/citizens.ts';
import { errors } from '../oidc.ts';
import { StoreUnavailable } from '../storage/available.ts';
import type { Store } from '../storage/store.ts';
import { answerFailure } from './failure.ts';
import { personOf } from './person.ts';
import { newPending, type Pending, type Upstream, UpstreamDown, UpstreamRefused } from './upstream.ts';

/** Where the upstream provider sends browsers back to. */
export const callbackPath = '/login/callback';
const loginPath = /^\/login\/([\w-]{1,64})$/;

/** Seconds that a person has at the upstream provider. */
const patience = 600;
const model = 'UpstreamLogin';

export interface LoginParts {
  readonly provider: Provider;
  readonly issuer: string;
  readonly upstream: Upstream;
  readonly claims: UpstreamSettings['claims'];
  readonly citizens: Citizens;
  readonly partnerOf: (client: string) => Partner | undefined;
  readonly store: Store;
  readonly log: Logger;
}

interface Kept extends Pending {
  readonly uid: string;
}

/**
 * The pages between an authorization request and its code:
 * `/login/UID` sends the browser upstream; upstream sends it back to the one callback that it knows, which sends it on to
 * `/login/UID`, the only path at which the browser shows the cookie of this very interaction.
 */
export function loginRoutes(parts: LoginParts) {
  const { provider, store, log } = parts;
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    const [, uid] = loginPath.exec(ctx.path) ?? [];
    if (uid === undefined) return next();
    ctx.set('cache-control', 'no-store');
    ctx.set('referrer-policy', 'no-referrer');
    try {
      if (ctx.path === callbackPath) return await callback(ctx, store);
      // Throws unless this browser began it.
      const interaction = await provider.interactionDetails(ctx.req, ctx.res);
      if (interaction.uid !== uid) throw new errors.SessionNotFound('another interaction');
      await (ctx.querystring === '' ? begin(ctx, uid, parts) : finish(ctx, interaction, parts));
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return answerFailure(ctx, 'login_over');
      if (error instanceof StoreUnavailable) return answerFailure(ctx, 'store_down');
      if (!(error instanceof UpstreamDown)) throw error;
      log.error({ err: error.cause ?? error }, 'the upstream provider failed');
      answerFailure(ctx, 'upstream_down');
    }
  };
}

async function callback(ctx: KoaContextWithOIDC, store: Store): Promise<void> {
  const { state } = ctx.query;
  const kept = typeof state === 'string' ? await store.get(model, state) : undefined;
  if (!kept) return answerFailure(ctx, 'login_over');
  ctx.status = 303;
  ctx.redirect(`/login/${String(kept.uid)}?${ctx.querystring}`);
}

async function begin(ctx: KoaContextWithOIDC, uid: string, { upstream, store }: LoginParts): Promise<void> {
  const pending = newPending();
  const address = await upstream.begin(pending);
  const payload = { ...pending, uid };
  await store.put({ model, id: pending.state, payload, expires: Date.now() / 1_000 + patience });
  ctx.status = 303;
  ctx.redirect(address.href);
}

async function finish(ctx: KoaContextWithOIDC, interaction: Interaction, parts: LoginParts): Promise<void> {
  const { provider, issuer, upstream, store, log } = parts;
  const { state } = ctx.query;
  const kept = (typeof state === 'string' ? await store.get(model, state) : undefined) as Kept | undefined;
  // The state belongs to this browser's interaction, and works once: nobody else's login can be planted here.
  if (kept?.uid !== interaction.uid || !(await store.consume(model, kept.state))) {
    return answerFailure(ctx, 'login_over');
  }
  const partner = parts.partnerOf(String(interaction.params.client_id));
  if (!partner) return answerFailure(ctx, 'request_refused');
  let result: Parameters<Provider['interactionResult']>[2];
  try {
    const claims = await upstream.finish(new URL(`${callbackPath}?${ctx.querystring}`, issuer), kept);
    const person = personOf(claims, partner, parts.claims, parts.citizens);
    if (typeof person === 'string') {
      log.warn({ client: partner.client, reason: person }, 'login refused');
      return answerFailure(ctx, person);
    }
    result = { login: { accountId: person.sub, remember: false }, person };
  } catch (error) {
    if (!(error instanceof UpstreamRefused)) throw error;
    log.warn({ client: partner.client, reason: error.error }, 'login refused upstream');
    result = { error: 'access_denied', error_description: 'the person did not log in' };
  }
  ctx.status = 303;
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
}

/** Nobody is kept logged in: once the code is on its way the session ends, and its cookie with it. */
export async function endSession(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.oidc?.route !== 'resume' || !ctx.oidc.session?.accountId) return;
  await ctx.oidc.session.destroy();
  ctx.cookies.set(ctx.oidc.provider.cookieName('session'), null);
}
