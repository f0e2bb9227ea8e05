import type { ErrorCode } from './errors.ts';
import type { Peer } from './identity/client-certificate.ts';
import type { Language } from './language.ts';
import type { Disclosed } from './ledger/disclosed.ts';
import type { RecordDraft } from './ledger/draft.ts';
import type { Principal } from './policy/principal.ts';
import type { QuotaStanding } from './quotas/standing.ts';
import type { Trace } from './telemetry/trace.ts';

/** One HTTP request as it reached the gateway. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path without query string. */
  readonly path: string;
  /** Query string with its question mark, or empty. */
  readonly search: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values alternating, as they came: duplicates are visible here alone. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer | undefined;
  /** The other end of the connection. */
  readonly peer: Peer;
}

/** What one request has become so far. Steps fill it in order; `outcome` is what the log line and the metrics tell. */
export interface RequestContext {
  /** Made here, never taken from the client: it links logs, departments and the caller's report. */
  readonly requestId: string;
  readonly language: Language;
  readonly principal: Principal;
  /** Milliseconds of `performance.now()`: what departments have not answered by then is not waited for. */
  readonly deadline: number;
  readonly outcome: Outcome;
  /** Where the request is sampled. */
  readonly trace?: Trace | undefined;
}

export interface Outcome {
  readonly codes: Set<ErrorCode>;
  operation?: string;
  /**
   * By which logs, traces, records and the decision point know the operation, in hex: of a registered document SHA-256 of its
   * text, which is the operator's; of any other that of its form (operation/form.ts), which only a valid one has.
   */
  operationHash?: string;
  denied: number;
  /** How the caller stands with its quotas. */
  quotas?: readonly QuotaStanding[];
  /** What the ledger is to be told of the request; absent where none is kept. */
  record?: RecordDraft;
  /** What the answer discloses; absent where no ledger is kept, or where departments were not asked. */
  disclosed?: Disclosed;
  /** Something that had to be known of the caller could not be looked up: no personal data leaves. */
  stateMissing?: boolean;
}

/** The answer's bytes, once. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}
