import type { Messages } from '../errors.ts';

/** How a client asks for tokens. `development-login` logs an invented citizen in and is refused in production. */
export type ClientGrant = 'client-credentials' | 'development-login';

/** What a client may do for one purpose, and the law it rests on. */
export interface RegisteredPurpose {
  /** A code of the purpose catalogue, such as TTHC. */
  readonly purpose: string;
  /** A code of the legal-basis catalogue, such as MANDATORY_SHARE. */
  readonly legalBasis: string;
  /** Every scope that the client may be granted for this purpose, in the order of the file. */
  readonly scopes: readonly string[];
}

/** An agency, a partner or a portal that may ask for tokens. */
export interface RegisteredClient {
  readonly id: string;
  readonly name: Messages;
  /** Agency code, or a partner's own code: the `org` claim, which no request can change. */
  readonly org: string;
  readonly grant: ClientGrant;
  readonly secret: string;
  /** At least one; the first serves a request that names no purpose. */
  readonly purposes: readonly [RegisteredPurpose, ...RegisteredPurpose[]];
}

/** The partner registry, as parsed and checked. */
export interface Registry {
  readonly file: string;
  readonly clients: ReadonlyMap<string, RegisteredClient>;
}
