import { recordOfAnswer } from '@lienthong/verify';
import { openSource } from '../audit/source.ts';
import { CommandError } from '../command-error.ts';
import type { Texts } from '../language.ts';
import { fieldOf } from './head.ts';
import type { KeptAnswer } from './verify.ts';

/**
 * The number, in an export of the ledger, of the record of an answer whose signature holds.
 *
 * @param named where the export is, or those of its lines that are records: a file, an address, or `-`
 * @throws CommandError where it holds none, or another than it should
 */
export async function seqOfRecord(named: string, { head, content, request }: KeptAnswer): Promise<number> {
  const nonce = fieldOf(head, 'lienthong-record-nonce');
  if (nonce === undefined) throw fault(NO_RECORD);
  const found = await recordOfAnswer(await openSource('--ledger', named), {
    record: fieldOf(head, 'lienthong-record'),
    requestId: fieldOf(head, 'x-request-id') ?? '',
    ...{ nonce, content, request },
  });
  if (found.is === 'found') return found.seq;
  if (found.is === 'missing') throw fault(MISSING);
  throw fault(OTHER[found.what], `seq ${found.seq}`);
}

const fault = (messages: Texts, detail?: string): CommandError => new CommandError('ANSWER_RECORD', messages, detail);

const NO_RECORD: Texts = {
  vi: 'Câu trả lời không có lienthong-record-nonce: cổng không ghi nó vào sổ, hoặc tiêu đề đã không được lưu.',
  en: 'The answer has no lienthong-record-nonce: the gateway keeps no record of it, or the field was not kept.',
};
const MISSING: Texts = {
  vi: 'Tệp --ledger KHÔNG có bản ghi của câu trả lời này. Kiểm tra tệp có gồm thời điểm đó không, và thân bản ghi đã bị xoá theo thời hạn lưu chưa.',
  en: 'The file of --ledger has NO record of this answer. See that it covers that time, and whether bodies of that time were deleted by retention.',
};
const OTHER: Readonly<Record<'record' | 'answer' | 'request', Texts>> = {
  record: {
    vi: 'Bản ghi này ĐÃ BỊ SỬA: nội dung không dẫn đến giá trị gốc của nó. Chạy: lienthong audit verify.',
    en: 'This record was ALTERED: its body does not lead to its root. Run: lienthong audit verify.',
  },
  answer: {
    vi: 'Bản ghi mang tên này là của một câu trả lời KHÁC: sổ hoặc bản lưu không đúng.',
    en: 'The record by this name is of ANOTHER answer: the ledger is not true, or what was kept is not.',
  },
  request: {
    vi: 'Bản ghi này là của một yêu cầu KHÁC.',
    en: 'The record is of ANOTHER request.',
  },
};
