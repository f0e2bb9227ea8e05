import { node } from './node.ts';
import { proofsWith } from './proof.ts';

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
export type { HeadInfo, ProofFault, ProofOptions, ProofVerdict } from './proof.ts';
export { type Verdict, type VerifyOptions, verify } from './verify.ts';

export const { verifyProof, verifyInclusion, verifyConsistency } = proofsWith(node);
