import type { RevocationList } from '@lienthong/state';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { routes } from '../surface.ts';
import type { OwnToken, ReadOwnToken } from '../tokens/own.ts';

export interface OwnTokenParts {
  readonly issuer: string;
  readonly read: ReadOwnToken;
  /** Absent: nothing can be revoked, and the endpoint says so. */
  readonly revocations?: RevocationList;
  /** Clients that may introspect tokens of others. */
  readonly introspectors: readonly string[];
  readonly log: Logger;
}

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of our tokens. oidc-provider authenticates the client at both
 * endpoints and then says `unsupported_token_type`, because it keeps nothing of a JWT: there this takes over.
 */
export function ownTokenEndpoints(parts: OwnTokenParts) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.path !== routes.revocation && ctx.path !== routes.introspection) return;
    if ((ctx.body as { error?: unknown } | undefined)?.error !== 'unsupported_token_type') return;
    const client = ctx.oidc.client?.clientId;
    const token = ctx.oidc.params?.token;
    if (client === undefined || typeof token !== 'string') return;
    ctx.set('cache-control', 'no-store');
    const own = await parts.read(token);
    if (ctx.path === routes.introspection) introspect(ctx, client, own, parts);
    else await revoke(ctx, client, own, parts);
  };
}

async function revoke(ctx: KoaContextWithOIDC, client: string, own: OwnToken | undefined, parts: OwnTokenParts) {
  const { issuer, revocations, log } = parts;
  // RFC 7009 §2.2: what is invalid, over or revoked already is as good as revoked.
  if (!own) return answer(ctx, 200, '');
  if (own.name.client_id !== client) {
    return answer(ctx, 400, {
      error: 'unauthorized_client',
      error_description: 'the token was issued to another client',
    });
  }
  try {
    if (!revocations) throw new Error('no list of revoked tokens is configured');
    await revocations.revoke([{ kind: 'token', issuer, value: own.name.jti, until: own.expires * 1_000 }]);
  } catch (err) {
    log.error({ err, client }, 'a token could not be revoked');
    ctx.set('retry-after', '30');
    const description = 'the token is not revoked, try again later';
    // RFC 7009 §2.2.1: the client must take the token for valid.
    return answer(ctx, 503, { error: 'temporarily_unavailable', error_description: description });
  }
  log.info({ client, jti: own.name.jti }, 'token revoked');
  answer(ctx, 200, '');
}

function introspect(
  ctx: KoaContextWithOIDC,
  client: string,
  own: OwnToken | undefined,
  { introspectors }: OwnTokenParts,
) {
  // RFC 7662 §2.2: whoever may not know is told the same as for a token that is none.
  const permitted = own && (own.name.client_id === client || introspectors.includes(client));
  const type = (own?.payload.cnf as { jkt?: string } | undefined)?.jkt === undefined ? 'Bearer' : 'DPoP';
  answer(ctx, 200, permitted ? { active: true, token_type: type, ...own.payload } : { active: false });
}

function answer(ctx: KoaContextWithOIDC, status: number, body: unknown): void {
  ctx.status = status;
  ctx.body = body;
}
