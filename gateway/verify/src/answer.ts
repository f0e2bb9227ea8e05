import { concat, equal, hash32, utf8 } from './bytes.ts';
import { type RecordLine, readExportLine } from './export-line.ts';
import { parseObject } from './json.ts';
import { linesOf } from './lines.ts';
import { PREFIX } from './merkle.ts';
import { node } from './node.ts';
import { recordRoot } from './tree.ts';

/** What somebody has of an answer: its content, what was asked, and three fields of its head (docs/signed-answers.md). */
export interface ShownAnswer {
  /** `lienthong-record`; absent where the record was still to be written: it is found by the request's id then. */
  readonly record?: string | undefined;
  /** `x-request-id` */
  readonly requestId: string;
  /** `lienthong-record-nonce` */
  readonly nonce: string;
  readonly content: Uint8Array | string;
  /** The content that was sent, or the query of a GET with its question mark. */
  readonly request?: Uint8Array | string | undefined;
}

/** What an export says to an answer. */
export type RecordOfAnswer =
  /** It holds the record of this answer. */
  | { readonly is: 'found'; readonly seq: number }
  /** It holds no such record, or its body was deleted. */
  | { readonly is: 'missing' }
  /** It holds a record by that name which was altered, or is of another answer, or of another request. */
  | { readonly is: 'other'; readonly seq: number; readonly what: 'record' | 'answer' | 'request' };

/**
 * Looks for the record of an answer in an export, and whether it is of these bytes (docs/ledger.md §1). That the export
 * itself is in order is for `verify` to say.
 */
export async function recordOfAnswer(
  source: AsyncIterable<Uint8Array | string>,
  shown: ShownAnswer,
): Promise<RecordOfAnswer> {
  const { record, requestId } = shown;
  let other: RecordOfAnswer | undefined;
  for await (const lines of linesOf(source)) {
    for (const { text } of lines) {
      // Of millions of lines few are worth parsing.
      if (!text?.includes(record ?? requestId)) continue;
      const line = readExportLine(text);
      const compared = 'is' in line && line.is === 'record' ? compare(line, shown) : undefined;
      if (compared?.is === 'found') return compared;
      // The true one may still come: an altered copy before it must not hide it.
      other ??= compared;
    }
  }
  return other ?? { is: 'missing' };
}

function compare({ seq, root, body }: RecordLine, shown: ShownAnswer): RecordOfAnswer | undefined {
  const [common, operation] = body?.parts.map(parseObject) ?? [];
  if (body === undefined || common === undefined || operation === undefined) return undefined;
  const { record, requestId, nonce, content, request } = shown;
  const named =
    record === undefined ? operation.request === requestId && common.kind !== 'INTENT' : common.id === record;
  if (!named) return undefined;
  const other = (what: 'record' | 'answer' | 'request') => ({ is: 'other', seq, what }) as const;
  if (!equal(recordRoot(body.key, body.parts), root)) return other('record');
  if (!opens(PREFIX.answer, nonce, content, operation.answerCommitment)) return other('answer');
  if (request === undefined) return { is: 'found', seq };
  return opens(PREFIX.request, nonce, request, operation.requestCommitment) ? { is: 'found', seq } : other('request');
}

/** Whether a commitment is to this body, under this nonce. */
function opens(prefix: number, nonce: string, body: Uint8Array | string, commitment: unknown): boolean {
  const [opening, expected] = [hash32(nonce), hash32(commitment)];
  if (opening === undefined || expected === undefined) return false;
  const digest = node.sha256(typeof body === 'string' ? utf8(body) : body);
  return equal(node.sha256(concat(Uint8Array.of(prefix), opening, digest)), expected);
}
