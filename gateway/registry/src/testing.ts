import { generateKeyPairSync } from 'node:crypto';
import type { PartnerDocument } from './document/write.ts';

/** A new public key as a partner would send it. */
export const publicKey = (kid: string): Record<string, unknown> => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
});

/** A proper registration, changed as told. */
export const registration = (change: PartnerDocument = {}): PartnerDocument => ({
  name: { vi: 'Ngân hàng', en: 'Bank' },
  org: 'bank',
  contact: { name: 'Ban Tích hợp', email: 'tich-hop@bank.example' },
  expires: '2099-12-31',
  authentication: { method: 'private_key_jwt', keys: [publicKey('2026')] },
  purposes: [{ purpose: 'KYC', legalBasis: 'CONSENT', scopes: ['citizens:match:verify'] }],
  ...change,
});

/** A registry text with these registrations; JSON is YAML. */
export const registryText = (partners: Readonly<Record<string, PartnerDocument>>): string =>
  JSON.stringify({ partners });
