import { createHash } from 'node:crypto';

const sha256 = (...pieces: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

const commitment = (kind: number) => (nonce: unknown, body: string | Uint8Array) =>
  sha256(Buffer.of(kind), Buffer.from(String(nonce), 'base64url'), sha256(body)).toString('base64url');

/**
 * What the record of an answer holds of both bodies, as its caller makes it from docs/ledger.md alone.
 *
 * @param nonce `lienthong-record-nonce` of the answer
 */
export const committed = { request: commitment(0x14), answer: commitment(0x15) };

/** The field of an answer that opens its record's commitments. */
export const NONCE = 'lienthong-record-nonce';
