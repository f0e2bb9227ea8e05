import type { Findings, Place } from './faults.ts';
import type { Body } from './parts.ts';

/** A retry comes seconds later (docs/ledger.md §5): of so many records, or twice as many, the ids are remembered. */
const REMEMBERED = 65_536;

/** What records say of one another: ids stand once, and an OUTCOME belongs to one INTENT before it. */
export class History {
  /** Whether there are records above whose parts are not known; an INTENT may be among them. */
  unknown = false;
  /** Whether the first record here is not the ledger's first: INTENTs may stand before it. */
  continues = false;
  readonly #findings: Findings;
  readonly #open = new Map<string, Place>();
  #recent = new Map<string, number>();
  #earlier = new Map<string, number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  take({ kind, id, intent }: Body, line: number, seq: number): void {
    const name = `${kind} ${id}`;
    const other = this.#recent.get(name) ?? this.#earlier.get(name);
    if (other !== undefined) this.#findings.fault('ID_REPEATED', { line, seq }, { kind, id, other });
    this.#recent.set(name, seq);
    if (this.#recent.size === REMEMBERED) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    if (kind === 'INTENT') this.#open.set(id, { line, seq });
    if (kind !== 'OUTCOME' || this.#open.delete(intent ?? '') || this.unknown) return;
    const details = { intent: intent ?? '' };
    if (this.continues) this.#findings.warn('INTENT_BEFORE', { line, seq }, details);
    else this.#findings.fault('OUTCOME_WITHOUT_INTENT', { line, seq }, details);
  }

  end(): void {
    for (const [id, place] of this.#open) this.#findings.warn('UNFINISHED', place, { id });
  }
}
