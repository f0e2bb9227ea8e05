import { jsonOf } from '../audit/keys.ts';
import { type LedgerOptions, originOf, reading, saidBy, signing } from '../audit/open.ts';
import { type SignerOptions, signerOf } from '../audit/signer.ts';
import { readSource } from '../audit/source.ts';
import { CommandError } from '../command-error.ts';
import type { Language } from '../language.ts';
import { table } from '../table.ts';

export interface HeadOptions extends LedgerOptions, SignerOptions {
  readonly sign?: true;
  /** JWKS of keys that signed before. */
  readonly keys?: readonly string[];
}

/** `lienthong audit head`: the head alone on stdout, for witnesses; what it says on stderr. */
export async function head(options: HeadOptions, language: Language): Promise<void> {
  const last = await reading(options, (reader) => reader.head());
  const jws = options.sign ? await signNow(options, last, language) : last;
  if (jws === undefined) {
    throw new CommandError('NO_HEAD', {
      vi: 'Sổ chưa có đầu cây nào có chữ ký. Ký ngay: lienthong audit head --sign',
      en: 'The ledger has no signed head yet. Sign one: lienthong audit head --sign',
    });
  }
  const { origin, size, root, time, kid } = saidBy(jws);
  process.stdout.write(`${jws}\n`);
  const said = {
    vi: `${origin}: ${size} bản ghi, mã băm gốc ${root}, ký lúc ${time} bằng khoá ${kid}`,
    en: `${origin}: ${size} records, root ${root}, signed at ${time} by the key ${kid}`,
  };
  process.stderr.write(`${said[language]}\n`);
}

/** A log that is not what was signed before is not signed. @returns the last head where nothing has been added since */
async function signNow(
  options: HeadOptions,
  last: string | undefined,
  language: Language,
): Promise<string | undefined> {
  const signer = await signerOf(options, language);
  const { origin: configured, otherKeys } = signer.configured ?? {};
  // A name that was only configured may yet be another than the one that was signed: then nothing is.
  const named = options.origin ?? configured;
  const origin = originOf(
    { ...(named === undefined ? {} : { origin: named }) },
    last === undefined ? undefined : saidBy(last),
  );
  const files = [...(options.keys ?? []), ...(otherKeys === undefined ? [] : [otherKeys])];
  const earlier = await Promise.all(files.map(async (file) => jsonOf(await readSource('--keys', file))));
  const listed = earlier.flatMap((jwks) => Object(jwks).keys ?? []);
  return signing(options, { origin, signer }, listed, async (heads) => (await heads.sign())?.jws);
}

export interface ProofOptions extends LedgerOptions {
  /** Its id, or its number. */
  readonly record: string;
  readonly subject?: string;
}

/** `lienthong audit proof`: what one data subject may hold against the ledger, about one record. */
export async function proof(options: ProofOptions): Promise<void> {
  const { record: named, subject } = options;
  await reading(options, async (reader) => {
    const record = await reader.record(/^\d+$/.test(named) ? { seq: Number(named) } : { id: uuid(named) });
    const subjects = record?.entries.map((entry) => entry.subject) ?? [];
    const whose = subject ?? (subjects.length === 1 ? subjects[0] : undefined);
    if (record === undefined || whose === undefined || !subjects.includes(whose)) {
      throw record === undefined || subject !== undefined ? noSuchEntry() : whoseEntry(subjects);
    }
    // Whoever asks here is an auditor: what data subjects do not see yet is shown.
    const made = await reader.proof(whose, record.seq);
    process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
  });
}

function uuid(named: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(named)) return named;
  throw new CommandError('RECORD_NAME', {
    vi: `--record ${named}: cần mã bản ghi (UUID) hoặc số thứ tự.`,
    en: `--record ${named}: the id of a record (a UUID) or its number is needed.`,
  });
}

const noSuchEntry = (): CommandError =>
  new CommandError('LEDGER_NOT_FOUND', {
    vi: 'Không có bản ghi này, nội dung đã bị xoá theo hạn, hoặc nó không nói về chủ thể này.',
    en: 'There is no such record, its body was deleted, or it is not about this data subject.',
  });

function whoseEntry(subjects: readonly string[]): CommandError {
  const [listed, more] = [subjects.slice(0, 20).join('\n'), subjects.length > 20 ? '\n…' : ''];
  return new CommandError(
    'SUBJECT_NEEDED',
    subjects.length === 0
      ? { vi: 'Bản ghi này không nói về người nào.', en: 'This record is about nobody.' }
      : {
          vi: `Bản ghi này nói về ${subjects.length} chủ thể dữ liệu; chọn một bằng --subject.`,
          en: `This record is about ${subjects.length} data subjects; choose one by --subject.`,
        },
    `${listed}${more}`,
  );
}

const MINUTE = 60_000;
/** More fill no screen, and each is looked into by somebody. */
const MOST = 1_000;

/** `lienthong audit unfinished`: mutations that began and of which nobody has said how they ended. */
export async function unfinished(
  { minutes, json, ...options }: LedgerOptions & { readonly minutes: number; readonly json?: true },
  language: Language,
): Promise<void> {
  const found = await reading(options, (reader) => reader.unfinished(minutes * MINUTE, MOST));
  if (json) {
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  const titles =
    language === 'vi'
      ? ['BẢN GHI', 'MÃ', 'THỜI GIAN', 'CƠ QUAN', 'ĐỐI TÁC', 'CÁN BỘ', 'HỒ SƠ', 'MỤC ĐÍCH']
      : ['RECORD', 'ID', 'TIME', 'AGENCY', 'PARTNER', 'OFFICER', 'CASE', 'PURPOSE'];
  const rows = found.records.map(({ seq, id, time, agency, partner, officer, case: hoSo, purpose }) =>
    [seq, id, time.toISOString(), agency, partner, officer, hoSo, purpose].map((cell) => String(cell ?? '–')),
  );
  const none = { vi: 'Không có thao tác ghi nào dở dang.', en: 'No mutation is unfinished.' };
  process.stdout.write(rows.length === 0 ? `${none[language]}\n` : table([titles, ...rows]));
  const more = found.all - rows.length;
  if (more === 0) return;
  const unlisted = {
    vi: `Còn ${more} thao tác nữa, tất cả ${found.all}: trên đây chỉ là ${rows.length} thao tác cũ nhất.`,
    en: `There are ${more} more, ${found.all} in all: these are the ${rows.length} oldest alone.`,
  };
  process.stdout.write(`${unlisted[language]}\n`);
}
