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
export { RegistryError, type RegistryProblem } from './problem.ts';
export type { OpenRegistryOptions, RegistryReader, RegistrySource } from './registry-reader.ts';
