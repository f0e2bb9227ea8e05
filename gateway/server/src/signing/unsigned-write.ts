import type { Answer } from '../context.ts';
import { PublicError } from '../errors.ts';

/**
 * The answer of a write as it leaves. Where it cannot be signed it is withheld, and the caller must not be told to send the
 * write again: it has run.
 *
 * @throws PublicError SIGNING_UNAVAILABLE with `executed`
 */
export const ofWrite = async (signed: Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return await signed;
  } catch (error) {
    if (!(error instanceof PublicError) || error.code !== 'SIGNING_UNAVAILABLE') throw error;
    throw new PublicError('SIGNING_UNAVAILABLE', { data: { executed: true }, messages: EXECUTED });
  }
};

const EXECUTED = {
  vi: 'Thao tác ghi ĐÃ được thực hiện, nhưng câu trả lời chưa ký được nên không được trả. Đừng gửi lại thao tác; hãy đọc lại dữ liệu sau ít giây.',
  en: 'The write WAS carried out, but its answer could not be signed and is withheld. Do not repeat the write; read the data again in some seconds.',
};
