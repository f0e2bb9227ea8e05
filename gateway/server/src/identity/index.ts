import { type RevocationList, StateUnavailable } from '@lienthong/state';

import type { ReceivedRequest } from '../context.ts';
import { type Authenticated, anonymous, type Principal } from '../policy/principal.ts';
import { checkSignedRequest, type SigningClient } from '../signing/signed-request.ts';
import { type TokenRules, type VerifiedToken, verifyAccessToken } from './access-token.ts';
import { type ChallengeFacts, Refusal, refused } from './challenge.ts';
import { certificateReader, type ForwardedCertificate } from './client-certificate.ts';
import { checkProof, type DpopRules } from './dpop.ts';
import { onlyHeader, type Presented, presentedProof, presentedToken } from './presented.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** How a client's tokens have to be bound, where that is known of it. */
export type BindingOf = (principal: Authenticated) => 'dpop' | 'mtls' | 'none' | undefined;

export interface IdentityParts {
  readonly tokens: TokenRules;
  /** `required`: a token that is bound to nothing is refused. */
  readonly boundTokens: 'optional' | 'required';
  readonly bindingOf: BindingOf;
  /** The bearer within its client's registration; throws Refusal where that does not hold. */
  readonly admit: (principal: Authenticated, now: number) => Authenticated;
  /** What is known of the client for the signatures of its requests. */
  readonly signingClientOf: (principal: Authenticated) => SigningClient | undefined;
  readonly dpop: DpopRules;
  readonly forwardedCertificate: ForwardedCertificate | undefined;
  readonly revocations: RevocationList;
  /** Milliseconds for which the list is relied on after its store was last heard of. */
  readonly maxRevocationsAge: number;
  /** Scheme, host and port by which callers know the gateway. */
  readonly publicOrigin: () => string;
  readonly resourceMetadata: () => string;
}

export interface Identified {
  readonly principal: Principal;
  /** Whether everything that shared state has to say of the caller could be asked: if not, no personal data may leave. */
  readonly assured: boolean;
}

