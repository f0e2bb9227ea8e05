import type { Findings, Texts } from './faults.ts';
import type { Json } from './json.ts';
import { readJws } from './jws.ts';
import type { Body } from './parts.ts';
import type { Signatures } from './signatures.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

const REASONS = {
  range: {
    vi: 'khoảng bản ghi hoặc thời điểm không hợp lẽ: từ ≤ đến < số của chính nó, “before” không sau “time”',
    en: 'its range or moment cannot be: from ≤ to < its own number, “before” not after its “time”',
  },
  form: { vi: 'chữ ký không phải JWS lienthong-retention+jwt', en: 'its signature is no JWS lienthong-retention+jwt' },
  other: { vi: 'chữ ký là của điều khác', en: 'its signature is of something else' },
  key: { vi: 'khoá ký không có trong tập khoá', en: 'its key is not among the keys' },
  signature: { vi: 'chữ ký không đúng', en: 'its signature is wrong' },
} satisfies Record<string, Texts>;

/** Records without a body, and the RETENTION records that allow it (docs/ledger.md §6). */
export class Gaps {
  readonly #findings: Findings;
  readonly #signatures: Signatures;
  /** By ascending number; neighbours are one. */
  readonly #empty: { from: number; to: number; line: number }[] = [];
  readonly #covered: Range[] = [];

  constructor(findings: Findings, signatures: Signatures) {
    this.#findings = findings;
    this.#signatures = signatures;
  }

  empty(seq: number, line: number): void {
    const last = this.#empty.at(-1);
    if (last?.to === seq - 1) last.to = seq;
    else this.#empty.push({ from: seq, to: seq, line });
  }

  /** A RETENTION record; what it covers stands above it, so that no gap can vouch for itself. */
  cover(body: Body, origin: string | undefined, line: number, seq: number): void {
    const { retention } = body;
    if (retention === undefined) return;
    const wrong = this.#wrong(body, retention, origin, seq);
    if (wrong === undefined) this.#covered.push({ from: retention.from, to: retention.to });
    else this.#findings.fault('RETENTION', { line, seq }, { why: REASONS[wrong] });
  }

  #wrong(
    { id, time, signature }: Body,
    { from, to, before }: NonNullable<Body['retention']>,
    origin: string | undefined,
    seq: number,
  ): keyof typeof REASONS | undefined {
    if (from > to || to >= seq || before > time) return 'range';
    const jws = readJws(signature, 'lienthong-retention+jwt');
    if (jws === undefined) return 'form';
    const said: Readonly<Record<string, Json>> = { id, from, to, before, ...(origin === undefined ? {} : { origin }) };
    if (Object.entries(said).some(([name, value]) => jws.payload[name] !== value)) return 'other';
    const judged = this.#signatures.judge(jws, time);
    return judged === 'true' ? undefined : judged;
  }

  end(): void {
    const covered = merged(this.#covered);
    for (const { line, ...range } of this.#empty) {
      for (const { from, to } of outside(range, covered)) {
        this.#findings.fault('GAP', from === range.from ? { line, seq: from } : { seq: from }, { from, to });
      }
    }
  }
}

/** The same numbers in ranges that neither meet nor touch. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** What of a range is in none of these. */
function outside({ from, to }: Range, covered: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let next = from;
  for (const each of covered) {
    if (each.to < next || each.from > to) continue;
    if (each.from > next) left.push({ from: next, to: each.from - 1 });
    next = Math.max(next, each.to + 1);
  }
  return next <= to ? [...left, { from: next, to }] : left;
}
