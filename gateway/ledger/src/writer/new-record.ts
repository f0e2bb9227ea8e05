import { LedgerRefusal } from '../errors.ts';
import {
  type Commitments,
  type Common,
  commitments,
  commonText,
  type Entry,
  eachSubjectOnce,
  encodeHash,
  entriesText,
  type Hash,
  InnerTree,
  type Operation,
  operationText,
  type Passed,
  type SubjectOf,
} from '../format/index.ts';
import { newId, newKey } from './random.ts';

/** What a record says of one citizen. */
export interface NewEntry {
  /** `Citizen.id`; what is written is the ledger's own id for that person. */
  readonly citizen: string;
  /** Sorted, each once. */
  readonly coordinates: readonly string[];
  readonly passed?: readonly Passed[] | undefined;
}

/** A record as the gateway hands it in: id, time, key and hashes are made here. */
export interface NewRecord
  extends Omit<Common, 'kind' | 'id' | 'time'>,
    Omit<Operation, 'requestCommitment' | 'answerCommitment'> {
  readonly kind: 'ANSWER' | 'INTENT' | 'OUTCOME';
  /**
   * `sha-256=:base64:` of the bodies (RFC 9530). They are not written: an answer `true` or `false` has two digests, and a
   * question is often known but for one number. What is written are commitments to them under a nonce of this record.
   */
  readonly requestDigest?: string | undefined;
  readonly answerDigest?: string | undefined;
  /** Each citizen once, in any order. */
  readonly entries: readonly NewEntry[];
}

/** A record that waits to be written. */
export interface Prepared {
  readonly id: string;
  readonly key: Hash;
  readonly root: Hash;
  /** The parts, joined by tabs. */
  readonly line: string;
}

/**
 * People of one record: fewer than the format allows (docs/ledger.md §1). Hashing and committing tens of thousands of
 * entries in one go takes seconds on a busy machine: nobody else's record would be in time, and its own would never be.
 */
const MAX_PEOPLE = 10_000;

/**
 * Turns a record into what is hashed and stored (docs/ledger.md §1, §2): its id and time are those of this moment, texts
 * and hashes are made when they are first asked for.
 *
 * @throws LedgerRefusal for more data subjects than a record can hold
 */
export const prepared = (
  record: NewRecord,
  subjectOf: SubjectOf,
  at: number,
): Prepared & { readonly nonce: string | undefined } => {
  if (record.entries.length > MAX_PEOPLE) {
    throw new LedgerRefusal('LEDGER_RECORD_REFUSED', `a record is about ${MAX_PEOPLE} people at most`);
  }
  return new LateRecord(record, subjectOf, at);
};

/**
 * Records of one batch are made one after the other when they are sent: so the code that makes them is at hand, and each
 * takes half the time that it takes alone between all else that a request needs.
 */
class LateRecord implements Prepared {
  readonly id: string;
  readonly #nonce: Hash | undefined;
  readonly #at: number;
  readonly #subjectOf: SubjectOf;
  #record: NewRecord | undefined;
  #made: Omit<Prepared, 'id'> | undefined;

  constructor(record: NewRecord, subjectOf: SubjectOf, at: number) {
    this.id = newId(at);
    // An INTENT commits itself to nothing: it is of no answer, so there is nobody who could be given the nonce.
    if (record.requestDigest !== undefined || record.answerDigest !== undefined) this.#nonce = newKey();
    this.#record = record;
    this.#subjectOf = subjectOf;
    this.#at = at;
  }

  /** For the caller alone, in base64url: it is kept nowhere. */
  get nonce(): string | undefined {
    return this.#nonce && encodeHash(this.#nonce);
  }

  get key(): Hash {
    return this.#make().key;
  }

  get root(): Hash {
    return this.#make().root;
  }

  get line(): string {
    return this.#make().line;
  }

  #make(): Omit<Prepared, 'id'> {
    if (this.#made === undefined && this.#record !== undefined) {
      this.#made = madeOf(this.#record, this.id, this.#nonce, this.#subjectOf, this.#at);
      this.#record = undefined;
    }
    return this.#made as Omit<Prepared, 'id'>;
  }
}

const madeOf = (
  record: NewRecord,
  id: string,
  nonce: Hash | undefined,
  subjectOf: SubjectOf,
  at: number,
): Omit<Prepared, 'id'> => {
  const key = newKey();
  const { kind, issuer, partner, agency, purpose, legalBasis } = record;
  const time = new Date(at).toISOString();
  const told: Entry[] = [];
  for (const { citizen, coordinates, passed } of record.entries) {
    told.push({ subject: subjectOf(citizen), coordinates, passed });
  }
  const entries = eachSubjectOnce(told);
  const parts = [
    commonText({ kind, id, time, issuer, partner, agency, purpose, legalBasis }),
    operationText(record, entries.length, nonce && committed(record, nonce)),
    ...entriesText(entries),
  ];
  return { key, root: new InnerTree(key, parts).root, line: parts.join('\t') };
};

const committed = ({ requestDigest, answerDigest }: NewRecord, nonce: Hash): Commitments => ({
  requestCommitment: requestDigest && commitments.toRequest(nonce, requestDigest),
  answerCommitment: answerDigest && commitments.toAnswer(nonce, answerDigest),
});
