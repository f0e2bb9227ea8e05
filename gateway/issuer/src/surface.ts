import type { KoaContextWithOIDC } from 'oidc-provider';
import { answerFailure } from './login/failure.ts';

type Next = () => Promise<void>;

/** Where each endpoint is. */
export const routes = {
  authorization: '/authorize',
  introspection: '/introspect',
  jwks: '/jwks',
  pushed_authorization_request: '/par',
  revocation: '/revoke',
  token: '/token',
} as const;

const documents = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration', routes.jwks];
const posts: readonly string[] = [routes.token, routes.revocation, routes.introspection];
/** Only where persons can log in. */
const loginPosts: readonly string[] = [routes.pushed_authorization_request];
/** What a program in a browser calls from its own origin, after asking by OPTIONS (CORS). */
const crossOrigin: readonly string[] = [routes.token, routes.pushed_authorization_request];
/** What a browser comes to. */
const pages = /^\/(authorize(\/[\w-]{1,64})?|login\/[\w-]{1,64})$/;

/**
 * Everything the outside may reach. oidc-provider always mounts its authorization, session and consent pages; what
 * this issuer does not offer must answer 404, not a half-configured page.
 */
export function onlyOfferedRoutes({ login }: { readonly login: boolean }) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    ctx.set('x-content-type-options', 'nosniff');
    const allowed = allowedMethods(ctx.path, login);
    if (!allowed) {
      answer(ctx, 404, 'not_found', `no such page; see ${documents[1]}`);
    } else if (!allowed.includes(ctx.method)) {
      ctx.set('allow', allowed.join(', '));
      answer(ctx, 405, 'method_not_allowed', `use ${allowed.join(' or ')}`);
    } else {
      await next();
      if (ctx.status === 503 && !ctx.response.get('retry-after')) ctx.set('retry-after', '5');
    }
  };
}

function allowedMethods(path: string, login: boolean): readonly string[] | undefined {
  if (posts.includes(path) || (login && loginPosts.includes(path))) {
    return login && crossOrigin.includes(path) ? ['POST', 'OPTIONS'] : ['POST'];
  }
  if (login && pages.test(path)) return ['GET'];
  return documents.includes(path) ? ['GET', 'HEAD'] : undefined;
}

function answer(ctx: KoaContextWithOIDC, status: number, error: string, description: string): void {
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

/** A refusal in words that fit the one who asked: a page for a person at a browser, JSON for a program. */
export function renderError(
  ctx: KoaContextWithOIDC,
  out: { readonly error: string; readonly error_description?: string | undefined },
): void {
  if (pages.test(ctx.path)) answerFailure(ctx, 'request_refused', [out.error, out.error_description].join(': '));
  else ctx.body = out;
}

/** Members of oidc-provider's metadata that are true of this issuer, and always. */
const always = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'dpop_signing_alg_values_supported',
  'introspection_endpoint',
  'tls_client_certificate_bound_access_tokens',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'response_types_supported',
] as const;
const forLogin = [
  'authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'require_pushed_authorization_requests',
  'code_challenge_methods_supported',
  'authorization_response_iss_parameter_supported',
] as const;

/** Cuts the metadata document (RFC 8414) to what is offered, and adds where clients with certificates go (RFC 8705 §5). */
export function offeredMetadata(offer: {
  readonly login: boolean;
  readonly revocation: boolean;
  readonly tlsUrl?: string;
}) {
  const endpoints = [
    'token_endpoint',
    'introspection_endpoint',
    'revocation_endpoint',
    'pushed_authorization_request_endpoint',
  ];
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next();
    if (!ctx.path.startsWith('/.well-known/') || ctx.status !== 200) return;
    const full = ctx.body as Record<string, unknown>;
    const names = [...always, ...(offer.login ? forLogin : []), ...(offer.revocation ? ['revocation_endpoint'] : [])];
    const document = Object.fromEntries(
      names.filter((name) => full[name] !== undefined).map((name) => [name, full[name]]),
    );
    const { tlsUrl } = offer;
    const aliases = tlsUrl === undefined ? [] : endpoints.filter((name) => name in document);
    ctx.body = {
      ...document,
      // Required by OpenID Connect Discovery; there is none where nobody logs in.
      ...(offer.login ? { response_modes_supported: ['query'] } : {}),
      ...(aliases.length === 0
        ? {}
        : {
            mtls_endpoint_aliases: Object.fromEntries(
              aliases.map((name) => [name, `${tlsUrl}${new URL(String(document[name])).pathname}`]),
            ),
          }),
    };
  };
}
