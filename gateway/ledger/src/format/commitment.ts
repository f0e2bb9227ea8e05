import { hash } from 'node:crypto';

import { HASH_BYTES, type Hash } from './sha256.ts';

const REQUEST = 0x14;
const ANSWER = 0x15;

/** How a digest of RFC 9530 begins, and how it ends. */
const DIGEST = { start: 'sha-256=:'.length, end: -':'.length };

const commitment = (kind: number): ((nonce: Hash, digest: string) => string) => {
  const input = Buffer.alloc(1 + 2 * HASH_BYTES);
  input[0] = kind;
  return (nonce, digest) => {
    input.write(nonce, 1, HASH_BYTES, 'latin1');
    input.write(digest.slice(DIGEST.start, DIGEST.end), 1 + HASH_BYTES, HASH_BYTES, 'base64');
    return hash('sha256', input, 'base64url');
  };
};

/**
 * What a record holds in place of a body's digest (docs/ledger.md §1): whoever has the nonce and the body can show that the
 * record is of it, and nobody without the nonce can try which body it may have been.
 *
 * @param nonce of one answer, which its caller alone gets
 * @param digest of a body, `sha-256=:base64:`
 */
export const commitments = { toRequest: commitment(REQUEST), toAnswer: commitment(ANSWER) };
