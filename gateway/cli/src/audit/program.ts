import type { Command, Option } from 'commander';
import type { ProgramTools } from '../partner/program.ts';
import { addLedgerCommands } from './ledger-program.ts';

/** `lienthong audit …`: the ledger of disclosures; `verify` needs neither gateway nor database. */
export function addAuditCommands(program: Command, { language, option, collect, wholeNumber }: ProgramTools): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const audit = program
    .command('audit')
    .description(
      say('Sổ ghi truy cập: kiểm tra, xuất, bằng chứng.', 'The ledger of disclosures: verify, export, prove.'),
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
    'Kiểm tra bản xuất của sổ, một hoặc nhiều tệp nối tiếp nhau; không cần cổng đang chạy.',
    'Check an export of the ledger, in one file or several that continue each other; no gateway has to run.',
  )
    .argument('<export...>', what)
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
    .addOption(
      option(
        '--after <file>',
        'bản xuất hoặc đầu cây đã kiểm tra, mà tệp đầu tiên nối tiếp',
        'an export that was found to be in order, or a head, which the first file continues',
      ),
    )
    .addOption(
      option(
        '--time-stamps-ca <file>',
        'kiểm tra dấu thời gian (RFC 3161): chứng thư gốc phải dẫn đến, PEM',
        'check time stamps (RFC 3161): certificates that they have to lead to, in PEM',
      ),
    )
    .addOption(origin())
    .addOption(json())
    .action(async (named: readonly string[], options: import('../commands/audit-verify.ts').VerifyOptions) => {
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

  addLedgerCommands(audit, { language, option, collect, wholeNumber });
}
