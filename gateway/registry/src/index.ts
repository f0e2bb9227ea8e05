export { documentOf, type PartnerDocument, withoutSecret } from './document/write.ts';
export { type FiledDocument, parseDocuments } from './documents-file.ts';
export { developmentRegistry, loadRegistryFile, type ParseOptions, parseRegistry } from './file.ts';
export {
  type Allowance,
  type AuthenticationMethod,
  type CertificateAttribute,
  type Login,
  type Messages,
  type Partner,
  type PartnerAuthentication,
  type PartnerStatus,
  purposeOf,
  type Quota,
  type RegisteredPurpose,
  type Standing,
  standingOf,
  type TokenBinding,
} from './partner.ts';
export type { PersistedDocument } from './persisted-document.ts';
export { RegistryError, type RegistryProblem } from './problem.ts';
export { openRegistry } from './reader/index.ts';
export type { OpenRegistryOptions, RegistryReader, RegistrySource } from './reader/reader.ts';
