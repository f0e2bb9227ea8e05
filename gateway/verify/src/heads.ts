import { equal } from './bytes.ts';
import type { ExportLine } from './export-line.ts';
import type { Findings, Texts } from './faults.ts';
import { CLOCKS, type Head, readHead } from './head.ts';
import type { Log } from './log.ts';
import { BEGINNING, Numbering } from './numbering.ts';
import type { Signatures } from './signatures.ts';

type HeadLine = ExportLine & { readonly is: 'head' };

/** What stands above a head. */
interface Above {
  /** Undefined where the export does not say. */
  readonly origin: string | undefined;
  /** How many records. */
  readonly size: number;
  readonly log: Log;
  /** How many lines could not be read since the last record: any may have been one. */
  readonly unreadable: number;
}

interface Placed {
  readonly line: number;
  readonly head: Head;
}

/** Heads that are remembered until one below them tells whose fault it is. */
const MOST_DOUBTFUL = 10_000;

const WITNESS = {
  form: { vi: 'không phải đầu cây', en: 'it is no head' },
  key: { vi: 'khoá ký không có trong tập khoá', en: 'its key is not among the keys' },
  signature: { vi: 'chữ ký không đúng', en: 'its signature is wrong' },
  origin: { vi: 'nó thuộc về sổ khác', en: 'it is of another ledger' },
} satisfies Record<string, Texts>;

/**
 * Judges heads by the tree, and the tree by heads. Where they disagree, the heads below tell which is wrong: one that agrees
 * makes those above it forks; if none agrees any more, records were altered before the first that does not.
 */
export class Heads {
  readonly numbering: Numbering;
  /** How many records the last head with a true signature stands for. */
  signed = 0;
  readonly witnessed = { given: 0, met: 0, before: 0 };
  /** How many records stand before the first file. */
  #start = 0;
  readonly #findings: Findings;
  readonly #signatures: Signatures;
  #latest: Head | undefined;
  #agreed: Placed | undefined;
  #doubtful: Placed[] = [];
  #more = 0;
  /** Signed after the end of their key, and the records lead to them: harmless once a head that counts stands below. */
  #ended: Placed[] = [];
  /** By ascending size; how many of them the records have reached. */
  readonly #witnesses: { readonly number: number; readonly head: Head }[] = [];
  #reached = 0;

  constructor(findings: Findings, signatures: Signatures) {
    this.#findings = findings;
    this.#signatures = signatures;
    this.numbering = new Numbering(findings, 'HEAD_NUMBER');
  }

  /** Heads from elsewhere, to which the ledger must lead. */
  witness(texts: readonly string[], origin: string | undefined): void {
    this.witnessed.given = texts.length;
    for (const [index, text] of texts.entries()) {
      const number = index + 1;
      const head = readHead(text);
      const foreign = origin !== undefined && head?.origin !== origin;
      const judged = head === undefined ? 'form' : foreign ? 'origin' : this.#signatures.judge(head.jws, head.time);
      if (head !== undefined && judged === 'true') this.#witnesses.push({ number, head });
      else if (judged !== 'true') this.#findings.fault('WITNESS_FORM', {}, { number, why: WITNESS[judged] });
    }
    this.#witnesses.sort((one, other) => one.head.size - other.head.size);
  }

