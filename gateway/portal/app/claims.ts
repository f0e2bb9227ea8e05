/** The claims of an access token that the console shows. The page reads them to inform; only the gateway verifies. */
export interface Claims {
  readonly clientId: string;
  readonly org?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
  readonly caseId?: string;
  readonly scopes: readonly string[];
  /** Seconds since 1970. */
  readonly expiresAt?: number;
}

function payloadOf(token: string): Record<string, unknown> | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `undefined`: the token is not a JWT. */
export function claimsOf(token: string): Claims | undefined {
  const payload = payloadOf(token);
  if (payload === undefined) return undefined;
  const { client_id, sub, org, purpose, legal_basis, case_id, scope, exp } = payload;
  const optional = { org: text(org), purpose: text(purpose), legalBasis: text(legal_basis), caseId: text(case_id) };
  return {
    clientId: text(client_id) ?? text(sub) ?? '',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    scopes: (text(scope) ?? '').split(' ').filter((word) => word !== ''),
    ...(typeof exp === 'number' ? { expiresAt: exp } : {}),
  };
}
