import { fromBase64url, utf8 } from './bytes.ts';
import type { ExportLine } from './export-line.ts';
import type { Findings, Texts } from './faults.ts';
import { CLOCKS, readHead } from './head.ts';
import type { Json } from './json.ts';
import { Numbering } from './numbering.ts';
import { type Certificate, type TimeStampFault, verifyTimeStamp } from './time-stamp/index.ts';

type TimeStampLine = ExportLine & { readonly is: 'timeStamp' };

const REASONS = {
  FORM: { vi: 'không phải dấu thời gian RFC 3161 (DER)', en: 'it is no time stamp of RFC 3161 (DER)' },
  IMPRINT: { vi: 'nó thuộc về thứ khác, không phải đầu cây này', en: 'it is of something else than this head' },
  NONCE: { vi: 'nó trả lời một yêu cầu khác', en: 'it answers another request' },
  POLICY: { vi: 'nó theo chính sách khác', en: 'it was made under another policy' },
  ALGORITHM: { vi: 'thuật toán không còn an toàn', en: 'its algorithms do not count any more' },
  SIGNATURE: { vi: 'chữ ký không đúng', en: 'its signature is wrong' },
  CERTIFICATE: {
    vi: 'chứng thư ký không có, là chứng thư khác, hoặc không phải chỉ dành cho dấu thời gian',
    en: 'the certificate that it names is missing, another one, or not for time stamps alone',
  },
  CHAIN: {
    vi: 'không dẫn đến chứng thư nào trong --time-stamps-ca còn hiệu lực lúc đó',
    en: 'it does not lead to a certificate of --time-stamps-ca that was valid then',
  },
} satisfies Record<TimeStampFault, Texts>;

/** Time stamps of heads (docs/ledger.md §4): each of the head right above it. */
export class TimeStamps {
  readonly numbering: Numbering;
  /** How many are true; undefined: nobody said whose count. */
  true: number | undefined;
  /** The last of those: by its time the ledger had so many records. */
  last: { readonly time: string; readonly size: number } | undefined;
  readonly #findings: Findings;
  readonly #trusted: readonly Certificate[] | undefined;

  constructor(findings: Findings, trusted: readonly Certificate[] | undefined) {
    this.#findings = findings;
    this.#trusted = trusted;
    this.true = trusted && 0;
    this.numbering = new Numbering(findings, 'TIME_STAMP_NUMBER');
  }

  /** @param text the head that it follows; undefined where it follows none */
  take(line: number, { timeStamp, number }: TimeStampLine, text: Json | undefined): void {
    const place = { line };
    this.numbering.take(number, line);
    if (text === undefined) {
      this.#findings.fault('TIME_STAMP_HEAD', place);
      return;
    }
    const token = typeof timeStamp === 'string' ? fromBase64url(timeStamp) : undefined;
    if (token === undefined) {
      this.#findings.fault('TIME_STAMP', place, { why: REASONS.FORM });
      return;
    }
    const head = readHead(text);
    // What is wrong with the head has been told.
    if (this.#trusted === undefined || head === undefined) return;
    const verdict = verifyTimeStamp(token, utf8(String(text)), { trusted: this.#trusted });
    if (!verdict.ok) this.#findings.fault('TIME_STAMP', place, { why: REASONS[verdict.fault] });
    else if (Date.parse(head.time) - Date.parse(verdict.time) > CLOCKS) {
      this.#findings.fault('TIME_STAMP_TIME', place, { found: verdict.time, head: head.time });
    } else {
      this.true = (this.true ?? 0) + 1;
      this.last = { time: verdict.time, size: head.size };
    }
  }

  end(): void {
    if (this.true === 0) this.#findings.fault('NO_TIME_STAMP', {});
  }
}
