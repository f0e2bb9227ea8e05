import { equal, hash32, toBase64url } from './bytes.ts';
import { type Before, type ExportLine, type RecordLine, readExportLine } from './export-line.ts';
import { Findings, type Texts } from './faults.ts';
import { Gaps } from './gaps.ts';
import { isCount, readHead } from './head.ts';
import { Heads } from './heads.ts';
import { History } from './history.ts';
import type { Json } from './json.ts';
import { readKnown } from './known.ts';
import { type Line, linesOf } from './lines.ts';
import { Log } from './log.ts';
import { readBody } from './parts.ts';
import { Sequence } from './sequence.ts';
import { Signatures } from './signatures.ts';
import { TimeStamps } from './time-stamps.ts';
import { recordRoot } from './tree.ts';
import type { Verdict, VerifyOptions } from './verdict.ts';

/** Lines between two calls of `progress`. */
const STEP = 10_000;
const MOST_FINDINGS = 1_000;

/** The bytes of one file, in pieces. */
export type Source = AsyncIterable<Uint8Array | string>;

/** Checks an export of a ledger (docs/ledger.md §5), line by line, in memory that does not grow with it. */
export const verify = (source: Source, options: VerifyOptions): Promise<Verdict> => verifyArchive([source], options);

/** The same for exports of which each continues the one before. They may be opened one by one. */
export async function verifyArchive(
  sources: Iterable<Source> | AsyncIterable<Source>,
  options: VerifyOptions,
): Promise<Verdict> {
  const verification = new Verification(options);
  let lines = 0;
  for await (const source of sources) {
    verification.open();
    for await (const some of linesOf(source)) {
      for (const line of some) {
        verification.take(line);
        lines += 1;
        if (lines % STEP === 0) options.progress?.(lines, verification.records);
      }
    }
    verification.close();
  }
  return verification.verdict();
}

type Numbered = RecordLine & { readonly line: number };
type End = ExportLine & { readonly is: 'end' } & { readonly line: number };

