import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { type Earlier, readEarlier } from './earlier.ts';

/** Files are named after the records that they begin and end with, so that their order is that of their names. */
const NAME = /^ledger-(\d{12})-(\d{12})\.jsonl$/;
const nameOf = (from: number, size: number): string =>
  `ledger-${String(from).padStart(12, '0')}-${String(size).padStart(12, '0')}.jsonl`;

/** The file of an archive that continues `from` records and ends with `size`. */
export const archiveFile = (folder: string, from: number, size: number): string => join(folder, nameOf(from, size));

/**
 * Where an archive ends, by its names and the last line of its last file; undefined where it is empty.
 *
 * @throws CommandError where its files do not continue each other
 */
export function endOfArchive(folder: string): (Earlier & { readonly file: string }) | undefined {
  const files = namesIn(folder).flatMap((name) => {
    const [, from, size] = NAME.exec(name) ?? [];
    return size === undefined ? [] : [{ name, from: Number(from), size: Number(size) }];
  });
  let end = 0;
  for (const { name, from, size } of files) {
    if (from !== end) throw broken(folder, name);
    end = size;
  }
  const last = files.at(-1);
  if (last === undefined) return undefined;
  const file = join(folder, last.name);
  const earlier = readEarlier('--archive', file);
  if (earlier.size !== last.size || earlier.jws !== undefined) throw broken(folder, last.name);
  return { ...earlier, file };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new CommandError('ARCHIVE_FOLDER', {
      vi: `--archive ${folder}: không đọc được thư mục (${Object(error).code}). Tạo thư mục trước, chỉ tài khoản này đọc được: install -d -m 0700`,
      en: `--archive ${folder}: the folder cannot be read (${Object(error).code}). Make it first, for this account alone: install -d -m 0700`,
    });
  }
}

const broken = (folder: string, name: string): CommandError =>
  new CommandError('ARCHIVE_BROKEN', {
    vi: `--archive ${folder}: ${name} không nối tiếp tệp trước nó, hoặc không trọn vẹn. Khôi phục tệp bị mất từ bản sao, hoặc bắt đầu một thư mục mới.`,
    en: `--archive ${folder}: ${name} does not continue the file before it, or is not whole. Bring back what is missing from a copy, or begin a new folder.`,
  });
