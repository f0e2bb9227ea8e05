/**
 * The steps from which oidc-provider makes its own grants, and which its documentation points grants of others to
 * ("see /lib/actions/grants"). They have no types of their own.
 */
declare module 'oidc-provider/lib/helpers/grants.js' {
  import type { X509Certificate } from 'node:crypto';
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  /** A DPoP proof (RFC 9449) whose signature, htm, htu, iat and nonce are right. */
  export interface Proof {
    readonly thumbprint: string;
    readonly jti: string;
    readonly iat: number;
  }
  type ErrorClass = new (description: string) => Error;

  /** @throws InvalidDpopProof or UseDpopNonce; undefined where no proof was sent */
  export function validateDpop(provider: Provider, ctx: KoaContextWithOIDC): Promise<Proof | undefined>;
  export function checkDpopReplay(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: Proof,
    clientId: string,
    error: ErrorClass,
  ): Promise<void>;
  export function checkDpopRequired(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: Proof | undefined,
    error: ErrorClass,
  ): void;
  /** The certificate to bind to; undefined where the client's tokens are not bound to one. */
  export function checkMtlsCert(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    error: ErrorClass,
  ): string | X509Certificate | undefined;
}
