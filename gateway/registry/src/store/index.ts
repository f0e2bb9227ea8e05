export { type RefusalCode, RegistryRefusal } from './refusal.ts';
export {
  type Author,
  type NewDocument,
  type PartnerEvent,
  type Proof,
  RegistryStore,
  type StoredPartner,
  type StoreOptions,
} from './store.ts';
export type { Change } from './tables.ts';
