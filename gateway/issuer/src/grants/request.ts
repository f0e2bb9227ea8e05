import type { Partner } from '@lienthong/registry';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { errors } from '../oidc.ts';
import { decide, type Granted, type Refused, type TokenRequest } from './decide.ts';

/** Parameters of our own besides the standard `scope` and `resource`. A repeated one is refused by oidc-provider. */
export const grantParameters = ['scope', 'resource', 'purpose', 'case_id'] as const;
/** `resource` may be repeated by RFC 8707; the decision refuses more than one. */
export const repeatable = ['resource'] as const;

/** Judges the request in `ctx`, whose client oidc-provider has authenticated; throws the refusal as an OAuth error. */
export function requireGranted(ctx: KoaContextWithOIDC, partner: Partner): Granted {
  return granted(decide(partner, parseRequest(ctx)));
}

/** @throws the refusal as an OAuth error */
export function granted<Decision extends { readonly ok: true }>(decision: Decision | Refused): Decision {
  if (decision.ok) return decision;
  throw oauthError(decision);
}

/** A parameter of the request as one text; undefined where it is absent. */
export function textParameter({ oidc: { params } }: KoaContextWithOIDC, name: string): string | undefined {
  const value = params?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function parseRequest(ctx: KoaContextWithOIDC): TokenRequest {
  const { params, body } = ctx.oidc;
  const [purpose, scope, caseId] = ['purpose', 'scope', 'case_id'].map((name) => textParameter(ctx, name));
  const resource = params?.resource as string | string[] | undefined;
  return {
    parameters: Object.keys(body ?? {}),
    ...(resource === undefined ? {} : { resource }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(scope === undefined ? {} : { scope }),
    ...(caseId === undefined ? {} : { caseId }),
  };
}

function oauthError({ error, description, scope }: Refused): Error {
  switch (error) {
    case 'invalid_request':
      return new errors.InvalidRequest(description);
    case 'invalid_scope':
      return scope
        ? new errors.InvalidScope(description, scope)
        : new errors.CustomOIDCProviderError(error, description);
    case 'invalid_target':
      return new errors.InvalidTarget(description);
  }
}
