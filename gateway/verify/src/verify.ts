import { equal, hash32, toBase64url } from './bytes.ts';
import { type ExportLine, type RecordLine, readExportLine } from './export-line.ts';
import { type Code, type FaultCode, type Finding, Findings, type Texts, type WarningCode } from './faults.ts';
import { Gaps } from './gaps.ts';
import { isCount, readHead } from './head.ts';
import { Heads } from './heads.ts';
import { History } from './history.ts';
import type { Keys } from './keys.ts';
import { type Line, linesOf } from './lines.ts';
import { readBody } from './parts.ts';
import { Sequence } from './sequence.ts';
import { Signatures } from './signatures.ts';
import { LogTree, recordRoot } from './tree.ts';

export interface VerifyOptions {
  /** The keys that heads must be signed with; undefined: signatures are not checked, and so nothing is proven. */
  readonly keys: Keys | undefined;
  /** Heads that were kept elsewhere, each a JWS: the ledger must lead to every one of them. */
  readonly witnessed?: readonly string[];
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
  readonly witnessed: { readonly given: number; readonly met: number };
  readonly faults: readonly Finding<FaultCode>[];
  readonly warnings: readonly Finding<WarningCode>[];
  /** How often each code was found, those included that are not listed. */
  readonly counts: Readonly<Partial<Record<Code, number>>>;
}

/** Lines between two calls of `progress`. */
const STEP = 10_000;
const MOST_FINDINGS = 1_000;

/** Checks an export of a ledger (docs/ledger.md §5), line by line, in memory that does not grow with it. */
export async function verify(source: AsyncIterable<Uint8Array | string>, options: VerifyOptions): Promise<Verdict> {
  const verification = new Verification(options);
  let lines = 0;
  for await (const some of linesOf(source)) {
    for (const line of some) {
      verification.take(line);
      lines += 1;
      if (lines % STEP === 0) options.progress?.(lines, verification.records);
    }
  }
  return verification.verdict();
}

type Numbered = RecordLine & { readonly line: number };
type End = ExportLine & { readonly is: 'end' } & { readonly line: number };

class Verification {
  readonly #options: VerifyOptions;
  readonly #findings: Findings;
  readonly #heads: Heads;
  readonly #gaps: Gaps;
  readonly #history: History;
  readonly #sequence: Sequence<Numbered>;
  #origin: string | undefined;
  /** Undefined once a record is missing: nothing can be said of roots from there on. */
  #tree: LogTree | undefined = new LogTree();
  #lines = 0;
  #end: End | undefined;
  /** Lines in all that could not be read. */
  #unreadable = 0;
  #deleted = 0;
  readonly #kinds: Record<string, number> = {};
  #first: string | undefined;
  #last: string | undefined;

