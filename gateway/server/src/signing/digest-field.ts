import { hash } from 'node:crypto';

import { parseDictionary } from 'structured-headers';

/** Those of RFC 9530 §5 that are not broken. */
const ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;

/** Whether a `Content-Digest` is of this content: each digest whose algorithm is known here, and at least one of them. */
export const holdsDigest = (field: string | string[] | undefined, content: Uint8Array): boolean => {
  if (field === undefined) return false;
  try {
    const members = parseDictionary(String(field));
    const known = Object.entries(ALGORITHMS).filter(([name]) => members.has(name));
    return (
      known.length > 0 &&
      known.every(([name, algorithm]) => {
        const [value] = members.get(name) ?? [];
        return value instanceof ArrayBuffer && hash(algorithm, content, 'buffer').equals(Buffer.from(value));
      })
    );
  } catch {
    return false;
  }
};
