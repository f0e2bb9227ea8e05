import { node } from './node.ts';
import { proofsWith } from './proof.ts';

export { type RecordOfAnswer, recordOfAnswer, type ShownAnswer } from './answer.ts';
export {
  type Code,
  type FaultCode,
  type Finding,
  faultCodes,
  type Texts,
  type WarningCode,
  warningCodes,
} from './faults.ts';
export { type Keys, readKeys } from './keys.ts';
export type { Known } from './known.ts';
export type { HeadInfo, ProofFault, ProofOptions, ProofVerdict } from './proof.ts';
export { type Certificate, readCertificates } from './time-stamp/index.ts';
export type { Verdict, VerifyOptions } from './verdict.ts';
export { type Source, verify, verifyArchive } from './verify.ts';

export const { verifyProof, verifyInclusion, verifyConsistency } = proofsWith(node);
