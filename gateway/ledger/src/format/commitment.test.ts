import { describe, expect, test } from '@jest/globals';

import { vectors } from '../testing/vectors.ts';
import { commitments } from './commitment.ts';
import { decodeHash, type Hash, sha256 } from './sha256.ts';

const known = vectors('commitment.json');
const nonceOf = (text: string): Hash => decodeHash(text) ?? sha256(Buffer.of());

describe('commitments', () => {
  test.each(known.map((vector, n) => [n, vector] as const))('vector %i', (_, vector) => {
    const { nonce, requestDigest, answerDigest, requestCommitment, answerCommitment } = vector;
    expect(commitments.toRequest(nonceOf(nonce), requestDigest)).toBe(requestCommitment);
    expect(commitments.toAnswer(nonceOf(nonce), answerDigest)).toBe(answerCommitment);
  });

  test('are others under another nonce, to another body, and to a request with the bytes of an answer', () => {
    const [one, other] = [sha256(Buffer.of(1)), sha256(Buffer.of(2))];
    const [digest = '', another = ''] = known.map(({ answerDigest }) => answerDigest);
    const all = [one, other].flatMap((nonce) =>
      [digest, another].flatMap((of) => [commitments.toRequest(nonce, of), commitments.toAnswer(nonce, of)]),
    );
    expect(new Set(all).size).toBe(8);
  });
});
