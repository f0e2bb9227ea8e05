/** One text in both languages. */
export interface Texts {
  readonly vi: string;
  readonly en: string;
}

/**
 * Everything that can be wrong with an export. Texts say what; `{x}` stands for a detail of the finding. The README
 * holds the same list with what to do.
 */
const FAULTS = {
  LINE: {
    vi: 'không phải một dòng của bản xuất: {why}',
    en: 'not a line of an export: {why}',
  },
  FORMAT: {
    vi: 'dòng đầu phải là {"format":"lienthong-ledger/1","origin":…}; không rõ định dạng này',
    en: 'the first line must be {"format":"lienthong-ledger/1","origin":…}; this format is not known',
  },
  ORIGIN: {
    vi: 'bản xuất của sổ {found}, không phải của {expected}',
    en: 'an export of the ledger {found}, not of {expected}',
  },
  JOINT_FORM: {
    vi: 'không dùng được trạng thái trước đó (--after): {why}',
    en: 'what is said to stand before (--after) cannot be used: {why}',
  },
  JOINT_SIZE: {
    vi: 'tệp này bắt đầu sau {found} bản ghi, nhưng phần trước nó kết thúc ở {expected}: thiếu tệp, thừa tệp hoặc sai thứ tự',
    en: 'this file begins after {found} records, and what stands before it ends with {expected}: a file is missing, too many or out of order',
  },
  JOINT_HASHES: {
    vi: 'dòng đầu không nối tiếp phần đứng trước: mã băm khác, và không đầu cây có chữ ký nào bảo vệ nó',
    en: 'the first line does not continue what stands before it: its hashes are others, and no signed head vouches for them',
  },
  JOINT_FORK: {
    vi: 'sổ bị rẽ nhánh ở chỗ nối: các đầu cây ở dưới khớp với dòng đầu này, không khớp với phần đứng trước ({size} bản ghi)',
    en: 'a fork at the joint: signed heads below agree with this first line, and not with what stands before it ({size} records)',
  },
  SEQ_MISSING: {
    vi: 'trước dòng này thiếu bản ghi {from} đến {to}',
    en: 'records {from} to {to} are missing before this line',
  },
  SEQ_MOVED: {
    vi: 'bản ghi đứng sai chỗ: đáng ra ở đây là bản ghi {expected}',
    en: 'the record stands at the wrong place: record {expected} belongs here',
  },
  SEQ_REPEATED: {
    vi: 'bản ghi có số này đã có ở trên',
    en: 'a record of this number stands above already',
  },
  SEQ_WRONG: {
    vi: 'đáng ra ở đây là bản ghi {expected}: số thứ tự đã bị sửa, hoặc bản ghi khác bị đặt vào',
    en: 'record {expected} belongs here: the number was altered, or another record was put here',
  },
  PART_FORM: {
    vi: 'phần {part} không phải JSON chuẩn tắc đúng định dạng: {why}',
    en: 'part {part} is not canonical JSON of its form: {why}',
  },
  VERSION: {
    vi: 'bản ghi có phiên bản định dạng {found}, chương trình này chỉ biết 1',
    en: 'the record has version {found} of the format, this program knows 1',
  },
  RECORD_ALTERED: {
    vi: 'nội dung bản ghi không dẫn đến mã băm gốc của nó: khoá, một phần hoặc mã băm đã bị sửa',
    en: 'the record does not lead to its own root: its key, a part or the root was altered',
  },
  ID_REPEATED: {
    vi: 'đã có bản ghi {kind} với mã {id}, ở bản ghi {other}',
    en: 'there is a {kind} with the id {id} already: record {other}',
  },
  OUTCOME_WITHOUT_INTENT: {
    vi: 'OUTCOME không có INTENT {intent} nào còn mở ở trước',
    en: 'an OUTCOME without an earlier INTENT {intent} that is still open',
  },
  HEAD_FORM: {
    vi: 'không phải đầu cây có chữ ký (JWS lienthong-head+jwt)',
    en: 'not a signed head (a JWS lienthong-head+jwt)',
  },
  HEAD_NUMBER: {
    vi: 'đầu cây số {found}, đáng ra là số {expected}: giữa {above} và dòng này có đầu cây bị bỏ, lặp lại hoặc đổi chỗ',
    en: 'head number {found} where number {expected} belongs: between {above} and this line heads were dropped, repeated or moved',
  },
  HEAD_KEY: {
    vi: 'đầu cây ký bằng khoá “{kid}” ({alg}) không có trong tập khoá, hoặc đã hết hạn khi ký',
    en: 'the head is signed with the key “{kid}” ({alg}), which is not among the keys or was over by then',
  },
  HEAD_SIGNATURE: {
    vi: 'chữ ký của đầu cây không đúng',
    en: "the head's signature is wrong",
  },
  HEAD_ORIGIN: {
    vi: 'đầu cây của sổ khác: {found}',
    en: 'a head of another ledger: {found}',
  },
  HEAD_SIZE: {
    vi: 'đầu cây ghi {found} bản ghi, nhưng đứng sau {expected} bản ghi',
    en: 'the head says {found} records and stands after {expected}',
  },
  HEAD_TIME: {
    vi: 'đầu cây ký lúc {found}, sớm hơn quá một phút so với đầu cây đứng trên nó ({before})',
    en: 'the head was signed at {found}, more than a minute before one that stands above it ({before})',
  },
  HEAD_ROOT: {
    vi: 'các bản ghi không dẫn đến đầu cây này: có bản ghi bị sửa trong khoảng {from} đến {to}, giữa {above} và đầu cây này (và {more} đầu cây sau nó)',
    en: 'the records do not lead to this head: one of {from} to {to} was altered, between {above} and this head (and {more} heads below it)',
  },
  TIME_STAMP_NUMBER: {
    vi: 'dấu thời gian số {found}, đáng ra là số {expected}: giữa {above} và dòng này có dấu thời gian bị bỏ, lặp lại hoặc đổi chỗ',
    en: 'time stamp number {found} where number {expected} belongs: between {above} and this line time stamps were dropped, repeated or moved',
  },
  TIME_STAMP_HEAD: {
    vi: 'dấu thời gian không đứng ngay sau đầu cây nào',
    en: 'a time stamp that does not stand right behind a head',
  },
  TIME_STAMP: {
    vi: 'dấu thời gian không chứng minh điều gì: {why}',
    en: 'this time stamp proves nothing: {why}',
  },
  TIME_STAMP_TIME: {
    vi: 'đầu cây ghi là ký lúc {head}, nhưng đã có dấu thời gian từ {found}: một trong hai đồng hồ sai',
    en: 'the head says that it was signed at {head}, and was stamped at {found} already: one of the clocks is wrong',
  },
  NO_TIME_STAMP: {
    vi: 'không có dấu thời gian nào đúng: không rõ sổ có từ lúc nào',
    en: 'there is no true time stamp: nothing says since when the ledger has been like this',
  },
  FORK: {
    vi: 'sổ bị rẽ nhánh: đầu cây có chữ ký này ghi {size} bản ghi với mã băm gốc khác mã băm của chính sổ này',
    en: 'a fork: this signed head of {size} records has another root than this very ledger',
  },
  WITNESS_FORM: {
    vi: 'đầu cây thứ {number} trong tệp của người làm chứng không dùng được: {why}',
    en: 'head {number} of the witness file cannot be used: {why}',
  },
  WITNESS_FORK: {
    vi: 'sổ không dẫn đến đầu cây thứ {number} của người làm chứng ({size} bản ghi): lịch sử đã bị viết lại',
    en: "the ledger does not lead to the witness's head {number} ({size} records): its history was rewritten",
  },
  NO_HEAD: {
    vi: 'không có đầu cây nào đúng chữ ký: không điều gì ở đây được chứng thực',
    en: 'there is no head with a true signature: nothing here is proven',
  },
  TRUNCATED: {
    vi: 'bản xuất bị cắt: không có dòng kết thúc',
    en: 'the export was cut off: it has no last line',
  },
  TRUNCATED_WITNESS: {
    vi: 'sổ có {found} bản ghi, ngắn hơn đầu cây thứ {number} của người làm chứng ({size} bản ghi)',
    en: "the ledger has {found} records, fewer than the witness's head {number} says ({size})",
  },
  END: {
    vi: 'dòng kết thúc không khớp: {why}',
    en: 'the last line does not agree: {why}',
  },
  GAP: {
    vi: 'bản ghi {from} đến {to} không có nội dung, mà không bản ghi RETENTION hợp lệ nào ở sau cho phép',
    en: 'records {from} to {to} have no body, and no valid RETENTION record below covers them',
  },
  RETENTION: {
    vi: 'bản ghi RETENTION không có hiệu lực: {why}',
    en: 'this RETENTION record has no effect: {why}',
  },
} satisfies Record<string, Texts>;

