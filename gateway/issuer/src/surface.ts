import type { KoaContextWithOIDC } from 'oidc-provider';

type Next = () => Promise<void>;

const documents = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration', '/jwks'];
const tokenPath = '/token';

/**
 * Everything the outside may reach. oidc-provider always mounts its authorization, session and consent pages; what
 * this issuer does not offer must answer 404, not a half-configured page.
 */
export async function onlyOfferedRoutes(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  ctx.set('x-content-type-options', 'nosniff');
  const allowed = allowedMethods(ctx.path);
  if (!allowed) {
    answer(ctx, 404, 'not_found', `no such page; see ${documents[1]}`);
  } else if (!allowed.includes(ctx.method)) {
    ctx.set('allow', allowed.join(', '));
    answer(ctx, 405, 'method_not_allowed', `use ${allowed.join(' or ')}`);
  } else {
    await next();
  }
}

function allowedMethods(path: string): readonly string[] | undefined {
  if (path === tokenPath) return ['POST'];
  return documents.includes(path) ? ['GET', 'HEAD'] : undefined;
}

function answer(ctx: KoaContextWithOIDC, status: number, error: string, description: string): void {
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

/**
 * Cuts the metadata document (RFC 8414) to what is offered and takes its addresses from the issuer: oidc-provider
 * takes them from the Host header, by which a caller could have them point elsewhere.
 */
export function offeredMetadata(issuer: string) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next();
    if (!ctx.path.startsWith('/.well-known/') || ctx.status !== 200) return;
    const full = ctx.body as Record<string, unknown>;
    ctx.body = {
      issuer,
      token_endpoint: `${issuer}${tokenPath}`,
      jwks_uri: `${issuer}/jwks`,
      grant_types_supported: full.grant_types_supported,
      token_endpoint_auth_methods_supported: full.token_endpoint_auth_methods_supported,
      // Required members of the two specifications, for flows that are not offered.
      response_types_supported: [],
      subject_types_supported: full.subject_types_supported,
      id_token_signing_alg_values_supported: full.id_token_signing_alg_values_supported,
    };
  };
}
