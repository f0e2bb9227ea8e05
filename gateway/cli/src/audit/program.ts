import type { Command, Option } from 'commander';
import type { ProgramTools } from '../partner/program.ts';

/** `lienthong audit …`: the ledger of disclosures; `verify` needs neither gateway nor database. */
export function addAuditCommands(program: Command, { language, option, collect, wholeNumber }: ProgramTools): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const audit = program
    .command('audit')
    .description(
      say(
        'Sổ ghi việc cung cấp dữ liệu: kiểm tra, xuất, bằng chứng.',
        'The ledger of disclosures: verify, export, prove.',
      ),
    );
  const command = (name: string, vi: string, en: string): Command =>
    audit.command(name).description(say(vi, en)).allowExcessArguments(false);
  const keys = (): Option =>
    option(
      '--keys <file>',
      'khoá công khai của cổng (JWKS), tệp hoặc địa chỉ; dùng được nhiều lần',
      "the gateway's public keys (JWKS), a file or an address; repeatable",
    ).argParser(collect);
  const origin = (): Option =>
    option('--origin <name>', 'phải là sổ mang tên này', 'it must be the ledger of this name');
  const json = (): Option => option('--json', 'in JSON cho chương trình', 'print JSON, for programs');
  const what = say('tệp, địa chỉ, hoặc - (đầu vào chuẩn)', 'a file, an address, or - for standard input');

  command(
    'verify',
    'Kiểm tra một bản xuất của sổ; không cần cổng đang chạy.',
    'Check an export of the ledger; no gateway has to run.',
  )
    .argument('<export>', what)
    .addOption(keys())
    .addOption(
      option('--no-signatures', 'không kiểm chữ ký, chỉ kiểm cấu trúc', 'check no signatures, the structure alone'),
    )
    .addOption(
      option(
        '--heads <file>',
        'các đầu cây đã giữ ở nơi khác, mỗi dòng một JWS',
        'heads that were kept elsewhere, one JWS a line',
      ),
    )
    .addOption(origin())
    .addOption(json())
    .action(async (named: string, options: import('../commands/audit-verify.ts').VerifyOptions) => {
      const { verifyExport } = await import('../commands/audit-verify.ts');
      await verifyExport(named, options, language);
    });

  command('verify-proof', 'Kiểm tra bằng chứng mà một người nhận được.', 'Check the proof that a person was given.')
    .argument('<proof>', what)
    .addOption(keys())
    .addOption(origin())
    .addOption(json())
    .action(async (named: string, options: { keys?: readonly string[]; origin?: string; json?: true }) => {
      const { verifyOneProof } = await import('../commands/audit-verify.ts');
      await verifyOneProof(named, options, language);
    });

  const database = (vi: string, en: string): Option => option('--database <url>', vi, en);
  command(
    'migrate',
    'Tạo hoặc nâng cấp bảng của sổ và các vai trò; in ra phần cần cấu hình.',
    'Make the tables of the ledger and its roles, or bring them up to date; prints what to configure.',
  )
    .addOption(
      database(
        'cơ sở dữ liệu, với vai trò chủ sở hữu; mặc định AUDIT_DATABASE_URL',
        'the database, by the role that owns it; default AUDIT_DATABASE_URL',
      ),
    )
    .addOption(option('--writer <role>', 'vai trò của cổng', 'the role of the gateway').default('ledger_writer'))
    .addOption(option('--reader <role>', 'vai trò chỉ đọc', 'the role that reads').default('ledger_reader'))
    .addOption(option('--keeper <role>', 'vai trò xoá theo hạn và tạm giữ', 'the role for retention and holds'))
    .action(async (options: import('../commands/audit-migrate.ts').MigrateOptions) => {
      const { migrate } = await import('../commands/audit-migrate.ts');
      await migrate(options, language);
    });

  command(
    'make-key',
    'Tạo khoá để sổ nhận ra chủ thể dữ liệu bằng mã riêng.',
    'Make the key by which the ledger knows data subjects under ids of its own.',
  )
    .addOption(option('--out <file>', 'tệp khoá mới', 'the new key file').makeOptionMandatory())
    .action(async (options: { out: string }) => {
      const { makeKey } = await import('../commands/audit-migrate.ts');
      makeKey(options, language);
    });

  command(
    'review',
    'Liệt kê những truy cập cần người xem lại: khẩn cấp, hàng loạt ngoài giờ, nhiều bất thường.',
    'List accesses that somebody should look at: emergencies, bulk outside of working hours, unusually many persons.',
  )
    .addOption(
      database(
        'cơ sở dữ liệu của sổ, với vai trò đọc; mặc định AUDIT_DATABASE_URL',
        'the database of the ledger, by a role that reads; default AUDIT_DATABASE_URL',
      ),
    )
    .addOption(
      option('--since <time>', 'từ ngày này; mặc định 7 ngày qua', 'from this day on; default: the last 7 days'),
    )
    .addOption(
      option('--bulk <N>', 'từ số người này trong một câu trả lời', 'from so many persons in one answer')
        .argParser(wholeNumber(1))
        .default(20),
    )
    .addOption(
      option('--volume <N>', 'từ số người này trong một ngày', 'from so many persons in a day')
        .argParser(wholeNumber(1))
        .default(100),
    )
    .addOption(json())
    .action(async (options: import('../commands/audit-review.ts').ReviewOptions) => {
      const { review } = await import('../commands/audit-review.ts');
      await review(options, language);
    });
}
