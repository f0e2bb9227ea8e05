import type { Catalogue } from '@lienthong/schema/catalogue';
import type { Partner } from '../partner.ts';
import type { RegistryError } from '../problem.ts';

/** Where the registry is kept: a YAML file, or the PostgreSQL database that `lienthong partner` writes. */
export type RegistrySource = { readonly file: string } | { readonly database: string };

export interface OpenRegistryOptions {
  /** `production` refuses shared secrets and the development login. Default: `development`. */
  readonly environment?: 'development' | 'production';
  /** For `${VARIABLE}` in a file. */
  readonly env?: NodeJS.ProcessEnv;
  readonly catalogue?: Catalogue;
  /** Told what of a new state could not be taken; what was read before goes on being served. */
  readonly onProblem?: (problem: RegistryError) => void;
  /** Milliseconds between two looks at the source; default 500. */
  readonly interval?: number;
  /** Milliseconds that a database gets to answer at first; default 30,000: it may be starting too. */
  readonly patience?: number;
}

/**
 * The registry as it stands, in memory: lookups wait for nothing. A change reaches it within a second. Partners of every
 * status are in it; `standingOf` says whether a registration holds.
 */
export interface RegistryReader {
  partner(client: string): Partner | undefined;
  /** In the order of the file, or of admission. */
  readonly partners: readonly Partner[];
  /** Rises with every change that was taken. */
  readonly revision: number;
  /** Milliseconds since the source was last found readable: a suspension older than this is certainly known here. */
  age(): number;
  /** Calls back after every change that was taken; returns how to stop. */
  onChange(changed: () => void): () => void;
  close(): Promise<void>;
}
