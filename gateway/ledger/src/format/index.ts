export { canonicalJson, type Json, parseCanonical } from './canonical.ts';
export { commitments } from './commitment.ts';
export { type Head, type SignedHead, signHead, signRetention, verifyHead } from './head.ts';
export { InnerTree, MAX_PARTS, rootByPath, saltOf } from './inner-tree.ts';
export { type JwsSigner, keySigner } from './jws.ts';
export {
  consistencySpans,
  EMPTY_ROOT,
  inclusionSpans,
  joined,
  leafHash,
  logNode,
  type Span,
  type Subtree,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from './log-tree.ts';
export { type Proof, type ShownPart, shownPart } from './proof.ts';
export {
  type Commitments,
  type Common,
  commonText,
  type Entry,
  eachSubjectOnce,
  entriesText,
  entryText,
  type Operation,
  type OperationName,
  operationText,
  type Passed,
  type RecordKind,
  type Retention,
  retentionText,
} from './record.ts';
export { bytesOf, decodeHash, encodeHash, HASH_BYTES, type Hash, hashOf, sha256 } from './sha256.ts';
export { SUBJECT, type SubjectOf, subjectsBy } from './subject.ts';