/** What is told and is no fault. */
const WARNINGS = {
  UNJOINED: {
    vi: 'bản xuất này chỉ nối tiếp: bản ghi 0 đến {to} không có ở đây, và không rõ chúng là những bản ghi nào (--after, hoặc các tệp trước)',
    en: 'this export is a continuation: records 0 to {to} are not here, and nothing says which they were (--after, or the files before)',
  },
  INTENT_BEFORE: {
    vi: 'INTENT {intent} của OUTCOME này đứng trước phần được kiểm tra: hãy kiểm tra cùng các tệp trước',
    en: 'the INTENT {intent} of this OUTCOME stands before what is checked here: check it together with the files before',
  },
  HEAD_ENDED: {
    vi: 'đầu cây ký sau khi khoá “{kid}” hết hạn nên không chứng thực gì; các bản ghi vẫn dẫn đến nó, và đầu cây ở dưới chứng thực chúng',
    en: 'the head was signed after the end of the key “{kid}” and proves nothing; the records lead to it all the same, and a head below vouches for them',
  },
  UNFINISHED: {
    vi: 'INTENT {id} không có OUTCOME: thao tác chưa xong hoặc cổng đã bị dừng giữa chừng',
    en: 'the INTENT {id} has no OUTCOME: unfinished, or the gateway was stopped in between',
  },
  UNSIGNED: {
    vi: 'bản ghi {from} đến {to} ở sau đầu cây cuối cùng: chưa ai ký',
    en: 'records {from} to {to} stand behind the last head: nobody has signed them yet',
  },
} satisfies Record<string, Texts>;

