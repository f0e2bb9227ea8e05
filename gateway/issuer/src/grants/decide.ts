import { type Partner, purposeOf, type RegisteredPurpose } from '@lienthong/registry';

/** The one resource that tokens are issued for: the gateway's audience (RFC 8707). */
export const gatewayResource = 'urn:gateway';

/** What a token request asks for, as parsed from its form; absent means not asked for. */
export interface TokenRequest {
  readonly resource?: string | readonly string[];
  readonly purpose?: string;
  readonly scope?: string;
  readonly caseId?: string;
  /** Names of every parameter that was sent. */
  readonly parameters: readonly string[];
}

/** What the token will say beyond issuer, subject and times. Order of scopes: that of the registry. */
export interface Granted {
  readonly ok: true;
  readonly purpose: RegisteredPurpose;
  readonly scopes: readonly string[];
  readonly caseId?: string;
}

/** A refusal by the registry, in the words of RFC 6749, section 5.2 (`description` is ASCII for that reason). */
export interface Refused {
  readonly ok: false;
  readonly error: 'invalid_request' | 'invalid_scope' | 'invalid_target';
  readonly description: string;
  /** The scopes that were refused, where that is the reason. */
  readonly scope?: string;
}

/**
 * Claims that the registry or the login decides. RFC 6749 lets a server ignore what it does not know; saying no keeps
 * a caller from believing that it had chosen its own legal basis.
 */
const notForCallers = ['org', 'legal_basis', 'citizen', 'sub', 'act', 'cnf', 'aud', 'iss', 'exp', 'ancestors'];

// Printable, of any script: no controls, no invisible formatting, no line separators.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,64}$/u;
// What may be repeated in a message: a digit never, so that a personal number sent by mistake is not echoed.
const speakable = /^[a-z:_-]{1,64}$/;

/** Judges a token request by the client's registration alone: the request chooses within it and vouches for nothing. */
export function decide(partner: Partner, request: TokenRequest): Granted | Refused {
  const vouched = notForCallers.filter((name) => request.parameters.includes(name));
  if (vouched.length > 0) {
    return refuse('invalid_request', `not accepted from callers, the registry decides: ${vouched.join(', ')}`);
  }
  const resources = [request.resource ?? gatewayResource].flat();
  if (resources.length !== 1 || resources[0] !== gatewayResource) {
    return refuse('invalid_target', `the only resource is ${gatewayResource}`);
  }
  if (request.caseId !== undefined && !printable.test(request.caseId)) {
    return refuse('invalid_request', 'case_id must be 1 to 64 printable characters');
  }
  const purpose = purposeOf(partner, request.purpose);
  if (!purpose) {
    const registered = partner.purposes.map((each) => each.purpose).join(', ');
    return refuse('invalid_request', `purpose is not registered for this client; registered: ${registered}`);
  }
  const asked = request.scope === undefined ? purpose.scopes : request.scope.split(' ');
  const denied = asked.filter((scope) => !purpose.scopes.includes(scope));
  if (denied.length > 0) return refuseScopes(denied, purpose);
  return {
    ok: true,
    purpose,
    scopes: purpose.scopes.filter((scope) => asked.includes(scope)),
    ...(request.caseId === undefined ? {} : { caseId: request.caseId }),
  };
}

function refuseScopes(denied: readonly string[], { purpose, scopes }: RegisteredPurpose): Refused {
  return invalidScope(
    denied,
    (named) => `not granted to this client for purpose ${purpose}: ${named}; registered: ${scopes.join(' ')}`,
  );
}

/** A refusal of scopes that names them, as far as they may be repeated. */
export function invalidScope(denied: readonly string[], describe: (named: string) => string): Refused {
  const named = [...new Set(denied)].filter((scope) => speakable.test(scope));
  const refused = refuse('invalid_scope', describe(named.length > 0 ? named.join(' ') : 'a requested scope'));
  return named.length > 0 ? { ...refused, scope: named.join(' ') } : refused;
}

export const refuse = (error: Refused['error'], description: string): Refused => ({ ok: false, error, description });
