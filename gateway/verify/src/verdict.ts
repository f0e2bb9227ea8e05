import type { Code, FaultCode, Finding, WarningCode } from './faults.ts';
import type { Keys } from './keys.ts';
import type { Known } from './known.ts';
import type { Certificate } from './time-stamp/index.ts';

export interface VerifyOptions {
  /** The keys that heads must be signed with; undefined: signatures are not checked, and so nothing is proven. */
  readonly keys: Keys | undefined;
  /** Heads that were kept elsewhere, each a JWS: the ledger must lead to every one of them. */
  readonly witnessed?: readonly string[];
  /** What is known of the records before an export that continues. */
  readonly after?: Known | undefined;
  /** Certificates that time stamps have to lead to, of which there has to be one then; absent: they are not checked. */
  readonly timeStampsBy?: readonly Certificate[] | undefined;
  /** The ledger that the export must be of; absent: whichever its first line names. */
  readonly origin?: string;
  /** How many faults, and how many warnings, are kept with their places; of the others the number. Default 1,000. */
  readonly most?: number;
  /** Called from time to time. */
  readonly progress?: (lines: number, records: number) => void;
}

/** What an export is worth. */
export interface Verdict {
  /** Nothing is wrong, as far as the keys and witnesses that were given can tell. */
  readonly ok: boolean;
  readonly signatures: 'checked' | 'unchecked';
  readonly origin: string | undefined;
  /** How many files were read. */
  readonly files: number;
  /** The number of the first record here: that many stand before it. */
  readonly from: number;
  /** How many records the log has, those included of which only the root is left. */
  readonly size: number;
  /** In base64url; undefined where records are missing. */
  readonly root: string | undefined;
  /** Of how many records the body was deleted. */
  readonly deleted: number;
  /** How many records of each kind were read. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The earliest and the latest time of a record. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly heads: number;
  /** How many records the last true head stands for. */
  readonly signed: number;
  /** Time stamps of heads; `true` absent: not checked. By the time of the last one the ledger had `size` records. */
  readonly timeStamps: {
    readonly given: number;
    readonly true?: number;
    readonly last?: { readonly time: string; readonly size: number };
  };
  /** `before`: heads of fewer records than stand before the first one here; nothing can be said of them. */
  readonly witnessed: { readonly given: number; readonly met: number; readonly before: number };
  readonly faults: readonly Finding<FaultCode>[];
  readonly warnings: readonly Finding<WarningCode>[];
  /** How often each code was found, those included that are not listed. */
  readonly counts: Readonly<Partial<Record<Code, number>>>;
}