const TEXTS: Readonly<Record<Code, Texts>> = { ...FAULTS, ...WARNINGS };

export type FaultCode = keyof typeof FAULTS;
export type WarningCode = keyof typeof WARNINGS;
export type Code = FaultCode | WarningCode;
export const faultCodes = Object.keys(FAULTS) as readonly FaultCode[];
export const warningCodes = Object.keys(WARNINGS) as readonly WarningCode[];

/** Something found at a place of an export. */
export interface Finding<C extends Code = Code> {
  readonly code: C;
  /** Which file of several, from 1; absent where there is one. */
  readonly file?: number;
  /** Of the export, from 1; absent: of the whole, or of the witness file. */
  readonly line?: number;
  /** The record's number as it stands there. */
  readonly seq?: number;
  readonly what: Texts;
}

export interface Place {
  /** Counted through all files. */
  readonly line?: number | undefined;
  readonly seq?: number | undefined;
}

type Details = Readonly<Record<string, string | number | Texts>>;

export function finding<C extends Code>(code: C, { line, seq }: Place, details: Details = {}): Finding<C> {
  const say = (language: keyof Texts): string =>
    TEXTS[code][language].replace(/\{(\w+)\}/g, (placeholder, name: string) => {
      const detail = details[name] ?? placeholder;
      return typeof detail === 'object' ? detail[language] : String(detail);
    });
  return {
    code,
    ...(line === undefined ? {} : { line }),
    ...(seq === undefined ? {} : { seq }),
    what: { vi: say('vi'), en: say('en') },
  };
}

/** Collects what is found: the first ones whole, of the others how many, for a broken export can have millions. */
export class Findings {
  readonly faults: Finding<FaultCode>[] = [];
  readonly warnings: Finding<WarningCode>[] = [];
  readonly counts: Partial<Record<Code, number>> = {};
  readonly #most: number;
  /** After how many lines each file begins. */
  readonly #files: number[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** @param before how many lines there were in the files before */
  begin(before: number): void {
    this.#files.push(before);
  }

  fault(code: FaultCode, place: Place, details?: Details): void {
    this.#count(code);
    if (this.faults.length < this.#most) this.faults.push(finding(code, place, details));
  }

  warn(code: WarningCode, place: Place, details?: Details): void {
    this.#count(code);
    if (this.warnings.length < this.#most) this.warnings.push(finding(code, place, details));
  }

  /** A line that is counted through all files, in its own; the number of a file only where there are several. */
  where(line: number): { readonly file?: number; readonly line: number } {
    if (this.#files.length < 2) return { line };
    const at = this.#files.findLastIndex((before) => before < line);
    return { file: at + 1, line: line - (this.#files[at] ?? 0) };
  }

  /** By place, once all files were read; what has none comes last. */
  inOrder<F extends Finding>(found: readonly F[]): readonly F[] {
    return found
      .map((each) => (each.line === undefined ? each : { ...each, ...this.where(each.line) }))
      .sort((one, other) => (one.file ?? 1) - (other.file ?? 1) || (one.line ?? Infinity) - (other.line ?? Infinity));
  }

  #count(code: Code): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
  }
}
