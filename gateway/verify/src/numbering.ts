import type { Findings, Texts } from './faults.ts';
import type { Json } from './json.ts';

/** Lines of one kind that are numbered from 0 in each file, so that one that was left out is told. */
export class Numbering {
  /** How many there were, in all files. */
  count = 0;
  /** Lines since the last one that could not be read: any may have been one. */
  unreadable = 0;
  readonly #findings: Findings;
  readonly #code: 'HEAD_NUMBER' | 'TIME_STAMP_NUMBER';
  /** How many there were in files before this one. */
  #before = 0;
  /** Of the last one, whatever it was. */
  #line: number | undefined;
  /** Numbers that the next one may have. */
  #next: readonly number[] = [0];

  constructor(findings: Findings, code: 'HEAD_NUMBER' | 'TIME_STAMP_NUMBER') {
    this.#findings = findings;
    this.#code = code;
  }

  /** A file begins. */
  begin(): void {
    this.#before = this.count;
    this.#next = [0];
    this.#line = undefined;
    this.unreadable = 0;
  }

  /** How many stand in this file. */
  get inFile(): number {
    return this.count - this.#before;
  }

  /** Whether this is how many there are in this file, as far as their numbers tell. */
  isCount(said: Json): boolean {
    return this.#next.some((next) => said === next);
  }

  /** After a wrong number two are as good: this one may be misnumbered, or others may be missing, repeated or moved. */
  take(number: Json, line: number): void {
    this.count += 1;
    const found = Number.isSafeInteger(number) ? Number(number) : -1;
    const lowest = Math.min(...this.#next);
    const highest = Math.max(...this.#next);
    const left = found - lowest;
    if (this.#next.includes(found) || (left > 0 && left <= this.unreadable)) this.#next = [found + 1];
    else {
      const above = this.#above();
      this.#findings.fault(this.#code, { line }, { found: String(number), expected: lowest, above });
      this.#next = found > highest ? [lowest + 1, found + 1] : [...new Set([lowest, lowest + 1, highest, highest + 1])];
    }
    this.#line = line;
    this.unreadable = 0;
  }

  #above(): Texts {
    if (this.#line === undefined) return BEGINNING;
    const { line } = this.#findings.where(this.#line);
    return this.#code === 'HEAD_NUMBER'
      ? { vi: `đầu cây ở dòng ${line}`, en: `the head on line ${line}` }
      : { vi: `dấu thời gian ở dòng ${line}`, en: `the time stamp on line ${line}` };
  }
}

export const BEGINNING: Texts = { vi: 'đầu bản xuất', en: 'the beginning' };
