import { hash32 } from './bytes.ts';
import type { Texts } from './faults.ts';
import { isCount, readHead } from './head.ts';
import type { State } from './log.ts';
import type { Signatures } from './signatures.ts';

/**
 * What is known of the records before an export that continues: a head (a JWS), or the size and root (in base64url) with
 * which an export ended that was found to be in order.
 */
export type Known = string | { readonly size: number; readonly root: string };

const REASONS = {
  form: { vi: 'không phải đầu cây hay cỡ và mã băm gốc', en: 'it is neither a head nor a size with its root' },
  key: { vi: 'khoá ký không có trong tập khoá', en: 'its key is not among the keys' },
  signature: { vi: 'chữ ký không đúng', en: 'its signature is wrong' },
  origin: { vi: 'nó thuộc về sổ khác', en: 'it is of another ledger' },
} satisfies Record<string, Texts>;

/** @returns why not, where it cannot be used; `signed` where a head says so */
export function readKnown(
  known: Known,
  origin: string | undefined,
  signatures: Signatures,
): (State & { readonly signed: boolean }) | Texts {
  if (typeof known !== 'string') {
    const root = hash32(known.root);
    return root !== undefined && isCount(known.size) ? { size: known.size, root, signed: false } : REASONS.form;
  }
  const head = readHead(known);
  if (head === undefined) return REASONS.form;
  if (origin !== undefined && head.origin !== origin) return REASONS.origin;
  const judged = signatures.judge(head.jws, head.time);
  return judged === 'true' ? { size: head.size, root: head.root, signed: true } : REASONS[judged];
}
