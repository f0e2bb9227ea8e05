import type { JWK } from 'jose';
import type { PersistedDocument } from './persisted-document.ts';

/** One text in both languages of the product. */
export interface Messages {
  readonly vi: string;
  readonly en: string;
}

/** `removed` is for good: its client id is never given to another, because old records name it. */
export type PartnerStatus = 'active' | 'suspended' | 'removed';

/** Which part of a certificate names the partner (RFC 8705 §2.1.2): `tls_client_auth_<attribute>` of its client metadata. */
export type CertificateAttribute = 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email';

/** How a partner proves to the issuer who it is. */
export type PartnerAuthentication =
  /** RFC 7523: the private key never leaves the partner. Public keys with unique kids, each ES256, PS256 or EdDSA. */
  | { readonly method: 'private_key_jwt'; readonly keys: readonly JWK[] }
  /** RFC 8705 §2.1: a certificate of an authority that the issuer trusts. */
  | {
      readonly method: 'tls_client_auth';
      readonly match: { readonly attribute: CertificateAttribute; readonly value: string };
    }
  /** RFC 8705 §2.2: the certificate itself, in PEM. */
  | { readonly method: 'self_signed_tls_client_auth'; readonly certificates: readonly string[] }
  /** Development only: whoever reads the secret is the partner. */
  | { readonly method: 'client_secret_basic'; readonly secret: string }
  /** A public client, which can only log persons in (PKCE instead of a secret). */
  | { readonly method: 'none' };

export type AuthenticationMethod = PartnerAuthentication['method'];

/** What binds the partner's tokens to a key (`cnf`): a DPoP proof (RFC 9449), its certificate (RFC 8705), or nothing. */
export type TokenBinding = 'dpop' | 'mtls' | 'none';

/** So much in such a time. */
export interface Allowance {
  readonly limit: number;
  /** Milliseconds. */
  readonly per: number;
}

/** What a partner may use for one purpose; an absent member is not limited here. */
export interface Quota {
  readonly requests?: Allowance;
  /** Cost units, as the gateway counts them before it plans. */
  readonly cost?: Allowance;
  /** Distinct citizens on one calendar day of the province. */
  readonly citizensPerDay?: number;
}

/** What a partner may do for one purpose, and the law it rests on. */
export interface RegisteredPurpose {
  /** A code of the purpose catalogue, such as TTHC. */
  readonly purpose: string;
  /** A code of the legal-basis catalogue, such as MANDATORY_SHARE: the `legal_basis` claim, which no request can change. */
  readonly legalBasis: string;
  /** Every scope that the partner may be granted for this purpose, in the order they were registered. */
  readonly scopes: readonly string[];
  readonly quota?: Quota;
}

/** How persons log in through the partner. */
export interface Login {
  /**
   * `citizens`: tokens are about the person who logged in and carry `:self:` scopes only; the partner itself gets none.
   * `officers`: its staff log in besides, and the partner's own tokens stay possible.
   */
  readonly of: 'citizens' | 'officers';
  /** Exact addresses: https, or http on loopback. Empty where only the development login is used. */
  readonly redirectUris: readonly string[];
}

/** An agency, a partner or a portal that may ask for tokens: one entry of the registry. */
export interface Partner {
  /** Its `client_id`. */
  readonly client: string;
  readonly name: Messages;
  /** Agency code, or a partner's own code: the `org` claim, which no request can change. */
  readonly org: string;
  readonly contact: { readonly name: string; readonly email: string; readonly phone?: string };
  readonly status: PartnerStatus;
  /** The last day (ISO date, in the province) on which the registration holds; null: until it is removed. */
  readonly expires: string | null;
  readonly authentication: PartnerAuthentication;
  readonly bound: TokenBinding;
  /** At least one; the first serves a request that names no purpose. */
  readonly purposes: readonly [RegisteredPurpose, ...RegisteredPurpose[]];
  /** Denied fields behave like names that do not exist (AUTHORIZATION §4). */
  readonly hideDenied: boolean;
  /** Only registered operations, by hash: those below, and those of the gateway's file that are for this client. */
  readonly persistedDocumentsOnly: boolean;
  /** Every request to the gateway carries a signature by one of its keys (RFC 9421), and none is taken twice. */
  readonly signedRequestsOnly: boolean;
  /** Registered for this client alone, each for one of its purposes. */
  readonly documents?: readonly PersistedDocument[];
  readonly login?: Login;
}

/** Whether a registration holds now, or why not. */
export type Standing = 'active' | 'suspended' | 'removed' | 'expired';

/** @param now milliseconds since the epoch */
export const standingOf = ({ status, expires }: Partner, now: number): Standing => {
  if (status !== 'active') return status;
  return expires !== null && now >= endOfDay(expires) ? 'expired' : 'active';
};

/** The end of a day in Vietnam, which has kept UTC+7 without daylight saving since 1975; milliseconds since the epoch. */
export const endOfDay = (date: string): number => Date.parse(`${date}T00:00:00+07:00`) + 86_400_000;

/** What `purpose` allows this partner; undefined where it is not registered. Absent: the first registered one. */
export const purposeOf = ({ purposes }: Partner, purpose?: string): RegisteredPurpose | undefined =>
  purpose === undefined ? purposes[0] : purposes.find((each) => each.purpose === purpose);
