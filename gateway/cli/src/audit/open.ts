import {
  type Heads,
  type Keeper,
  type LedgerReader,
  LedgerRefusal,
  openHeads,
  openKeeper,
  openReader,
} from '@lienthong/ledger';
import type { JwsSigner } from '@lienthong/ledger/format';
import { CommandError } from '../command-error.ts';
import type { Texts } from '../language.ts';
import { type DatabaseOptions, findLedger, told } from './database.ts';
import type { Signer } from './signer.ts';

export interface LedgerOptions extends DatabaseOptions {
  /** The ledger's name; absent: as its last head says. */
  readonly origin?: string;
}

const ignore = (): void => undefined;
/** What goes wrong is thrown, and told once. */
const log = { info: ignore, warn: ignore, error: ignore };

/** A head's header and payload, for people: nothing here is verified. */
export interface SaidByHead {
  readonly kid: string;
  readonly alg: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly time: string;
}

export function saidBy(jws: string): SaidByHead {
  const [header, payload] = jws.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { ...header, ...payload };
}

/** Reads the ledger and closes it. */
export async function reading<T>(
  options: LedgerOptions,
  act: (reader: LedgerReader, last: SaidByHead | undefined) => Promise<T>,
): Promise<T> {
  const database = findLedger(options);
  // Heads, unfinished records and the like are the same under any name.
  const anonymous = openReader({ database, origin: '', log });
  try {
    const jws = await anonymous.head();
    const last = jws === undefined ? undefined : saidBy(jws);
    const { origin = last?.origin } = options;
    const reader = openReader({ database, origin: origin ?? '', log });
    return await act(reader, last).finally(() => reader.close());
  } catch (error) {
    throw refused(error);
  } finally {
    await anonymous.close();
  }
}

/** The ledger's name, where something is made that carries it for ever. */
export function originOf({ origin }: LedgerOptions, last: SaidByHead | undefined): string {
  const known = origin ?? last?.origin;
  if (origin !== undefined && last !== undefined && last.origin !== origin) {
    throw new CommandError('ORIGIN_OTHER', {
      vi: `Sổ này tên là ${last.origin}, không phải ${origin}; tên của sổ không bao giờ đổi.`,
      en: `This ledger is ${last.origin}, not ${origin}; the name of a ledger never changes.`,
    });
  }
  if (known !== undefined) return known;
  throw new CommandError('ORIGIN_UNKNOWN', {
    vi: 'Sổ chưa có đầu cây nào có chữ ký, nên chưa rõ tên sổ. Cổng ký đầu cây theo lịch (audit.heads.every): thử lại sau đó, hoặc thêm --origin.',
    en: 'The ledger has no signed head yet, so that its name is not known. The gateway signs one on its schedule (audit.heads.every): try again then, or add --origin.',
  });
}

export const signing = <T>(
  options: DatabaseOptions,
  { origin, signer }: { origin: string; signer: Signer },
  earlier: readonly object[],
  act: (heads: Heads) => Promise<T>,
): Promise<T> => {
  const keys = { keys: [{ ...signer.jwk, kid: signer.kid, alg: signer.alg }, ...earlier] };
  return closing(openHeads({ database: findLedger(options), origin, signer, keys, every: 0, log }), act);
};

export const keeping = <T>(
  options: DatabaseOptions,
  { origin, signer }: { origin: string; signer: JwsSigner },
  act: (keeper: Keeper) => Promise<T>,
): Promise<T> => closing(openKeeper({ database: findLedger(options), origin, signer, log }), act);

async function closing<O extends { close(): Promise<void> }, T>(opened: O, act: (opened: O) => Promise<T>): Promise<T> {
  try {
    return await act(opened);
  } catch (error) {
    throw refused(error);
  } finally {
    await opened.close();
  }
}

const REFUSALS: Readonly<Record<LedgerRefusal['code'], Texts>> = {
  LEDGER_RECORD_REFUSED: { vi: 'Sổ từ chối bản ghi này.', en: 'The ledger refuses this record.' },
  LEDGER_FORKED: {
    vi: 'Sổ KHÔNG còn là sổ đã ký trước đây, hoặc khoá ký trước đây không có trong --keys. Không ký. Hãy xuất sổ và kiểm tra: lienthong audit verify --heads',
    en: 'The ledger is NOT the one that was signed before, or the key of then is not among --keys. Nothing is signed. Export and check it: lienthong audit verify --heads',
  },
  LEDGER_NOT_FOUND: {
    vi: 'Không có bản ghi này, nội dung đã bị xoá theo hạn, hoặc chưa có đầu cây nào ký đến nó: lienthong audit head --sign',
    en: 'There is no such record, its body was deleted, or no head stands over it yet: lienthong audit head --sign',
  },
};

function refused(error: unknown): unknown {
  return error instanceof LedgerRefusal ? new CommandError(error.code, REFUSALS[error.code]) : told(error);
}
