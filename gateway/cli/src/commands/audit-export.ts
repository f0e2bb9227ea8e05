import { once } from 'node:events';
import { createWriteStream, existsSync, openSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type ExportStart, LedgerRefusal } from '@lienthong/ledger';
import { decodeHash } from '@lienthong/ledger/format';
import { archiveFile, endOfArchive } from '../audit/archive.ts';
import { type Earlier, readEarlier } from '../audit/earlier.ts';
import { type LedgerOptions, originOf, reading } from '../audit/open.ts';
import { CommandError } from '../command-error.ts';
import type { Language, Texts } from '../language.ts';

export interface ExportOptions extends LedgerOptions {
  readonly out?: string;
  /** An earlier export, or heads: what came since. */
  readonly after?: string;
  /** A folder of exports that continue each other: one more. */
  readonly archive?: string;
}

/** `lienthong audit export`: the ledger as it is at this moment, or what came since, to a file, an archive or stdout. */
export async function exportLedger(options: ExportOptions, language: Language): Promise<void> {
  const { out, after, archive } = options;
  if (archive !== undefined) {
    if (out === undefined && after === undefined) return addToArchive(archive, options, language);
    throw new CommandError('ARCHIVE_ALONE', {
      vi: '--archive tự chọn tên tệp và điểm nối: không dùng cùng --out hay --after.',
      en: '--archive chooses the file and where it begins: it stands without --out and --after.',
    });
  }
  const earlier = after === undefined ? undefined : readEarlier('--after', after);
  await exported(options, after ?? '', earlier, async (lines) => {
    if (out === undefined) await write(lines, process.stdout, language);
    else await draft(out, lines, language, () => out);
  });
}

/** Adds what came since to an archive; nothing where nothing did. The file's name alone on stdout. */
async function addToArchive(folder: string, options: LedgerOptions, language: Language): Promise<void> {
  const last = endOfArchive(folder);
  const from = last?.size ?? 0;
  await exported(options, last?.file ?? '', last, async (lines) => {
    let deletions = 0;
    async function* counted(): AsyncGenerator<string> {
      for await (const line of lines) {
        if (line.includes(RETENTION)) deletions += 1;
        yield line;
      }
    }
    const file = await draft(archiveFile(folder, from, from), counted(), language, (size) =>
      size > from ? archiveFile(folder, from, size) : undefined,
    );
    if (file === undefined) process.stderr.write(`${NOTHING_NEW[language]}\n`);
    else process.stdout.write(`${file}\n`);
    if (deletions > 0 && from > 0) process.stderr.write(`${STILL_THERE[language]}\n`);
  });
}

/** As a RETENTION record's `common` stands in a line. */
const RETENTION = '\\"kind\\":\\"RETENTION\\"';
const NOTHING_NEW: Texts = { vi: 'Không có bản ghi mới.', en: 'There are no new records.' };
const STILL_THERE: Texts = {
  vi: 'Từ lần trước, sổ đã xoá nội dung bản ghi theo hạn (RETENTION); các tệp cũ trong thư mục này vẫn còn nội dung đó. Bắt đầu một thư mục mới, kiểm tra nó, rồi huỷ thư mục này.',
  en: 'Since the last time the ledger has deleted bodies of records (RETENTION); older files of this folder still hold them. Begin a new folder, verify it, then destroy this one.',
};

async function exported(
  options: LedgerOptions,
  named: string,
  earlier: Earlier | undefined,
  act: (lines: AsyncIterable<string>) => Promise<void>,
): Promise<void> {
  const start = earlier && startOf(named, earlier);
  await reading(options, async (reader, last) => {
    originOf(options, last);
    await act(reader.export(start)).catch((error) => {
      throw error instanceof LedgerRefusal ? forked(named) : error;
    });
  });
}

function startOf(named: string, { size, root }: Earlier): ExportStart {
  const hash = decodeHash(root);
  if (hash !== undefined) return { size, root: hash };
  throw forked(named);
}

const forked = (named: string): CommandError =>
  new CommandError('EXPORT_FORKED', {
    vi: `Sổ KHÔNG nối tiếp ${named}: lịch sử của sổ đã bị viết lại, hoặc tệp này là của sổ khác. Giữ nguyên tệp; kiểm tra nó và báo người phụ trách: lienthong audit verify`,
    en: `The ledger does NOT continue ${named}: its history was rewritten, or that file is of another ledger. Keep the file as it is, check it and tell whoever is in charge: lienthong audit verify`,
  });

/**
 * Writes a new file, whole or not at all: what was cut off half way must not lie about as an export.
 *
 * @param name by how many records the ledger has; undefined: there is nothing to keep
 */
async function draft(
  out: string,
  lines: AsyncIterable<string>,
  language: Language,
  name: (size: number) => string | undefined,
): Promise<string | undefined> {
  const part = `${out}.${process.pid}.part`;
  const file = createWriteStream(part, { fd: openDraft(out, part), flush: true });
  try {
    const size = await write(lines, file, language);
    file.end();
    await once(file, 'close');
    const final = name(size);
    if (final === undefined) unlinkSync(part);
    else if (existsSync(final)) throw taken(final);
    else renameSync(part, final);
    return final;
  } catch (error) {
    file.destroy();
    rmSync(part, { force: true });
    throw error;
  }
}

/** Whoever holds an export can read it: it is for its owner alone. */
function openDraft(out: string, part: string): number {
  if (existsSync(out)) throw taken(out);
  try {
    return openSync(part, 'w', 0o600);
  } catch (error) {
    const { code }: NodeJS.ErrnoException = Object(error);
    throw new CommandError('OUT_FILE', {
      vi: `Không ghi được ${out} (${code}). Kiểm tra thư mục và quyền ghi.`,
      en: `${out} cannot be written (${code}). Check the folder and its permissions.`,
    });
  }
}

const taken = (out: string): CommandError =>
  new CommandError('OUT_FILE', {
    vi: `${out} đã có; chọn tên khác cho --out.`,
    en: `${out} exists; choose another name for --out.`,
  });

/** Lines between two signs of progress. */
const STEP = 10_000;

/** @returns how many records the ledger has, as the last line says */
async function write(lines: AsyncIterable<string>, to: Writable, language: Language): Promise<number> {
  const shown = process.stderr.isTTY;
  let count = 0;
  let last = '';
  for await (const line of lines) {
    if (!to.write(line)) await once(to, 'drain');
    last = line;
    count += 1;
    if (!shown || count % STEP > 0) continue;
    process.stderr.write(`\r\u001b[K${count.toLocaleString(language)} ${language === 'vi' ? 'dòng' : 'lines'}`);
  }
  if (shown) process.stderr.write('\r\u001b[K');
  return JSON.parse(last).end.size;
}
