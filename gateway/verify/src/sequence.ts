import type { Findings } from './faults.ts';

/** A numbered line that is not at its place, until the next one tells why. */
interface Numbered {
  readonly line: number;
  readonly seq: number;
}

/** Ranges and lines that are remembered; a broken export can have more, which are told at once instead. */
const MOST = 10_000;

/**
 * Brings records into the order of their numbers and names what is missing, moved, repeated or misnumbered. A record
 * that is not the next waits for the line behind it: that one's number tells whether records are missing here, or only
 * this number is wrong.
 */
export class Sequence<R extends Numbered> {
  /** The number that belongs here. */
  next = 0;
  /** Lines that could not be read: each may have been a record, and what it leaves missing has been told. */
  unreadable = 0;
  readonly #findings: Findings;
  readonly #accept: (record: R) => void;
  readonly #skip: (repeated: R | undefined) => void;
  readonly #early = new Map<number, R>();
  #missing: { from: number; to: number; line: number }[] = [];
  #held: R | undefined;

  /**
   * @param accept gets each record at its place
   * @param skip is told of places that stay empty (`undefined`), and of records for which there is no place left
   */
  constructor(findings: Findings, accept: (record: R) => void, skip: (late: R | undefined) => void) {
    this.#findings = findings;
    this.#accept = accept;
    this.#skip = skip;
  }

  take(record: R): void {
    this.settle(record.seq);
    if (record.seq === this.next) this.#place(record);
    else this.#held = record;
  }

  /** Decides on the record that waits. @param following the number that the line behind it implies, where it has one */
  settle(following: number | undefined): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const { line, seq } = held;
    const expected = this.next;
    if (following === expected + 1) {
      this.#findings.fault('SEQ_WRONG', { line, seq }, { expected });
      this.#place(held);
    } else if (seq > expected && following !== expected) {
      this.jump(seq, line);
      this.#place(held);
    } else if (seq > expected && this.#early.size < MOST) {
      this.#findings.fault('SEQ_MOVED', { line, seq }, { expected });
      this.#early.set(seq, held);
    } else this.#late(held, expected);
  }

  /** Goes on at `seq` though records before it were not seen. */
  jump(seq: number, line: number): void {
    const gap = seq - this.next;
    const unreadable = gap <= this.unreadable;
    this.unreadable = 0;
    if (!unreadable) this.#missing.push({ from: this.next, to: seq - 1, line });
    if (this.#missing.length > MOST) this.#report(this.#missing.shift());
    this.next = seq;
    this.#skip(undefined);
  }

  /** A file begins whose first record has this number. What waited for its place in the one before waits no more. */
  begin(seq: number): void {
    this.next = seq;
    this.unreadable = 0;
    this.#early.clear();
  }

  end(): void {
    for (const range of this.#missing) this.#report(range);
    this.#missing = [];
  }

  #place(record: R): void {
    this.unreadable = 0;
    for (let each: R | undefined = record; each !== undefined; each = this.#early.get(this.next)) {
      this.#early.delete(this.next);
      this.next += 1;
      this.#accept(each);
    }
  }

  #late(record: R, expected: number): void {
    const { line, seq } = record;
    const range = this.#missing.find(({ from, to }) => from <= seq && seq <= to);
    this.#findings.fault(range === undefined ? 'SEQ_REPEATED' : 'SEQ_MOVED', { line, seq }, { expected });
    this.#skip(record);
    if (range === undefined) return;
    const parts = [
      { ...range, to: seq - 1 },
      { ...range, from: seq + 1 },
    ].filter(({ from, to }) => from <= to);
    this.#missing = this.#missing.flatMap((each) => (each === range ? parts : [each]));
  }

  #report(range: { from: number; to: number; line: number } | undefined): void {
    if (range) this.#findings.fault('SEQ_MISSING', { line: range.line, seq: range.from }, { ...range });
  }
}
