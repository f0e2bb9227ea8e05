import {
  type Certificate,
  type ProofFault,
  readCertificates,
  type Source,
  verifyArchive,
  verifyProof,
} from '@lienthong/verify';
import { readEarlier } from '../audit/earlier.ts';
import { jsonOf, type KeyOptions, keysOf } from '../audit/keys.ts';
import { openSource, readSource } from '../audit/source.ts';
import { verdictText } from '../audit/verdict.ts';
import { CommandError } from '../command-error.ts';
import type { Language, Texts } from '../language.ts';

export interface VerifyOptions extends KeyOptions {
  /** Heads that were kept elsewhere, one JWS a line. */
  readonly heads?: string;
  /** What the first file continues. */
  readonly after?: string;
  /** Certificates, in PEM, that time stamps have to lead to. */
  readonly timeStampsCa?: string;
  readonly origin?: string;
  readonly json?: true;
}

/** `lienthong audit verify`: exit code 0 where nothing is wrong, 1 otherwise. Asks no gateway and no database. */
export async function verifyExport(
  files: readonly string[],
  options: VerifyOptions,
  language: Language,
): Promise<void> {
  const keys = await keysOf(options);
  const { heads, after, timeStampsCa, origin } = options;
  const witnessed = heads === undefined ? [] : await headsOf(heads);
  const earlier = after === undefined ? undefined : readEarlier('--after', after);
  const timeStampsBy = timeStampsCa === undefined ? undefined : await certificatesOf(timeStampsCa);
  const shown = process.stderr.isTTY;
  let reading = '';
  async function* sources(): AsyncGenerator<Source> {
    for (const named of files) {
      reading = named;
      yield await openSource('', named);
    }
  }
  const verdict = await verifyArchive(sources(), {
    keys,
    witnessed,
    after: earlier?.jws ?? earlier,
    timeStampsBy,
    ...(origin === undefined ? {} : { origin }),
    ...(shown ? { progress: progressIn(language) } : {}),
  }).catch((error) => {
    throw interrupted(reading, error);
  });
  if (shown) process.stderr.write('\r\u001b[K');
  const text = options.json ? `${JSON.stringify(verdict, null, 2)}\n` : verdictText(verdict, files, language);
  process.stdout.write(text);
  if (!verdict.ok) process.exitCode = 1;
}

/** `lienthong audit verify-proof`: what a data subject was given about one record. */
export async function verifyOneProof(
  named: string,
  { origin, json, ...keyOptions }: KeyOptions & { origin?: string; json?: true },
  language: Language,
): Promise<void> {
  const keys = await keysOf(keyOptions);
  const proof = jsonOf(await readSource('', named));
  if (keys === undefined) throw new TypeError('a proof is checked with keys');
  const verdict = await verifyProof(proof ?? null, { keys, ...(origin === undefined ? {} : { origin }) });
  if (!verdict.ok) process.exitCode = 1;
  if (json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  else if (verdict.ok) {
    const { seq, head, common, entry } = verdict;
    const texts = {
      vi: `✓ Đúng: bản ghi ${seq} nằm trong sổ ${head.origin}, được ký lúc ${head.time}.`,
      en: `✓ True: record ${seq} stands in the ledger ${head.origin}, signed at ${head.time}.`,
    };
    process.stdout.write(`${texts[language]}\n${JSON.stringify({ common, entry }, null, 2)}\n`);
  } else process.stdout.write(`✗ ${verdict.fault}: ${PROOF_FAULTS[verdict.fault][language]}\n`);
}

const PROOF_FAULTS: Readonly<Record<ProofFault, Texts>> = {
  FORMAT: { vi: 'không phải một bằng chứng (lienthong-proof/1)', en: 'this is no proof (lienthong-proof/1)' },
  PART_FORM: { vi: 'nội dung không đúng định dạng', en: 'its texts are not of the format' },
  RECORD_ROOT: {
    vi: 'nội dung không dẫn đến cùng một bản ghi: đã bị sửa',
    en: 'its texts do not lead to one record: altered',
  },
  HEAD_FORM: { vi: 'không có đầu cây có chữ ký', en: 'there is no signed head' },
  HEAD_KEY: { vi: 'khoá ký không có trong --keys', en: 'its key is not among --keys' },
  HEAD_SIGNATURE: { vi: 'chữ ký không đúng', en: 'the signature is wrong' },
  HEAD_ORIGIN: { vi: 'đầu cây của sổ khác', en: 'a head of another ledger' },
  INCLUSION: {
    vi: 'bản ghi này không nằm trong sổ đã ký',
    en: 'this record does not stand in the ledger that was signed',
  },
  CONSISTENCY: { vi: 'sổ đã bị viết lại', en: 'the ledger was rewritten' },
};

async function headsOf(named: string): Promise<readonly string[]> {
  const heads = (await readSource('--heads', named)).split('\n').map((line) => line.trim());
  return heads.filter((line) => line !== '');
}

async function certificatesOf(named: string): Promise<readonly Certificate[]> {
  const read = readCertificates(await readSource('--time-stamps-ca', named));
  if (read !== undefined) return read;
  throw new CommandError('CERTIFICATES_UNUSABLE', {
    vi: `--time-stamps-ca ${named}: không có chứng thư X.509 dạng PEM nào đọc được.`,
    en: `--time-stamps-ca ${named}: it holds no X.509 certificate in PEM, or one that cannot be read.`,
  });
}

function progressIn(language: Language): (lines: number, records: number) => void {
  const start = performance.now();
  return (_lines, records) => {
    const rate = Math.round(records / ((performance.now() - start) / 1_000));
    const [counted, speed] = [records.toLocaleString(language), rate.toLocaleString(language)];
    process.stderr.write(
      `\r\u001b[K${language === 'vi' ? `${counted} bản ghi, ${speed}/giây` : `${counted} records, ${speed}/s`}`,
    );
  };
}

function interrupted(named: string, error: unknown): unknown {
  if (error instanceof CommandError) return error;
  const code: unknown = Object(error).code ?? Object(Object(error).cause).code;
  if (typeof code !== 'string') return error;
  return new CommandError('INTERRUPTED', {
    vi: `${named}: đang đọc thì dừng (${code}); chưa kết luận được gì. Thử lại.`,
    en: `${named}: reading ended early (${code}); nothing can be said. Try again.`,
  });
}
