import { orderedJson } from './canonical.ts';

const FORMAT_VERSION = 1;

export type RecordKind = 'ANSWER' | 'INTENT' | 'OUTCOME' | 'RETENTION';

/** Part 0: all of a record that a data subject gets besides the own entry. */
export interface Common {
  readonly kind: RecordKind;
  /** UUIDv7, made by the gateway. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly issuer?: string | undefined;
  readonly partner?: string | undefined;
  readonly agency?: string | undefined;
  readonly purpose?: string | undefined;
  readonly legalBasis?: string | undefined;
}

export interface OperationName {
  readonly type: 'query' | 'mutation';
  /** Of a registered document SHA-256 of its text, of any other operation that of its form, in hex. */
  readonly hash: string;
  /** Of registered documents only: any other name is the client's own text. */
  readonly name?: string | undefined;
}

/** Part 1 of every kind but RETENTION: what only auditors read. */
export interface Operation {
  readonly request: string;
  readonly officer?: string | undefined;
  readonly case?: string | undefined;
  readonly operation?: OperationName | undefined;
  /** Coordinates, sorted, each once; `denied` likewise. */
  readonly disclosed: readonly string[];
  readonly denied: readonly string[];
  readonly departments: readonly { readonly name: string; readonly status: string }[];
  /** HTTP status. */
  readonly status?: number | undefined;
  /** To the bodies of both, in base64url: only whoever has the answer's nonce can tell of which (commitment.ts). */
  readonly requestCommitment?: string | undefined;
  readonly answerCommitment?: string | undefined;
  /** Of an OUTCOME: the id of its INTENT. */
  readonly intent?: string | undefined;
}

/** Part 1 of a RETENTION record. */
export interface Retention {
  readonly from: number;
  /** Included. */
  readonly to: number;
  readonly before: string;
}

/** A coordinate whose value went to another department on the way, and which one. */
export type Passed = readonly [coordinate: string, department: string];

/** Part 2 and on: what a record says of one data subject. */
export interface Entry {
  readonly subject: string;
  /** Sorted, each once. */
  readonly coordinates: readonly string[];
  readonly passed?: readonly Passed[] | undefined;
}

// Each function names the members in their canonical order; a test holds them against `canonicalJson`.

export const commonText = ({ agency, id, issuer, kind, legalBasis, partner, purpose, time }: Common): string =>
  orderedJson({ agency, id, issuer, kind, legalBasis, partner, purpose, time, v: FORMAT_VERSION });

export type Commitments = Pick<Operation, 'requestCommitment' | 'answerCommitment'>;

export const operationText = (about: Operation, subjects: number, committed: Commitments = about): string =>
  orderedJson({
    answerCommitment: committed.answerCommitment,
    case: about.case,
    denied: about.denied,
    departments: about.departments.map(({ name, status }) => ({ name, status })),
    disclosed: about.disclosed,
    intent: about.intent,
    officer: about.officer,
    operation: about.operation && {
      hash: about.operation.hash,
      name: about.operation.name,
      type: about.operation.type,
    },
    request: about.request,
    requestCommitment: committed.requestCommitment,
    status: about.status,
    subjects,
  });

export const retentionText = ({ before, from, to }: Retention, signature: string): string =>
  orderedJson({ retention: { before, from, to }, signature });

export const entryText = ({ coordinates, passed, subject }: Entry): string =>
  orderedJson({ coordinates, passed: passed?.length ? passed : undefined, subject });

/**
 * The same entries in the order of their subjects, each subject once: the list that is given is put in order. Ids of citizens
 * that are not Unicode have one subject where they are alike in UTF-8, and anybody can write two of them into arguments.
 */
export const eachSubjectOnce = (entries: Entry[]): readonly Entry[] => {
  entries.sort(bySubject);
  for (let n = 1; n < entries.length; n++) if (entries[n]?.subject === entries[n - 1]?.subject) return united(entries);
  return entries;
};

const bySubject = (one: Entry, other: Entry): number => (one.subject < other.subject ? -1 : 1);

const united = (entries: readonly Entry[]): readonly Entry[] => {
  const once: Entry[] = [];
  for (const entry of entries) {
    const before = once.at(-1);
    if (before?.subject === entry.subject) once[once.length - 1] = both(before, entry);
    else once.push(entry);
  }
  return once;
};

const both = (one: Entry, other: Entry): Entry => {
  const passed = [...(one.passed ?? []), ...(other.passed ?? [])].map((pair) => [pair.join(' '), pair] as const);
  return {
    subject: one.subject,
    coordinates: [...new Set([...one.coordinates, ...other.coordinates])].sort(),
    passed: [...new Map(passed)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
  };
};

/** The texts of all entries, in the order that they are in. */
export const entriesText = (entries: readonly Entry[]): readonly string[] =>
  entries.map((entry) =>
    // Of base64url nothing needs escaping.
    entry.passed?.length ? entryText(entry) : `${startWith(entry.coordinates)}${entry.subject}"}`,
  );

/**
 * The people of an answer, and of all answers to the same question, mostly had the same fields disclosed: one list, made
 * once by whoever hands it in, and written once.
 */
const starts = new WeakMap<readonly string[], string>();

const startWith = (coordinates: readonly string[]): string => {
  let start = starts.get(coordinates);
  if (start === undefined) {
    start = `{"coordinates":${orderedJson(coordinates)},"subject":"`;
    starts.set(coordinates, start);
  }
  return start;
};
