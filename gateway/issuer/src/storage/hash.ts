import { createHash } from 'node:crypto';

/** What is kept of a secret id: whoever reads the database or a copy of it can spend nothing. */
export const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('base64url');
