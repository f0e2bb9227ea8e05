/** For the tests of this repository: the gateway without network, the values that its filter is made of, and who is who. */
export type { ReceivedRequest } from '../context.ts';
export { type Asking, Batches } from '../execution/batching/batches.ts';
export { type Slots, UnitedCall } from '../execution/batching/united-call.ts';
export { AnswerWriter } from '../execution/compiled/answer.ts';
export { HandedInputs } from '../execution/compiled/handed.ts';
export { PathReader } from '../execution/compiled/row-subjects.ts';
export { SiteFacts } from '../execution/compiled/site-facts.ts';
export type { CompletedObject } from '../execution/complete.ts';
export { PrivateNames } from '../execution/private-names.ts';
export { verifyAccessToken } from '../identity/access-token.ts';
export { configuredIdentity } from '../identity/configured.ts';
export { Identity, type IdentityParts } from '../identity/index.ts';
export { registeredClients } from '../identity/registered.ts';
export { VerifiedTokens } from '../identity/verified-tokens.ts';
export { loadGatewayKey } from '../internal-token/keys.ts';
export { tokenSigner } from '../internal-token/signer.ts';
export { CoordinateSets } from '../ledger/coordinates.ts';
export type { Disclosed } from '../ledger/disclosed.ts';
export { Keys } from '../ledger/keys.ts';
export { type Noted, Notes } from '../ledger/notes.ts';
export { Subjects } from '../ledger/subjects.ts';
export { DocumentGate } from '../limits/gate.ts';
export type { FieldSelection, PreparedOperation, Selection } from '../operation/model.ts';
export { prepareOperation } from '../operation/prepare.ts';
export { Disclosure } from '../pipeline/disclose.ts';
export { FILTER, type Filter } from '../pipeline/filter.ts';
export type { OperationAnswer } from '../pipeline/operate.ts';
export { PlanningThreads } from '../planning/threads.ts';
export type { Decision, Question } from '../policy/authorize.ts';
export { Decisions } from '../policy/decisions.ts';
export { type Guard, type GuardSource, Guards } from '../policy/guards.ts';
export type { Principal } from '../policy/principal.ts';
export { signAnswer } from '../signing/answer.ts';
export { digestsOf } from '../signing/digest.ts';
export { expiryOf } from '../signing/expiry.ts';
export { readSigningKey } from '../signing/key.ts';
export { checkSignedRequest, type SigningClient } from '../signing/signed-request.ts';
export {
  type InProcessAnswer,
  type InProcessGateway,
  type InProcessRequest,
  type InProcessSettings,
  inProcess,
  type LocalDepartments,
  type Replacements,
} from './in-process.ts';
