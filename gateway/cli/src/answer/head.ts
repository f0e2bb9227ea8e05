import { CommandError } from '../command-error.ts';

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** What stands above the content of an answer. */
export interface Head {
  readonly status: number;
  readonly fields: readonly Field[];
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/;

/**
 * Reads what `curl -D` wrote: of several answers (100 Continue, a redirect, a proxy's) the last one.
 *
 * @throws CommandError where there is none
 */
export function readHead(text: string): Head {
  let head: { status: number; fields: Field[] } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const status = STATUS.exec(line)?.[1];
    if (status !== undefined) head = { status: Number(status), fields: [] };
    const colon = line.indexOf(':');
    if (status !== undefined || colon <= 0) continue;
    head?.fields.push({ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() });
  }
  if (head) return head;
  throw new CommandError('HEADERS_UNREADABLE', {
    vi: 'Tệp --headers không có dòng trạng thái "HTTP/… 200". Lưu bằng: curl -D TỆP -o THÂN …',
    en: 'The file of --headers has no status line "HTTP/… 200". Keep it by: curl -D FILE -o BODY …',
  });
}

/** The value of a field; several of one name count as one list (RFC 9110 §5.3). */
export const fieldOf = ({ fields }: Head, name: string): string | undefined => {
  const values = fields.filter((field) => field.name === name).map(({ value }) => value);
  return values.length > 0 ? values.join(', ') : undefined;
};