  constructor(options: VerifyOptions) {
    const signatures = new Signatures(options.keys);
    this.#options = options;
    this.#findings = new Findings(options.most ?? MOST_FINDINGS);
    this.#heads = new Heads(this.#findings, signatures);
    this.#gaps = new Gaps(this.#findings, signatures);
    this.#history = new History(this.#findings);
    this.#sequence = new Sequence(
      this.#findings,
      (record) => this.#record(record),
      (late) => {
        this.#history.unknown = true;
        if (late === undefined) this.#tree = undefined;
      },
    );
  }

  get records(): number {
    return this.#sequence.next;
  }

  take({ number: line, text, ended }: Line): void {
    this.#lines = line;
    const read = readExportLine(text);
    if (!('is' in read)) this.#illegible(line, read, ended);
    else if (this.#end !== undefined) this.#findings.fault('LINE', { line }, { why: AFTER_END });
    else if ((line === 1) === (read.is === 'format')) this.#line(read, line);
    else if (line > 1) this.#findings.fault('LINE', { line }, { why: NOT_FIRST });
    else {
      this.#findings.fault('FORMAT', { line });
      this.#begin(undefined);
      this.#line(read, line);
    }
  }

  #illegible(line: number, why: Texts, ended: boolean): void {
    // What was cut off in the middle of a line is told as that.
    const cutOff = !ended && line > 1 && this.#end === undefined;
    if (!cutOff) this.#findings.fault('LINE', { line }, { why });
    if (line === 1) this.#begin(undefined);
    this.#sequence.settle(undefined);
    this.#sequence.unreadable += 1;
    this.#heads.unreadable += 1;
    this.#unreadable += 1;
  }

  #line(read: ExportLine, line: number): void {
    if (read.is === 'record') this.#sequence.take({ ...read, line });
    else if (read.is === 'head') {
      // How many records a head stands for tells which one a misnumbered record above it is.
      this.#sequence.settle(readHead(read.head)?.size);
      const { next: size, unreadable } = this.#sequence;
      this.#heads.take(line, read, { origin: this.#origin, size, tree: this.#tree, unreadable });
    } else if (read.is === 'end') {
      this.#end = { ...read, line };
      this.#sequence.settle(isCount(read.size) ? read.size : undefined);
    } else {
      const { format, origin } = read;
      const known = format === 'lienthong-ledger/1' && typeof origin === 'string';
      if (!known) this.#findings.fault('FORMAT', { line });
      this.#begin(known ? origin : undefined);
    }
  }

  /** @param found undefined where the first line does not say whose ledger it is: what follows is not blamed for it */
  #begin(found: string | undefined): void {
    const expected = this.#options.origin;
    if (found !== undefined && expected !== undefined && found !== expected) {
      this.#findings.fault('ORIGIN', { line: 1 }, { found, expected });
    }
    this.#origin = expected ?? found;
    this.#heads.witness(this.#options.witnessed ?? [], this.#origin);
  }

  /** A record at its place. */
  #record({ seq: said, root, body: bytes, line }: Numbered): void {
    const seq = this.records - 1;
    this.#tree?.append(root);
    this.#heads.reached(this.records, this.#tree, line);
    if (bytes === undefined) {
      this.#deleted += 1;
      this.#history.unknown = true;
      this.#gaps.empty(seq, line);
      return;
    }
    const place = { line, seq: said };
    if (!equal(recordRoot(bytes.key, bytes.parts), root)) {
      this.#findings.fault('RECORD_ALTERED', place);
      this.#history.unknown = true;
      return;
    }
    const body = readBody(bytes.parts);
    if (!('kind' in body)) {
      this.#history.unknown = true;
      const { part = 0, found = '', why } = body;
      if (why === undefined) this.#findings.fault('VERSION', place, { found });
      else this.#findings.fault('PART_FORM', place, { part, why });
      return;
    }
    this.#kinds[body.kind] = (this.#kinds[body.kind] ?? 0) + 1;
    if (this.#first === undefined || body.time < this.#first) this.#first = body.time;
    if (this.#last === undefined || body.time > this.#last) this.#last = body.time;
    this.#history.take(body, line, seq);
    this.#gaps.cover(body, this.#origin, line, seq);
  }

  verdict(): Verdict {
    const { keys } = this.#options;
    this.#sequence.settle(undefined);
    this.#finish();
    const { faults, warnings, counts } = this.#findings;
    const { count, signed, witnessed } = this.#heads;
    const root = this.#tree?.root();
    return {
      ok: faults.length === 0,
      signatures: keys === undefined ? 'unchecked' : 'checked',
      origin: this.#origin,
      size: this.records,
      root: root && toBase64url(root),
      deleted: this.#deleted,
      kinds: this.#kinds,
      first: this.#first,
      last: this.#last,
      heads: count,
      signed,
      witnessed,
      faults: inOrder(faults),
      warnings: inOrder(warnings),
      counts,
    };
  }

  #finish(): void {
    const size = this.records;
    const agree = this.#heads.end(size);
    if (this.#end === undefined) this.#findings.fault('TRUNCATED', { line: this.#lines || undefined });
    else this.#atEnd(this.#end, agree);
    this.#sequence.end();
    this.#gaps.end();
    this.#history.end();
    const { signed } = this.#heads;
    if (signed === 0 && size > 0) this.#findings.fault('NO_HEAD', {});
    else if (signed < size) this.#findings.warn('UNSIGNED', {}, { from: signed, to: size - 1 });
  }

  #atEnd({ size, root, heads, line }: End, agree: boolean): void {
    const wrong = (what: string, found: unknown, expected: string | number): void =>
      this.#findings.fault('END', { line }, { why: `${what} ${String(found)} ≠ ${expected}` });
    // A line that could not be read may have been a record, or a head.
    const near = (found: unknown, counted: number): boolean =>
      typeof found === 'number' && found >= counted && found <= counted + this.#unreadable;
    if (!near(size, this.records)) wrong('size', size, this.records);
    if (!this.#heads.isCount(heads) && !near(heads, this.#heads.count)) wrong('heads', heads, this.#heads.count);
    const counted = this.#tree?.root();
    const said = hash32(root);
    // Where heads and records disagree, the same cause would only be told twice.
    if (said === undefined || (counted && agree && size === this.records && !equal(said, counted))) {
      wrong('root', root, counted ? toBase64url(counted) : '…');
    }
  }
}

const NOT_FIRST: Texts = {
  vi: 'dòng định dạng chỉ đứng đầu tệp, một lần',
  en: 'the line with the format stands first, and once',
};
const AFTER_END: Texts = { vi: 'đứng sau dòng kết thúc', en: 'it stands behind the last line' };

/** By place; what has none comes last. */
const inOrder = <F extends Finding>(findings: readonly F[]): readonly F[] =>
  [...findings].sort((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity));
