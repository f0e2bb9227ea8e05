import type { PublicKey } from './keys.ts';

/** What a proof takes of cryptography. WebCrypto answers later, Node's at once: whoever asks awaits both. */
export interface Primitives {
  sha256(bytes: Uint8Array<ArrayBuffer>): Uint8Array | Promise<Uint8Array>;
  /** @param signature in base64url; what is malformed is no signature */
  verifies(key: PublicKey, data: Uint8Array<ArrayBuffer>, signature: string): boolean | Promise<boolean>;
}
