import { createHash } from 'node:crypto';

/** An operation's text that was registered before it is asked for: by hash it may run, for its purpose alone. */
export interface PersistedDocument {
  /** For people; nothing is looked up by it. */
  readonly name?: string;
  /** What the caller's token must be for; null: for nothing, which holds for anonymous callers too. */
  readonly purpose: string | null;
  /** SHA-256 of the text in UTF-8, hex in lower case: `sha256sum FILE` of a file that holds the text. */
  readonly hash: string;
  readonly body: string;
}

/** The name of a text: nothing is trimmed or reformatted, as every client computes it. */
export const documentHash = (body: string): string => createHash('sha256').update(body).digest('hex');