/** Who asks: from the headers of one request to a principal, or to a refusal with its challenge. */
export class Identity {
  readonly #parts: IdentityParts;
  readonly #verified = new VerifiedTokens();
  readonly #certificateOf: ReturnType<typeof certificateReader>;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#certificateOf = certificateReader(parts.forwardedCertificate);
  }

  /**
   * No Authorization header at all is anonymous; anything else has to be one good token, whose bearer proves that it is
   * his where it is bound, and that nobody revoked.
   *
   * @param now milliseconds since the epoch
   * @throws PublicError UNAUTHENTICATED, ISSUER_UNAVAILABLE
   */
  async identify(request: ReceivedRequest, now: number): Promise<Identified> {
    let scheme: Presented['scheme'] = 'Bearer';
    try {
      const presented = presentedToken(request);
      if (!presented) return { principal: anonymous, assured: await this.#checkSignature(request, undefined, now) };
      scheme = presented.scheme;
      const token = await this.#verify(presented.token, now);
      // A token that must come with a proof is challenged for one, by whichever scheme it came.
      if (token.confirmation?.jkt !== undefined) scheme = 'DPoP';
      const proven = await this.#checkBinding(token, presented, request, now);
      const { principal, isRecent } = this.#admitted(token, now);
      const signed = await this.#checkSignature(request, principal, now);
      return { principal, assured: proven && signed && isRecent };
    } catch (error) {
      throw error instanceof Refusal ? refused(error.reason, this.#facts(scheme, error, now)) : error;
    }
  }

  /**
   * The same without waiting, for nearly every request: a token that was verified before and is bound to nothing, without a
   * signature of the request. Undefined for all others; what there is to refuse is refused by {@link identify} alone.
   *
   * @param now milliseconds since the epoch
   */
  identifyKnown(request: ReceivedRequest, now: number): Identified | undefined {
    if (request.headers['signature-input'] !== undefined) return undefined;
    try {
      const presented = presentedToken(request);
      if (!presented) return undefined;
      const token = this.#verified.get(presented.token, now);
      if (!token || token.confirmation) return undefined;
      this.#checkUnbound(token, presented);
      const { principal, isRecent } = this.#admitted(token, now);
      return this.#parts.signingClientOf(principal)?.only ? undefined : { principal, assured: isRecent };
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** The nonce to hand out with an answer, where nonces are demanded: the next one, before the present one is over. */
  nonce(now: number): string | undefined {
    return this.#parts.dpop.nonces?.current(now);
  }

  /** The bearer as registered, and whether what is known of revoked tokens is recent. @throws Refusal */
  #admitted(token: VerifiedToken, now: number): { readonly principal: Authenticated; readonly isRecent: boolean } {
    const { revocations, maxRevocationsAge, admit } = this.#parts;
    if (revocations.has(token.identity)) throw new Refusal('revoked');
    return { principal: admit(token.principal, now), isRecent: revocations.age(now) <= maxRevocationsAge };
  }

  async #verify(text: string, now: number): Promise<VerifiedToken> {
    const known = this.#verified.get(text, now);
    if (known) return known;
    const token = await verifyAccessToken(text, this.#parts.tokens, now);
    this.#verified.set(text, token);
    return token;
  }

  /** A token that is bound to nothing. @throws Refusal where it has to be bound */
  #checkUnbound({ principal }: VerifiedToken, { scheme }: Presented): void {
    const { bindingOf, boundTokens } = this.#parts;
    const demanded = bindingOf(principal);
    if (demanded === 'dpop' || demanded === 'mtls' || boundTokens === 'required') throw new Refusal('unbound_token');
    // RFC 9449 §7.1: under this scheme a token is bound to the key of the proof.
    if (scheme === 'DPoP') throw new Refusal('dpop_proof');
  }

  /** Returns whether it could be made sure that the proof, where there has to be one, is used for the first time. */
  async #checkBinding(
    verified: VerifiedToken,
    presented: Presented,
    request: ReceivedRequest,
    now: number,
  ): Promise<boolean> {
    const { confirmation, principal } = verified;
    const { scheme, token } = presented;
    if (!confirmation) {
      this.#checkUnbound(verified, presented);
      return true;
    }
    const demanded = this.#parts.bindingOf(principal);
    if (demanded === 'dpop' && confirmation.jkt === undefined) throw new Refusal('unbound_token');
    if (demanded === 'mtls' && confirmation.x5t === undefined) throw new Refusal('unbound_token');
    if (confirmation.x5t !== undefined) {
      const certificate = this.#certificateOf(request.peer, (name) => onlyHeader(request, name));
      if (certificate !== confirmation.x5t) throw new Refusal('certificate');
    }
    if (confirmation.jkt === undefined) {
      if (scheme === 'DPoP') throw new Refusal('dpop_proof');
      return true;
    }
    if (scheme !== 'DPoP') throw new Refusal('bound_token_without_proof');
    const proof = presentedProof(request);
    if (proof === undefined) throw new Refusal('dpop_proof');
    const url = `${this.#parts.publicOrigin()}${request.path}`;
    try {
      await checkProof(proof, confirmation.jkt, { method: request.method, url, token, now }, this.#parts.dpop);
      return true;
    } catch (error) {
      // The last thing that is asked of a proof: all else about it is in order.
      if (error instanceof StateUnavailable) return false;
      throw error;
    }
  }

  /** Returns whether it could be made sure that the signature, where there is one, is used for the first time. */
  #checkSignature(request: ReceivedRequest, principal: Authenticated | undefined, now: number): Promise<boolean> {
    const { signingClientOf, dpop, publicOrigin } = this.#parts;
    const client = principal && signingClientOf(principal);
    return checkSignedRequest(request, client, { replay: dpop.replay, publicOrigin }, now);
  }

  #facts(scheme: Presented['scheme'], { reason }: Refusal, now: number): ChallengeFacts {
    return {
      scheme: reason.startsWith('dpop') || reason === 'unbound_token' ? 'DPoP' : scheme,
      resourceMetadata: this.#parts.resourceMetadata(),
      nonce: scheme === 'DPoP' || reason === 'dpop_nonce' ? this.nonce(now) : undefined,
    };
  }
}
