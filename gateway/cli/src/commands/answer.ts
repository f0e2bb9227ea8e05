import { readFileSync } from 'node:fs';
import { readAuthorities } from '../answer/authority.ts';
import { readHead } from '../answer/head.ts';
import { readKeySet } from '../answer/key-set.ts';
import { seqOfRecord } from '../answer/record.ts';
import { type VerifiedAnswer, verifyAnswer } from '../answer/verify.ts';
import { CommandError } from '../command-error.ts';
import type { Language, Texts } from '../language.ts';

export interface VerifyOptions {
  readonly headers: string;
  readonly body: string;
  /** A file, or an address. */
  readonly keys: string;
  readonly request?: string;
  readonly query?: string;
  readonly ca?: string;
  /** Seconds. */
  readonly maxAge?: number;
  /** An export of the ledger. */
  readonly ledger?: string;
  readonly json?: boolean;
}

/** `lienthong answer verify`: what is certain stands on stdout; whatever does not hold ends with exit code 1. */
export async function verify(options: VerifyOptions, language: Language): Promise<void> {
  try {
    const verified = await verifiedBy(options);
    process.stdout.write(options.json ? `${JSON.stringify(verified, null, 2)}\n` : report(verified, language));
  } catch (error) {
    if (!options.json || !(error instanceof CommandError)) throw error;
    process.stdout.write(`${JSON.stringify({ fault: error.code, message: error.messages[language] }, null, 2)}\n`);
    if (error.detail !== undefined) process.stderr.write(`${error.detail}\n`);
    process.exitCode = 1;
  }
}

interface Verified extends VerifiedAnswer {
  /** The number of its record in the export that was given: a record of these bytes. */
  readonly seq?: number;
}

const verifiedBy = async (given: VerifyOptions): Promise<Verified> => {
  const { headers, body, keys, query, ca, maxAge, ledger, ...options } = given;
  const request = options.request === undefined ? query : read('--request', options.request);
  const kept = {
    head: readHead(read('--headers', headers).toString('latin1')),
    content: read('--body', body),
    ...(request === undefined ? {} : { request }),
  };
  const verified = await verifyAnswer(kept, {
    ...(await readKeySet(keys)),
    now: Date.now(),
    ...(ca === undefined ? {} : { authorities: readAuthorities(read('--ca', ca).toString('utf8')) }),
    ...(maxAge === undefined ? {} : { maxAge }),
  });
  return ledger === undefined ? verified : { ...verified, seq: await seqOfRecord(ledger, kept) };
};

const read = (option: string, file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch {
    throw new CommandError('FILE_UNREADABLE', {
      vi: `Không đọc được tệp ${file} của ${option}. Kiểm tra đường dẫn.`,
      en: `The file ${file} of ${option} cannot be read. Check the path.`,
    });
  }
};

const REQUEST: Readonly<Record<VerifiedAnswer['request'], Texts>> = {
  compared: { vi: 'đúng yêu cầu đã đưa', en: 'the one that was given' },
  'not-given': {
    vi: 'CHƯA so: thêm --request hoặc --query',
    en: 'NOT compared: add --request or --query',
  },
  unbound: {
    vi: 'không nêu: cổng đã từ chối trước khi đọc hết yêu cầu',
    en: 'not told: the gateway refused before it had read it',
  },
};

const inLedger = (seq: number): Texts => ({
  vi: `bản ghi số ${seq}, đúng của câu trả lời này`,
  en: `record ${seq}, and it is of this answer`,
});

const report = (verified: Verified, language: Language): string => {
  const say = (vi: string, en: string) => ({ vi, en })[language];
  const lines: [string, string | undefined][] = [
    [say('chữ ký', 'signature'), say('ĐÚNG', 'HOLDS')],
    [say('ký lúc', 'signed at'), verified.signedAt],
    [say('khoá', 'key'), verified.kid],
    [say('người ký', 'signer'), verified.signer],
    [say('trạng thái', 'status'), String(verified.status)],
    [say('mã yêu cầu', 'request id'), verified.requestId],
    [say('bản ghi', 'record'), verified.record],
    [say('trong sổ', 'in ledger'), verified.seq === undefined ? undefined : inLedger(verified.seq)[language]],
    [say('trả lời cho', 'answer to'), REQUEST[verified.request][language]],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => (value === undefined ? '' : `${name.padEnd(width)}  ${value}\n`)).join('');
};
