import type { Command, Option } from 'commander';
import type { ProgramTools } from '../partner/program.ts';

type Ledger = typeof import('../commands/audit-ledger.ts');
type Keep = typeof import('../commands/audit-keep.ts');
type OptionsOf<F> = F extends (...parameters: infer P) => unknown ? Extract<P[number], object> : never;

const loadLedger = (): Promise<Ledger> => import('../commands/audit-ledger.ts');
const loadKeep = (): Promise<Keep> => import('../commands/audit-keep.ts');

/** Those of `lienthong audit …` that work on the ledger's database. */
export function addLedgerCommands(audit: Command, { language, option, collect, wholeNumber }: ProgramTools): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const command = (name: string, vi: string, en: string, under: Command = audit): Command =>
    under
      .command(name)
      .description(say(vi, en))
      .allowExcessArguments(false)
      .addOption(
        option(
          '--database <url>',
          'cơ sở dữ liệu của sổ; mặc định AUDIT_DATABASE_URL, rồi hệ thống đang chạy',
          'the database of the ledger; default AUDIT_DATABASE_URL, then what runs here',
        ),
      );
  const json = (): Option => option('--json', 'in JSON cho chương trình', 'print JSON, for programs');
  const origin = (): Option =>
    option(
      '--origin <name>',
      'tên của sổ; mặc định theo đầu cây cuối',
      "the ledger's name; default: as its last head says",
    );
  const signed = (to: Command): Command =>
    to
      .addOption(option('--key <file>', 'khoá riêng ký đầu cây', 'the private key that signs heads'))
      .addOption(
        option(
          '--config <file>',
          'hoặc cấu hình cổng: khoá ở signing.keyFile',
          "or the gateway's configuration: its signing.keyFile",
        ),
      )
      .addOption(origin());

  command(
    'export',
    'Xuất sổ, toàn bộ hoặc phần mới, để kiểm tra ở nơi khác.',
    'Export the ledger, all of it or what came since, to be checked elsewhere.',
  )
    .addOption(option('--out <file>', 'tệp mới; mặc định: đầu ra chuẩn', 'a new file; default: standard output'))
    .addOption(
      option(
        '--after <file>',
        'chỉ phần mới, nối tiếp một bản xuất hoặc đầu cây trước đây',
        'only what came since an earlier export, or a head',
      ),
    )
    .addOption(
      option(
        '--archive <folder>',
        'thêm phần mới vào thư mục lưu trữ, thành một tệp nữa',
        'add what came since to a folder of exports, as one more file',
      ),
    )
    .addOption(origin())
    .action(async (options: import('../commands/audit-export.ts').ExportOptions) => {
      const { exportLedger } = await import('../commands/audit-export.ts');
      await exportLedger(options, language);
    });

  signed(
    command(
      'head',
      'In đầu cây cuối cùng có chữ ký, cho người làm chứng; --sign: ký ngay.',
      'Print the last signed head, for witnesses; --sign: sign one now.',
    ),
  )
    .addOption(option('--sign', 'ký trạng thái hiện tại', 'sign what there is now'))
    .addOption(
      option('--keys <file>', 'JWKS các khoá đã ký trước đây', 'JWKS of keys that signed before').argParser(collect),
    )
    .action(async (options: OptionsOf<Ledger['head']>) => (await loadLedger()).head(options, language));

  command(
    'proof',
    'In bằng chứng về một bản ghi cho một chủ thể dữ liệu; không lộ người khác.',
    'Print the proof of one record for one data subject; it tells of nobody else.',
  )
    .addOption(option('--record <id>', 'mã hoặc số bản ghi', "the record's id or number").makeOptionMandatory())
    .addOption(
      option(
        '--subject <id>',
        'chủ thể dữ liệu (s1.…), nếu có nhiều',
        'the data subject (s1.…), where there are several',
      ),
    )
    .action(async (options: OptionsOf<Ledger['proof']>) => (await loadLedger()).proof(options));

  command(
    'unfinished',
    'Liệt kê thao tác ghi đã bắt đầu mà chưa rõ kết thúc ra sao.',
    'List mutations that began and of which nobody has said how they ended.',
  )
    .addOption(
      option('--minutes <N>', 'bắt đầu từ hơn số phút này', 'begun more than so many minutes ago')
        .argParser(wholeNumber(0))
        .default(5),
    )
    .addOption(json())
    .action(async (options: OptionsOf<Ledger['unfinished']>) => (await loadLedger()).unfinished(options, language));

  signed(
    command(
      'retain',
      'Xoá vĩnh viễn nội dung bản ghi trước một ngày, dưới bản ghi RETENTION có chữ ký.',
      'Delete for ever the bodies of records from before a day, under a signed RETENTION record.',
    ),
  )
    .addOption(option('--before <date>', 'ngày (2026-11-23)', 'the day (2026-11-23)').makeOptionMandatory())
    .addOption(option('--yes', 'không hỏi lại', 'do not ask'))
    .action(async (options: OptionsOf<Keep['retain']>) => (await loadKeep()).retain(options, language));

  command(
    'review',
    'Liệt kê những truy cập cần người xem lại: khẩn cấp, hàng loạt ngoài giờ, nhiều bất thường.',
    'List accesses that somebody should look at: emergencies, bulk outside of working hours, unusually many persons.',
  )
    .addOption(
      option('--since <time>', 'từ ngày này; mặc định 7 ngày qua', 'from this day on; default: the last 7 days'),
    )
    .addOption(
      option(
        '--bulk <N>',
        'từ số người này trong một câu trả lời, hoặc một đêm',
        'from so many persons in one answer, or one night',
      )
        .argParser(wholeNumber(1))
        .default(20),
    )
    .addOption(
      option('--volume <N>', 'từ số người này trong một ngày', 'from so many persons in a day')
        .argParser(wholeNumber(1))
        .default(100),
    )
    .addOption(
      option(
        '--metrics <file>',
        'ghi thêm số lượng từng loại cho Prometheus, tệp .prom mà node_exporter đọc',
        'write how many of each kind for Prometheus too, a .prom file that node_exporter reads',
      ),
    )
    .addOption(json())
    .action(async (options: import('../commands/audit-review.ts').ReviewOptions) => {
      const { review } = await import('../commands/audit-review.ts');
      await review(options, language);
    });

  const hold = audit
    .command('hold')
    .description(
      say(
        'Tạm giữ cho điều tra: chủ thể dữ liệu chưa thấy, và không bị xoá theo hạn.',
        'Holds for investigations: data subjects do not see the records, and retention leaves them alone.',
      ),
    );
  const by = (): Option =>
    option('--by <name>', 'người quyết định; mặc định tài khoản máy', 'who decided; default: the login');
  command(
    'add',
    'Tạm giữ những bản ghi khớp mọi tiêu chí; in ra mã.',
    'Hold the records that fit all criteria; prints its id.',
    hold,
  )
    .addOption(
      option('--record <id>', 'mã bản ghi; dùng được nhiều lần', 'id of a record; repeatable').argParser(collect),
    )
    .addOption(option('--case <id>', 'mã hồ sơ', 'the case'))
    .addOption(option('--partner <id>', 'đối tác (client_id)', 'the partner (client_id)'))
    .addOption(option('--subject <id>', 'chủ thể dữ liệu (s1.…)', 'the data subject (s1.…)'))
    .addOption(option('--from <time>', 'bản ghi từ lúc này', 'records from this moment on'))
    .addOption(option('--until <time>', 'bản ghi trước lúc này', 'records before this moment'))
    .addOption(option('--ends <time>', 'tự hết hiệu lực lúc này', 'when the hold ends by itself'))
    .addOption(option('--reason <text>', 'lý do, được lưu lại', 'why; it is kept').makeOptionMandatory())
    .addOption(by())
    .action(async (options: OptionsOf<Keep['addHold']>) => (await loadKeep()).addHold(options));
  command('list', 'Liệt kê những gì đang tạm giữ.', 'List what is on hold.', hold)
    .addOption(option('--all', 'cả những gì đã bỏ hoặc hết hạn', 'what was released or is over, too'))
    .addOption(json())
    .action(async (options: OptionsOf<Keep['listHolds']>) => (await loadKeep()).listHolds(options, language));
  command('release', 'Bỏ tạm giữ.', 'Release a hold.', hold)
    .argument('<id>', say('mã tạm giữ', 'its id'))
    .addOption(by())
    .action(async (id: string, options: OptionsOf<Keep['releaseHold']>) =>
      (await loadKeep()).releaseHold(id, options, language),
    );

  command(
    'migrate',
    'Tạo hoặc nâng cấp bảng của sổ và các vai trò; in ra phần cần cấu hình.',
    'Make the tables of the ledger and its roles, or bring them up to date; prints what to configure.',
  )
    .addOption(option('--writer <role>', 'vai trò của cổng', 'the role of the gateway').default('ledger_writer'))
    .addOption(option('--reader <role>', 'vai trò chỉ đọc', 'the role that reads').default('ledger_reader'))
    .addOption(option('--keeper <role>', 'vai trò xoá theo hạn và tạm giữ', 'the role for retention and holds'))
    .action(async (options: import('../commands/audit-migrate.ts').MigrateOptions) => {
      const { migrate } = await import('../commands/audit-migrate.ts');
      await migrate(options, language);
    });

  audit
    .command('make-key')
    .description(
      say(
        'Tạo khoá để sổ nhận ra chủ thể dữ liệu bằng mã riêng.',
        'Make the key by which the ledger knows data subjects under ids of its own.',
      ),
    )
    .allowExcessArguments(false)
    .addOption(option('--out <file>', 'tệp khoá mới', 'the new key file').makeOptionMandatory())
    .action(async (options: { out: string }) => {
      const { makeKey } = await import('../commands/audit-migrate.ts');
      makeKey(options, language);
    });
}
