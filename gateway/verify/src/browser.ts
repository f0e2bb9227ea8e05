/** For pages: proofs alone, with WebCrypto; nothing here imports anything of Node's. */
export { readKeys } from './keys.ts';
export type { HeadInfo, ProofFault, ProofOptions, ProofVerdict } from './proof.ts';

import { proofsWith } from './proof.ts';
import { web } from './web.ts';

export const { verifyProof, verifyInclusion, verifyConsistency } = proofsWith(web);
