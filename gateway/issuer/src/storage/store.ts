/** What is kept under an id until it expires. */
export interface StoredRecord {
  /** oidc-provider's name for the kind of record, such as AuthorizationCode; or one of ours. */
  readonly model: string;
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch. */
  readonly expires: number;
  /** The grant it came from, by which it can be deleted. */
  readonly grantId?: string;
  /** A second name to find it by. */
  readonly uid?: string;
}

/**
 * What the issuer remembers between requests: authorization requests, codes, logins, and what may be used once only.
 * Ids are often secrets that whoever holds them may spend, so implementations keep hashes of them. Expired records are
 * never answered.
 */
export interface Store {
  put(record: StoredRecord): Promise<void>;
  get(model: string, id: string): Promise<Record<string, unknown> | undefined>;
  getByUid(model: string, uid: string): Promise<Record<string, unknown> | undefined>;
  /** Every record of a model that came from one grant. */
  ofGrant(model: string, grantId: string): Promise<Record<string, unknown>[]>;
  /** Marks a record as used. False for the second and every later caller, of any process. */
  consume(model: string, id: string): Promise<boolean>;
  delete(model: string, id: string): Promise<void>;
  deleteByGrant(model: string, grantId: string): Promise<void>;
  /** Remembers an id until `expires` (seconds since the epoch). False if it is remembered already, by any process. */
  once(id: string, expires: number): Promise<boolean>;
  close(): Promise<void>;
}
