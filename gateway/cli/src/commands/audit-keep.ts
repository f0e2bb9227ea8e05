import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { Hold, NewHold } from '@lienthong/ledger';
import type { JwsSigner } from '@lienthong/ledger/format';
import { momentOf } from '../audit/moment.ts';
import { keeping, type LedgerOptions, originOf, reading } from '../audit/open.ts';
import { type SignerOptions, signerOf } from '../audit/signer.ts';
import { CommandError } from '../command-error.ts';
import type { Language } from '../language.ts';
import { table } from '../table.ts';

export interface RetainOptions extends LedgerOptions, SignerOptions {
  readonly before: string;
  /** Asks nobody. */
  readonly yes?: true;
}

/**
 * `lienthong audit retain`: deletes bodies, keys and entries of records made before a day, for ever. What it signs is what
 * every verifier will ask for, so that a key which nobody knows is refused before anything is gone.
 */
export async function retain(options: RetainOptions, language: Language): Promise<void> {
  const before = momentOf('--before', options.before);
  if (before.getTime() > Date.now()) {
    throw new CommandError('BEFORE_FUTURE', {
      vi: `--before ${options.before}: chỉ xoá được nội dung của quá khứ.`,
      en: `--before ${options.before}: only what is past can be deleted.`,
    });
  }
  const signer = await signerOf(options, language);
  const origin = await reading(options, async (_reader, last) => {
    if (last?.kid === signer.kid && last.alg === signer.alg) return originOf(options, last);
    throw new CommandError('KEY_OTHER', {
      vi: 'Đầu cây cuối cùng của sổ không được ký bằng khoá này: bản ghi RETENTION sẽ không ai kiểm được. Ký trước: lienthong audit head --sign',
      en: "The ledger's last head is not signed by this key: nobody could verify the RETENTION record. Sign first: lienthong audit head --sign",
    });
  });
  const done = await keeping(options, { origin, signer }, async (keeper) => {
    const span = await keeper.retainable(before);
    if (span === undefined) return [];
    if (!options.yes) await confirm(before, span.from, span.to, language);
    return keeper.retain(before);
  });
  if (done.length === 0) {
    say({ vi: 'Không có nội dung nào phải xoá.', en: 'There is nothing to delete.' }, language);
    return;
  }
  const deleted = done.reduce((sum, each) => sum + each.deleted, 0);
  say(
    {
      vi: `✓ Đã xoá nội dung ${deleted} bản ghi, ghi nhận trong ${done.length} bản ghi RETENTION. Ký và công bố đầu cây mới: lienthong audit head --sign`,
      en: `✓ The bodies of ${deleted} records are deleted, under ${done.length} RETENTION records. Sign and publish a new head: lienthong audit head --sign`,
    },
    language,
  );
}

async function confirm(before: Date, from: number, to: number, language: Language): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError('CONFIRMATION', {
      vi: 'Lệnh này xoá vĩnh viễn; không có ai để hỏi lại. Nếu chắc chắn: --yes',
      en: 'This deletes for ever, and there is nobody to ask. If you are sure: --yes',
    });
  }
  const word = before.toISOString().slice(0, 10);
  const question = {
    vi: `Xoá VĨNH VIỄN nội dung các bản ghi từ ${from} đến ${to} có trước ${before.toISOString()} (trừ những bản đang tạm giữ).\nGõ ${word} để đồng ý: `,
    en: `The bodies of records ${from} to ${to} made before ${before.toISOString()} will be deleted FOR EVER (but for what is on hold).\nType ${word} to go on: `,
  };
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question[language]).finally(() => terminal.close());
  if (answer.trim() === word) return;
  throw new CommandError('NOT_CONFIRMED', { vi: 'Không xoá gì.', en: 'Nothing was deleted.' });
}

export interface HoldOptions extends LedgerOptions {
  readonly by?: string;
}

export interface NewHoldOptions extends HoldOptions {
  readonly record?: readonly string[];
  readonly case?: string;
  readonly partner?: string;
  readonly subject?: string;
  readonly from?: string;
  readonly until?: string;
  readonly ends?: string;
  readonly reason: string;
}