class Verification {
  readonly #options: VerifyOptions;
  readonly #signatures: Signatures;
  readonly #findings: Findings;
  readonly #heads: Heads;
  readonly #timeStamps: TimeStamps;
  readonly #gaps: Gaps;
  readonly #history: History;
  readonly #sequence: Sequence<Numbered>;
  readonly #log: Log;
  #origin: string | undefined;
  #files = 0;
  /** Lines in the files before this one, and in all. */
  #before = 0;
  #lines = 0;
  #end: End | undefined;
  /** The head on the line above, or above the time stamps there. */
  #head: Json | undefined;
  /** Lines of this file that could not be read. */
  #unreadable = 0;
  /** How many records stand before the first file, and whether something tells which. */
  #from = 0;
  #joined = true;
  #deleted = 0;
  readonly #kinds: Record<string, number> = {};
  #first: string | undefined;
  #last: string | undefined;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#signatures = new Signatures(options.keys);
    this.#findings = new Findings(options.most ?? MOST_FINDINGS);
    this.#heads = new Heads(this.#findings, this.#signatures);
    this.#timeStamps = new TimeStamps(this.#findings, options.timeStampsBy);
    this.#gaps = new Gaps(this.#findings, this.#signatures);
    this.#history = new History(this.#findings);
    this.#log = new Log(this.#findings);
    this.#sequence = new Sequence(
      this.#findings,
      (record) => this.#record(record),
      (late) => {
        this.#history.unknown = true;
        if (late === undefined) this.#log.lose();
      },
    );
  }

  get records(): number {
    return this.#sequence.next;
  }

  open(): void {
    this.#findings.begin(this.#lines);
    this.#files += 1;
    this.#before = this.#lines;
    this.#end = undefined;
    this.#unreadable = 0;
  }

  close(): void {
    this.#sequence.settle(undefined);
    if (this.#end === undefined) this.#findings.fault('TRUNCATED', { line: this.#lines || undefined });
    else this.#atEnd(this.#end);
  }

  take({ number, text, ended }: Line): void {
    const line = this.#before + number;
    this.#lines = line;
    const read = readExportLine(text);
    if (!('is' in read)) this.#illegible(line, read, ended);
    else if (this.#end !== undefined) this.#findings.fault('LINE', { line }, { why: AFTER_END });
    else if ((number === 1) === (read.is === 'format')) this.#line(read, line);
    else if (number > 1) this.#findings.fault('LINE', { line }, { why: NOT_FIRST });
    else {
      this.#findings.fault('FORMAT', { line });
      this.#begin(line, undefined);
      this.#line(read, line);
    }
  }

  #illegible(line: number, why: Texts, ended: boolean): void {
    const first = line === this.#before + 1;
    // What was cut off in the middle of a line is told as that.
    const cutOff = !ended && !first && this.#end === undefined;
    if (!cutOff) this.#findings.fault('LINE', { line }, { why });
    if (first) this.#begin(line, undefined);
    this.#sequence.settle(undefined);
    this.#sequence.unreadable += 1;
    this.#heads.numbering.unreadable += 1;
    this.#timeStamps.numbering.unreadable += 1;
    this.#unreadable += 1;
  }

  #line(read: ExportLine, line: number): void {
    if (read.is === 'timeStamp') {
      this.#timeStamps.take(line, read, this.#head);
      return;
    }
    this.#head = read.is === 'head' ? read.head : undefined;
    if (read.is === 'record') this.#sequence.take({ ...read, line });
    else if (read.is === 'head') {
      // How many records a head stands for tells which one a misnumbered record above it is.
      this.#sequence.settle(readHead(read.head)?.size);
      const { next: size, unreadable } = this.#sequence;
      this.#heads.take(line, read, { origin: this.#origin, size, log: this.#log, unreadable });
    } else if (read.is === 'end') {
      this.#end = { ...read, line };
      this.#sequence.settle(isCount(read.size) ? read.size : undefined);
    } else {
      const { format, origin, after } = read;
      const known = format === 'lienthong-ledger/1' && typeof origin === 'string';
      if (!known) this.#findings.fault('FORMAT', { line });
      this.#begin(line, known ? origin : undefined, after ?? NOTHING);
    }
  }

  /**
   * @param found undefined where the first line does not say whose ledger it is: what follows is not blamed for it
   * @param said what stands before; undefined where the first line does not tell: as much as there was
   */
  #begin(line: number, found: string | undefined, said?: Before): void {
    const expected = this.#options.origin ?? this.#origin;
    if (found !== undefined && expected !== undefined && found !== expected) {
      this.#findings.fault('ORIGIN', { line }, { found, expected });
    }
    this.#origin = expected ?? found;
    for (const { numbering } of [this.#heads, this.#timeStamps]) numbering.begin();
    if (this.#files === 1) this.#heads.witness(this.#options.witnessed ?? [], this.#origin);
    if (said !== undefined) this.#join(line, said);
  }

  /** Holds what a first line says of the records before it against what is known of them. */
  #join(line: number, said: Before): void {
    const known = this.#files > 1 ? { size: this.records, read: true as const } : this.#known(line);
    const fits = known === undefined || known.size === said.size;
    if (!fits) this.#findings.fault('JOINT_SIZE', { line }, { found: said.size, expected: known.size });
    this.#log.begin(line, said, !fits || known === undefined ? undefined : 'read' in known ? 'read' : known);
    if (this.#files === 1) {
      this.#from = said.size;
      this.#joined = said.size === 0 || known !== undefined;
      this.#history.continues = said.size > 0;
      this.#heads.begin(said.size);
    } else if (!fits) this.#history.unknown = true;
    if (this.#files === 1 || !fits) this.#sequence.begin(said.size);
    if (said.size > 0) this.#heads.reached(said.size, this.#log, line);
  }

  /** What whoever verifies knows of the records before the first file. */
  #known(line: number) {
    const { after } = this.#options;
    const read = after === undefined ? undefined : readKnown(after, this.#origin, this.#signatures);
    if (read === undefined || 'size' in read) {
      if (read?.signed) this.#heads.signed = read.size;
      return read;
    }
    this.#findings.fault('JOINT_FORM', { line }, { why: read });
    return undefined;
  }

  /** A record at its place. */
  #record({ seq: said, root, body: bytes, line }: Numbered): void {
    const seq = this.records - 1;
    this.#log.append(root);
    this.#heads.reached(this.records, this.#log, line);
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
    this.#finish();
    const { faults, warnings, counts } = this.#findings;
    const { numbering, signed, witnessed } = this.#heads;
    const { true: checked, last: stamped } = this.#timeStamps;
    const { root } = this.#log;
    return {
      ok: faults.length === 0,
      signatures: keys === undefined ? 'unchecked' : 'checked',
      origin: this.#origin,
      files: this.#files,
      from: this.#from,
      size: this.records,
      root: root && toBase64url(root),
      deleted: this.#deleted,
      kinds: this.#kinds,
      first: this.#first,
      last: this.#last,
      heads: numbering.count,
      signed,
      timeStamps: {
        given: this.#timeStamps.numbering.count,
        ...(checked === undefined ? {} : { true: checked }),
        ...(stamped === undefined ? {} : { last: stamped }),
      },
      witnessed,
      faults: this.#findings.inOrder(faults),
      warnings: this.#findings.inOrder(warnings),
      counts,
    };
  }

  #finish(): void {
    const size = this.records;
    this.#log.settle();
    this.#heads.end(size);
    this.#timeStamps.end();
    this.#sequence.end();
    this.#gaps.end();
    this.#history.end();
    const { signed, witnessed } = this.#heads;
    if (!this.#joined && witnessed.met === 0) this.#findings.warn('UNJOINED', { line: 1 }, { to: this.#from - 1 });
    if (signed === 0 && size > this.#from) this.#findings.fault('NO_HEAD', {});
    else if (signed < size) this.#findings.warn('UNSIGNED', {}, { from: Math.max(signed, this.#from), to: size - 1 });
  }

  #atEnd({ size, root, heads, timeStamps, line }: End): void {
    const wrong = (what: string, found: unknown, expected: string | number): void =>
      this.#findings.fault('END', { line }, { why: `${what} ${String(found)} ≠ ${expected}` });
    // A line that could not be read may have been a record, or a head.
    const near = (found: unknown, counted: number): boolean =>
      typeof found === 'number' && found >= counted && found <= counted + this.#unreadable;
    if (!near(size, this.records)) wrong('size', size, this.records);
    const counts = { heads: [heads, this.#heads], timeStamps: [timeStamps, this.#timeStamps] } as const;
    for (const [what, [found, { numbering }]] of Object.entries(counts)) {
      if (!numbering.isCount(found) && !near(found, numbering.inFile)) wrong(what, found, numbering.inFile);
    }
    const counted = this.#log.root;
    const said = hash32(root);
    // Where heads and records disagree, the same cause would only be told twice.
    if (said === undefined || (counted && this.#heads.agree && size === this.records && !equal(said, counted))) {
      wrong('root', root, counted ? toBase64url(counted) : '…');
    }
  }
}

/** Of an export that begins with the ledger. */
const NOTHING: Before = { size: 0, hashes: [] };

const NOT_FIRST: Texts = {
  vi: 'dòng định dạng chỉ đứng đầu tệp, một lần',
  en: 'the line with the format stands first, and once',
};
const AFTER_END: Texts = { vi: 'đứng sau dòng kết thúc', en: 'it stands behind the last line' };
