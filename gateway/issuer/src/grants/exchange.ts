import type { Partner } from '@lienthong/registry';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { errors } from '../oidc.ts';
import type { OwnToken, ReadOwnToken, TokenName } from '../tokens/own.ts';
import { type Binding, isBound } from './binding.ts';
import {
  decide,
  type Granted,
  gatewayResource,
  invalidScope,
  type Refused,
  refuse,
  type TokenRequest,
} from './decide.ts';
import type { Actor, Descent, Person } from './mint.ts';
import { granted, parseRequest, textParameter } from './request.ts';

/** RFC 8693 §2.1. A repeated `resource` or `audience` is let through to be refused as `invalid_target`. */
export const exchangeParameters = [
  'scope',
  'resource',
  'audience',
  'purpose',
  'case_id',
  'requested_token_type',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
] as const;
export const exchangeRepeatable = ['resource', 'audience'] as const;

/** RFC 8693 §3. Ours are both at once. */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const tokenTypes = [accessTokenType, 'urn:ietf:params:oauth:token-type:jwt'];

/** Longest chain of actors: an exchange of an exchange and so on serves nobody beyond this. */
const maxActors = 4;

/** What an exchange comes to. */
export interface Exchange {
  readonly granted: Granted;
  readonly person?: Person;
  readonly descent: Descent;
}

/**
 * Judges a token exchange (RFC 8693): the new token is never wider than the subject token in scope, purpose, case or
 * time, nor wider than the client's own registration. Whoever may see the officer's token is told by the registry: the
 * client it was issued to, and clients of the same agency.
 *
 * @throws invalid_request, invalid_scope or invalid_target
 */
export async function requireExchange(
  ctx: TokenEndpointGrantContext,
  partner: Partner,
  binding: Binding,
  { read, partnerOf }: { readonly read: ReadOwnToken; readonly partnerOf: (client: string) => Partner | undefined },
): Promise<Exchange> {
  checkRequested(ctx);
  const subject = await readToken(ctx, 'subject', read);
  if (!subject) throw new errors.InvalidRequest('subject_token is required');
  const actor = await readToken(ctx, 'actor', read);
  for (const token of actor ? [subject, actor] : [subject]) {
    // A registration that has ended takes its tokens along, and so does a change of agency.
    const origin = partnerOf(token.name.client_id);
    if (origin?.org !== partner.org) {
      throw new errors.InvalidRequest('this client may not act on tokens that were issued to that client');
    }
    if (token.bound && !isBound(binding)) {
      throw new errors.InvalidRequest('a bound token is exchanged for a bound token only: send a DPoP proof');
    }
  }
  const request = parseRequest(ctx);
  const decision = granted(narrow(partner, request, subject));
  const act = actingFor(subject, actor?.name.sub ?? partner.client);
  return {
    granted: decision,
    // The client itself, where the subject is no person.
    ...(subject.name.sub === subject.name.client_id ? {} : { person: personOf(subject) }),
    descent: {
      act,
      ancestors: ancestry(actor ? [subject, actor] : [subject]),
      latest: Math.min(subject.expires, actor?.expires ?? subject.expires),
    },
  };
}

/** The part of the decision that knows no HTTP. */
function narrow(partner: Partner, request: TokenRequest, subject: OwnToken): Granted | Refused {
  const { purpose = subject.purpose, caseId = subject.caseId } = request;
  if (purpose === undefined || purpose !== subject.purpose) {
    return refuse('invalid_request', 'purpose must be that of the subject token');
  }
  if (subject.caseId !== undefined && caseId !== subject.caseId) {
    return refuse('invalid_request', 'case_id must be that of the subject token');
  }
  const own = decide(partner, { ...request, purpose, ...(caseId === undefined ? {} : { caseId }) });
  if (!own.ok) return own;
  const wider = own.scopes.filter((scope) => !subject.scopes.includes(scope));
  if (wider.length > 0 && request.scope !== undefined) {
    return invalidScope(wider, (named) => `not in the subject token: ${named}`);
  }
  const scopes = own.scopes.filter((scope) => subject.scopes.includes(scope));
  if (scopes.length === 0) return invalidScope([], () => 'the subject token and this client share no scope');
  return { ...own, scopes };
}

function checkRequested(ctx: TokenEndpointGrantContext): void {
  const audiences = [ctx.oidc.params.audience ?? []].flat();
  if (audiences.some((audience) => audience !== gatewayResource)) {
    throw new errors.InvalidTarget(`the only audience is ${gatewayResource}`);
  }
  const requested = textParameter(ctx, 'requested_token_type');
  if (requested !== undefined && !tokenTypes.includes(requested)) {
    throw new errors.InvalidRequest('requested_token_type must be an access token');
  }
}

async function readToken(
  ctx: TokenEndpointGrantContext,
  role: 'subject' | 'actor',
  read: ReadOwnToken,
): Promise<OwnToken | undefined> {
  const token = textParameter(ctx, `${role}_token`);
  const type = textParameter(ctx, `${role}_token_type`);
  if (token === undefined && type === undefined) return undefined;
  if (token === undefined || type === undefined || !tokenTypes.includes(type)) {
    throw new errors.InvalidRequest(`${role}_token must come with ${role}_token_type, an access token`);
  }
  const own = await read(token);
  // RFC 8693 §2.2.2: invalid for any reason is invalid_request, and the reason helps nobody honest.
  if (!own) throw new errors.InvalidRequest(`${role}_token is invalid, expired or revoked`);
  return own;
}

/** The new actor outside; within it whoever acted before, at first the client that the subject token was issued to. */
function actingFor({ act, name }: OwnToken, actor: string): Actor {
  const chain: Actor = { sub: actor, act: act ?? { sub: name.client_id } };
  let length = 0;
  for (let each: Actor | undefined = chain; each; each = each.act) length += 1;
  if (length > maxActors) throw new errors.InvalidRequest('the subject token has been exchanged too often');
  return chain;
}

/** Every token that the new one hangs on, each once: revoking one of them revokes it. */
function ancestry(tokens: readonly OwnToken[]): TokenName[] {
  const names = tokens.flatMap(({ name, ancestors }) => [name, ...ancestors]);
  return [...new Map(names.map((name) => [name.jti, name])).values()];
}

const personOf = ({ name: { sub }, citizen }: OwnToken): Person => ({
  sub,
  ...(citizen === undefined ? {} : { citizen }),
});
