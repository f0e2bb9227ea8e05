import type { TokenEndpointGrantContext } from 'oidc-provider';
import { errors } from '../oidc.ts';
import type { RegisteredClient } from '../registry/types.ts';
import { decide, type Granted, type Refused, type TokenRequest } from './decide.ts';

/** Parameters of our own besides the standard `scope` and `resource`. A repeated one is refused by oidc-provider. */
export const grantParameters = ['scope', 'resource', 'purpose', 'case_id'] as const;
/** `resource` may be repeated by RFC 8707; the decision refuses more than one. */
export const repeatable = ['resource'] as const;

/** Judges the request in `ctx`, whose client oidc-provider has authenticated; throws the refusal as an OAuth error. */
export function requireGranted(ctx: TokenEndpointGrantContext, client: RegisteredClient): Granted {
  const decision = decide(client, parseRequest(ctx));
  if (decision.ok) return decision;
  throw oauthError(decision);
}

function parseRequest({ oidc: { params, body } }: TokenEndpointGrantContext): TokenRequest {
  const text = (name: string): string | undefined => {
    const value = params[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [purpose, scope, caseId] = [text('purpose'), text('scope'), text('case_id')];
  return {
    parameters: Object.keys(body ?? {}),
    ...(params.resource === undefined ? {} : { resource: params.resource }),
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