/** `lienthong audit hold add`: data subjects do not see these records, and retention leaves them alone. */
export async function addHold(options: NewHoldOptions): Promise<void> {
  const { record: records, partner, subject, reason, case: hoSo } = options;
  if (!records && !partner && !subject && !hoSo) {
    throw new CommandError('HOLD_OF_WHAT', {
      vi: 'Cần ít nhất một trong: --record, --case, --partner, --subject; không thể tạm giữ tất cả.',
      en: 'At least one of --record, --case, --partner, --subject is needed: nobody holds everything.',
    });
  }
  const moment = (option: '--from' | '--until' | '--ends', written: string | undefined): Date | undefined =>
    written === undefined ? undefined : momentOf(option, written);
  const hold: NewHold = {
    records,
    case: hoSo,
    partner,
    subject,
    from: moment('--from', options.from),
    until: moment('--until', options.until),
    ends: moment('--ends', options.ends),
    reason,
    by: authorOf(options),
  };
  const id = await keepingHolds(options, (keeper) => keeper.place(hold));
  process.stdout.write(`${id}\n`);
}

export async function listHolds(
  { all, json, ...options }: HoldOptions & { readonly all?: true; readonly json?: true },
  language: Language,
): Promise<void> {
  const now = new Date();
  const holds = (await keepingHolds(options, (keeper) => keeper.holds())).filter(
    ({ lifted, ends }) => all || (lifted === undefined && (ends === undefined || ends > now)),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify(holds, null, 2)}\n`);
    return;
  }
  const titles =
    language === 'vi'
      ? ['MÃ', 'TỪ', 'NGƯỜI ĐẶT', 'ĐẾN', 'TẠM GIỮ', 'LÝ DO']
      : ['ID', 'SINCE', 'BY', 'UNTIL', 'HOLDS', 'REASON'];
  const none = { vi: 'Không có gì đang tạm giữ.', en: 'Nothing is on hold.' };
  process.stdout.write(
    holds.length === 0 ? `${none[language]}\n` : table([titles, ...holds.map((hold) => holdRow(hold))]),
  );
}

const holdRow = (hold: Hold): readonly string[] => {
  const { id, placed, by, ends, lifted, reason, records, partner, subject, from, until } = hold;
  const held = [
    ...(records === undefined ? [] : [`${records.length} × record`]),
    ...(hold.case === undefined ? [] : [`case ${hold.case}`]),
    ...(partner === undefined ? [] : [`partner ${partner}`]),
    ...(subject === undefined ? [] : [`subject ${subject}`]),
    ...(from === undefined ? [] : [`from ${from.toISOString()}`]),
    ...(until === undefined ? [] : [`until ${until.toISOString()}`]),
  ];
  const over = lifted === undefined ? (ends?.toISOString() ?? '–') : `${lifted.at.toISOString()} (${lifted.by})`;
  return [id, placed.toISOString(), by, over, held.join(', '), reason];
};

/** `lienthong audit hold release`: what it held is seen again, and may be deleted when its time has come. */
export async function releaseHold(id: string, options: HoldOptions, language: Language): Promise<void> {
  const known = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  const lifted = known && (await keepingHolds(options, (keeper) => keeper.lift(id, authorOf(options))));
  if (!lifted) {
    throw new CommandError('HOLD_UNKNOWN', {
      vi: `Không có lệnh tạm giữ ${id} còn hiệu lực. Xem: lienthong audit hold list`,
      en: `There is no hold ${id} in force. See: lienthong audit hold list`,
    });
  }
  say({ vi: `✓ ${id}: đã bỏ tạm giữ`, en: `✓ ${id}: released` }, language);
}

/** Holds are kept, not signed. */
const nobody: JwsSigner = {
  kid: '',
  alg: 'ES256',
  sign: () => {
    throw new TypeError('a hold is not signed');
  },
};

const keepingHolds = <T>(options: LedgerOptions, act: Parameters<typeof keeping<T>>[2]): Promise<T> =>
  keeping(options, { origin: options.origin ?? '', signer: nobody }, act);

const authorOf = ({ by }: HoldOptions): string => by || userInfo().username;

const say = (texts: Readonly<Record<Language, string>>, language: Language): void => {
  process.stdout.write(`${texts[language]}\n`);
};
