/** What `common` of a record says (docs/ledger.md §1): all that its data subjects learn of it besides their own entries. */
export interface Common {
  readonly kind: 'ANSWER' | 'INTENT' | 'OUTCOME';
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly partner?: string;
  readonly agency?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
}

/** What one record says of one data subject. Nothing in it tells whether the record is about anybody else. */
export interface LedgerEntry {
  readonly seq: number;
  readonly common: Common;
  readonly coordinates: readonly string[];
  /** `[coordinate, department that got it]`. */
  readonly passed: readonly (readonly [coordinate: string, department: string])[];
  /** For inspectors alone. */
  readonly officer?: string;
  readonly case?: string;
}

/** Which of a data subject's entries are wanted. */
export interface EntryFilter {
  /** Made at this instant or later. */
  readonly from?: Date;
  /** Made before this instant. */
  readonly until?: Date;
  /** Any of these codes. */
  readonly agencies?: readonly string[];
  readonly purpose?: string;
  /** Only records of this record id. */
  readonly id?: string;
  /** `true`: only what the subject read of himself (legal basis SELF); `false`: all but that. */
  readonly own?: boolean;
  /** What the law delays; absent: nothing is delayed. */
  readonly delays?: Delays;
}

/** Records made later than this are not shown yet. What a subject read of himself is never delayed. */
export interface Delays {
  /** By purpose. */
  readonly madeBefore: ReadonlyMap<string, Date>;
  /** Of any other purpose, and of records without one. */
  readonly othersMadeBefore: Date;
}

/** A page of entries, the latest first. */
export interface EntryPage {
  /** Only entries with a smaller `seq`. */
  readonly before?: number;
  readonly limit: number;
}
