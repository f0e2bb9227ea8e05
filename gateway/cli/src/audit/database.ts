import { type Database, openDatabase } from '@lienthong/kit/database';
import { CommandError } from '../command-error.ts';
import { LEDGER_OWNER } from '../up/databases.ts';
import { dataFolder } from '../up/folders.ts';
import { readState } from '../up/state.ts';

export interface DatabaseOptions {
  /** Address of the ledger's database. */
  readonly database?: string;
}

/** Lets whoever works at a terminal leave out the address; never that of the gateway, which may only write. */
const VARIABLE = 'AUDIT_DATABASE_URL';

/** The ledger that the options, the environment or the running federation name. */
export function findLedger({ database }: DatabaseOptions): string {
  const named = database ?? process.env[VARIABLE];
  if (named) {
    if (/^postgres(ql)?:\/\//.test(named) && URL.canParse(named)) return named;
    throw new CommandError('LEDGER_ADDRESS', {
      vi: 'Địa chỉ sổ phải có dạng postgres://vai-trò@máy-chủ/ledger.',
      en: 'The address of the ledger looks like postgres://role@host/ledger.',
    });
  }
  const running = readState(dataFolder())?.databases[LEDGER_OWNER];
  if (running !== undefined) return running;
  throw new CommandError('LEDGER_UNKNOWN', {
    vi: `Chưa biết sổ ở đâu: thêm --database postgres://…, đặt ${VARIABLE}, hoặc chạy: npm start`,
    en: `Which ledger? Add --database postgres://…, set ${VARIABLE}, or start one: npm start`,
  });
}

/** Works on the ledger's database and closes it; what PostgreSQL refuses is told as any refusal of this command. */
export async function withDatabase<T>(
  url: string,
  act: (database: Database<unknown>['pool']) => Promise<T>,
): Promise<T> {
  const { pool, close } = openDatabase({ url, log: { warn: () => undefined }, connections: 1 });
  try {
    return await act(pool);
  } catch (error) {
    throw told(error);
  } finally {
    await close();
  }
}

/** By code alone: a driver's message may hold the address with its password, or a record. */
export function told(error: unknown): unknown {
  const code: unknown = Object(error).code;
  if (error instanceof CommandError || typeof code !== 'string') return error;
  if (code === '42501') {
    return new CommandError('LEDGER_RIGHTS', {
      vi: 'Vai trò này không được phép làm việc đó. Dùng địa chỉ của chủ sở hữu sổ, hoặc cấp quyền: lienthong audit migrate',
      en: "This role may not do that. Use the address of the ledger's owner, or let the role in: lienthong audit migrate",
    });
  }
  if (code === '42P01' || code === '3F000' || code === '42883') {
    return new CommandError('LEDGER_MISSING', {
      vi: 'Cơ sở dữ liệu này chưa có sổ, hoặc sổ cũ hơn chương trình. Chạy: lienthong audit migrate',
      en: 'There is no ledger in this database, or an older one. Run: lienthong audit migrate',
    });
  }
  return new CommandError('LEDGER_DATABASE', {
    vi: `Cơ sở dữ liệu của sổ từ chối hoặc không trả lời (${code}). Kiểm tra địa chỉ, mật khẩu và quyền của vai trò.`,
    en: `The ledger's database refuses or does not answer (${code}). Check address, password and the rights of the role.`,
  });
}
