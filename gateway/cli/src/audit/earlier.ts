import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CommandError } from '../command-error.ts';

/** Where the ledger stood before: as a head says, or as an export ends. Nothing of it is verified here. */
export interface Earlier {
  readonly size: number;
  /** In base64url. */
  readonly root: string;
  /** Absent: it is no head. */
  readonly jws?: string;
}

/** More than a head or the last line of an export takes. */
const TAIL = 16 * 1024;

/** What a file's last line tells: of a file of heads, or of an export. */
export function readEarlier(option: string, file: string): Earlier {
  const found = earlierOf(lastLine(option, file));
  if (found !== undefined) return found;
  throw new CommandError('NOT_EARLIER', {
    vi: `${option} ${file}: dòng cuối phải là đầu cây có chữ ký (JWS), hoặc dòng kết thúc của một bản xuất trọn vẹn.`,
    en: `${option} ${file}: its last line has to be a signed head (a JWS), or the end of an export that is whole.`,
  });
}

function lastLine(option: string, file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const from = Math.max(0, size - TAIL);
      const bytes = Buffer.alloc(size - from);
      const read = readSync(descriptor, bytes, 0, bytes.length, from);
      return bytes.toString('utf8', 0, read).trimEnd().split('\n').at(-1) ?? '';
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new CommandError('UNREADABLE', {
      vi: `${option} ${file}: không đọc được (${Object(error).code}). Kiểm tra đường dẫn và quyền đọc.`,
      en: `${option} ${file}: it cannot be read (${Object(error).code}). Check the path and the right to read it.`,
    });
  }
}

function earlierOf(line: string): Earlier | undefined {
  try {
    const isHead = !line.startsWith('{');
    const said = isHead
      ? JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString())
      : JSON.parse(line).end;
    const { size, root }: { size: unknown; root: unknown } = said;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || typeof root !== 'string')
      return undefined;
    return { size, root, ...(isHead ? { jws: line } : {}) };
  } catch {
    return undefined;
  }
}
