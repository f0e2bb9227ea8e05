import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { migrateLedger, type Work } from '@lienthong/ledger';
import { type DatabaseOptions, findLedger, told, withDatabase } from '../audit/database.ts';
import { CommandError } from '../command-error.ts';
import type { Language } from '../language.ts';

export interface MigrateOptions extends DatabaseOptions {
  /** Names of the roles, which are made where there are none. */
  readonly writer: string;
  readonly reader: string;
  readonly keeper?: string;
}

interface Role {
  readonly name: string;
  readonly work: Work;
  /** Undefined: it was there. */
  readonly password: string | undefined;
}

/**
 * `lienthong audit migrate`: the ledger's tables, and roles that may do no more than they must: the gateway appends, whoever
 * looks reads. What to configure stands on stdout, with passwords of roles that are new: they are shown this once.
 */
export async function migrate(options: MigrateOptions, language: Language): Promise<void> {
  const owner = findLedger(options);
  const { writer, reader, keeper } = options;
  const wanted: readonly (readonly [string, Work])[] = [
    [writer, 'write'],
    [reader, 'read'],
    ...(keeper === undefined ? [] : [[keeper, 'keep'] as const]),
  ];
  const roles: Role[] = [];
  for (const [name, work] of wanted) roles.push({ name, work, password: await makeRole(owner, name) });
  try {
    await migrateLedger({ database: owner, roles: roles.map(({ name, work }) => ({ role: name, work: [work] })) });
  } catch (error) {
    throw told(error);
  }
  process.stdout.write(configurationOf(owner, roles, language));
}

/** @returns the password, where the role was made */
async function makeRole(owner: string, name: string): Promise<string | undefined> {
  // PostgreSQL takes no parameters here; a name like this needs no quoting anywhere.
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    throw new CommandError('ROLE_NAME', {
      vi: `${name}: tên vai trò gồm chữ thường, chữ số và dấu gạch dưới.`,
      en: `${name}: the name of a role has lower-case letters, digits and underscores.`,
    });
  }
  const password = randomBytes(24).toString('base64url');
  return withDatabase(owner, async (database) => {
    const { rowCount } = await database.query('select 1 from pg_roles where rolname = $1', [name]);
    if (rowCount === 1) return undefined;
    try {
      await database.query(`create role ${name} login password '${password}'`);
    } catch (error) {
      if (Object(error).code !== '42501') throw error;
      throw new CommandError('ROLE_MISSING', {
        vi: `Chưa có vai trò ${name}, và chủ sở hữu sổ không được tạo vai trò. Nhờ người quản trị PostgreSQL chạy: create role ${name} login password '…'; rồi chạy lại lệnh này.`,
        en: `There is no role ${name}, and the ledger's owner may make none. Have PostgreSQL's administrator run: create role ${name} login password '…'; then run this again.`,
      });
    }
    await database.query(`grant connect on database ${JSON.stringify(databaseOf(owner))} to ${name}`);
    return password;
  });
}

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

const EXPLAINED: Readonly<Record<Work, Readonly<Record<Language, string>>>> = {
  write: {
    vi: 'cho cổng, trong gateway.yaml: chỉ thêm được',
    en: 'for the gateway, in gateway.yaml: it can append and nothing else',
  },
  read: {
    vi: 'cho disclosures và kiểm toán viên: chỉ đọc được',
    en: 'for the department disclosures and for auditors: it can read and nothing else',
  },
  keep: {
    vi: 'cho người giữ sổ: xoá nội dung đến hạn, tạm giữ hồ sơ điều tra',
    en: 'for whoever keeps the ledger: retention and holds',
  },
};

function configurationOf(owner: string, roles: readonly Role[], language: Language): string {
  const lines = roles.map(({ name, work, password }) => {
    const url = new URL(owner);
    url.username = name;
    url.password = password ?? '';
    const known = password === undefined ? { vi: ' (mật khẩu như trước)', en: ' (password as before)' }[language] : '';
    const setting = work === 'write' ? `audit: { database: "${url.href}" }` : url.href;
    return `# ${EXPLAINED[work][language]}${known}\n${setting}\n`;
  });
  return lines.join('');
}

/** `lienthong audit make-key`: the key by which the ledger knows people, in a file that its owner alone can read. */
export function makeKey({ out }: { readonly out: string }, language: Language): void {
  try {
    writeFileSync(out, `s1.${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code }: NodeJS.ErrnoException = Object(error);
    const exists = code === 'EEXIST';
    throw new CommandError('KEY_FILE', {
      vi: exists
        ? `${out} đã có; không ghi đè khoá: với khoá khác, sổ không còn nhận ra ai là ai. Chọn tên khác cho --out.`
        : `Không ghi được ${out} (${code}). Kiểm tra thư mục và quyền ghi.`,
      en: exists
        ? `${out} exists; a key is never overwritten: by another one the ledger would know nobody again. Choose another name for --out.`
        : `${out} cannot be written (${code}). Check the folder and its permissions.`,
    });
  }
  const next = {
    vi: `✓ ${out}. Đặt vào audit.subjectKeyFile của cổng và LEDGER_SUBJECT_KEY_FILE của disclosures; sao lưu ở nơi an toàn.`,
    en: `✓ ${out}. Name it in audit.subjectKeyFile of the gateway and LEDGER_SUBJECT_KEY_FILE of the department disclosures; keep a copy in a safe place.`,
  };
  process.stdout.write(`${next[language]}\n`);
}
