import type { CallFailure } from '../execution/department-answer.ts';
import type { Named } from './arguments.ts';

/** How the calls to one department ended: the worst of them. */
export type DepartmentStatus = 'answered' | CallFailure;

/** What the steps of a request gather for its record. No value of an answer is in it. */
export interface RecordDraft {
  /** By name, those that were asked. */
  readonly departments: Map<string, DepartmentStatus>;
  /** Coordinates that were asked for and denied. */
  denied: ReadonlySet<string>;
  /** The name of a registered operation; names that callers give to others are their words and are not kept. */
  document?: string | undefined;
  /** Whom the operation names in its arguments: told of them however it ends, once departments may have been asked. */
  naming?: { readonly named: readonly Named[] };
  /** Of a write that was begun: the id of its INTENT. */
  intent?: string;
}