  /** The first file begins. @param size how many records stand before it */
  begin(size: number): void {
    this.#start = size;
    this.#reached = this.#witnesses.findIndex(({ head }) => head.size >= size);
    if (this.#reached < 0) this.#reached = this.#witnesses.length;
    this.witnessed.before = this.#reached;
  }

  /** After each record: heads of witnesses of just this size. */
  reached(size: number, log: Log, line: number): void {
    for (;;) {
      const next = this.#witnesses[this.#reached];
      if (next === undefined || next.head.size > size) return;
      this.#reached += 1;
      const { root } = log;
      if (root === undefined || next.head.size < size) continue;
      if (equal(root, next.head.root)) this.witnessed.met += 1;
      else this.#findings.fault('WITNESS_FORK', { line, seq: size - 1 }, { number: next.number, size });
    }
  }

  /** A line of the export with a head. */
  take(line: number, { head: text, number }: HeadLine, { origin, size, log, unreadable }: Above): void {
    const place = { line };
    this.numbering.take(number, line);
    const head = readHead(text);
    const judged = head === undefined ? 'form' : this.#signatures.judge(head.jws, head.time);
    if (head === undefined) this.#findings.fault('HEAD_FORM', place);
    else if (judged === 'key') {
      const { root } = log;
      const led = size === head.size && root !== undefined && equal(root, head.root);
      const ended = led && (origin ?? head.origin) === head.origin && this.#signatures.outlived(head.jws);
      if (ended && this.#ended.length < MOST_DOUBTFUL) this.#ended.push({ line, head });
      else this.#keyless({ line, head });
    } else if (judged === 'signature') this.#findings.fault('HEAD_SIGNATURE', place);
    else if (origin !== undefined && head.origin !== origin)
      this.#findings.fault('HEAD_ORIGIN', place, { found: head.origin });
    else {
      this.#inTime(head, line);
      const between = head.size - size;
      if (between === 0) {
        this.signed = size;
        log.weigh(head.root);
        const { root } = log;
        if (root !== undefined) this.#compare({ line, head }, root);
      } else if (between < 0 || between > unreadable) {
        this.#findings.fault('HEAD_SIZE', place, { found: head.size, expected: size });
      }
    }
  }

  #keyless({ line, head: { jws } }: Placed): void {
    this.#findings.fault('HEAD_KEY', { line }, { kid: jws.kid, alg: jws.alg });
  }

  /** Whether the last heads and the records agree. */
  get agree(): boolean {
    return this.#doubtful.length === 0;
  }

  #named(line: number | undefined): Texts {
    if (line === undefined) return BEGINNING;
    const { file, line: own } = this.#findings.where(line);
    return file === undefined
      ? { vi: `đầu cây ở dòng ${own}`, en: `the head on line ${own}` }
      : { vi: `đầu cây ở dòng ${own} của tệp ${file}`, en: `the head on line ${own} of file ${file}` };
  }

  #inTime(head: Head, line: number): void {
    const before = this.#latest;
    if (before === undefined || head.time > before.time) this.#latest = head;
    else if (Date.parse(before.time) - Date.parse(head.time) > CLOCKS) {
      this.#findings.fault('HEAD_TIME', { line }, { found: head.time, before: before.time });
    }
  }

  #compare(placed: Placed, root: Uint8Array): void {
    const { line, head } = placed;
    const { size } = head;
    if (equal(root, head.root)) {
      for (const fork of this.#doubtful) this.#findings.fault('FORK', { line: fork.line }, { size: fork.head.size });
      for (const ended of this.#ended) {
        this.#findings.warn('HEAD_ENDED', { line: ended.line }, { kid: ended.head.jws.kid });
      }
      this.#doubtful = [];
      this.#ended = [];
      this.#more = 0;
      this.#agreed = placed;
    } else if (size === this.#agreed?.head.size || this.#doubtful.some((other) => differs(other.head, head))) {
      this.#findings.fault('FORK', { line }, { size });
    } else if (this.#doubtful.length < MOST_DOUBTFUL) this.#doubtful.push(placed);
    else this.#more += 1;
  }

  /** @param size how many records there are */
  end(size: number): void {
    for (const ended of this.#ended) this.#keyless(ended);
    const [first] = this.#doubtful;
    if (first !== undefined) {
      const above = this.#agreed;
      this.#findings.fault(
        'HEAD_ROOT',
        { line: first.line },
        {
          from: above?.head.size ?? this.#start,
          to: first.head.size - 1,
          above: this.#named(above?.line),
          more: this.#doubtful.length - 1 + this.#more,
        },
      );
    }
    for (const { number, head } of this.#witnesses.slice(this.#reached)) {
      this.#findings.fault('TRUNCATED_WITNESS', {}, { found: size, number, size: head.size });
    }
  }
}

const differs = (one: Head, other: Head): boolean => one.size === other.size && !equal(one.root, other.root);
