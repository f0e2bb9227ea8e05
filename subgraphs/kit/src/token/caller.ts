/** Who asks and why, as the gateway vouches for it. All strings but `scopes` are opaque to departments. */
export interface Caller {
  /** The issuer of the caller's own token; subjects are known by (issuer, subject). */
  readonly issuer?: string;
  readonly subject: string;
  readonly clientId: string;
  readonly org?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
  readonly caseId?: string;
  /** The logged-in person's own key, set at login; never inferred from `subject`. */
  readonly citizen?: string;
  /** Those of the caller's scopes that rules on this department's coordinates name. */
  readonly scopes: ReadonlySet<string>;
}
