import { Command, InvalidArgumentError, Option } from 'commander';
import { addAnswerCommands } from './answer/program.ts';
import { addAuditCommands } from './audit/program.ts';
import { speak } from './help.ts';
import { addIssuerCommands } from './issuer/program.ts';
import type { Language, Texts } from './language.ts';
import { addPartnerCommands } from './partner/program.ts';

const wholeNumber =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || !Number.isSafeInteger(number)) {
      throw new InvalidArgumentError(`a whole number from ${least}.`);
    }
    return number;
  };

/** An option that may stand several times. */
const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/**
 * Every command with its options. Each loads its own code when it runs: `lienthong token` must not wait for a query
 * planner to load.
 */
export function createProgram(language: Language): Command {
  const say = (texts: Texts): string => texts[language];
  const option = (flags: string, vi: string, en: string): Option => new Option(flags, say({ vi, en }));
  const config = (vi: string, en: string): Option => option('--config <file>', vi, en).makeOptionMandatory();
  const configOrRunning = (): Option =>
    option(
      '--config <file>',
      'tệp cấu hình YAML của cổng; mặc định: của hệ thống đang chạy trên máy này',
      "the gateway's YAML configuration; default: that of what runs here",
    );
  const program = speak(new Command('lienthong'), language)
    .description(say({ vi: 'Cổng liên thông dữ liệu của tỉnh.', en: "The gateway that joins the province's data." }))
    .addOption(option('--lang <vi|en>', 'ngôn ngữ thông báo', 'language of messages').choices(['vi', 'en']))
    .addHelpText(
      'after',
      say({
        vi: '\nBắt đầu: npm start. Tuỳ chọn của một lệnh: npx lienthong help partner add. Tài liệu: docs/README.md',
        en: '\nTo begin: npm start. The options of a command: npx lienthong help partner add. Documents: docs/README.md',
      }),
    )
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride();
  const add = (name: string, vi: string, en: string): Command =>
    program.command(name).description(say({ vi, en })).allowExcessArguments(false);

  add(
    'up',
    'Chạy tất cả trên máy này: PostgreSQL, các sở, ngành, nơi cấp token, cổng. Ctrl-C dừng tất cả.',
    'Run everything on this machine: PostgreSQL, departments, issuer, gateway. Ctrl-C stops all.',
  )
    .addOption(option('--ports <auto>', 'dùng các cổng mạng còn trống', 'use any free ports').choices(['auto']))
    .addOption(
      option('--citizens <N>', 'số công dân giả lập khi dữ liệu còn trống', 'invented citizens when data is empty')
        .argParser(wholeNumber(3))
        .default(2_000),
    )
    .action(async (options: { ports?: 'auto'; citizens: number }) => {
      const { up } = await import('./commands/up.ts');
      await up(options);
    });

  add('gateway', 'Chạy riêng cổng theo một tệp cấu hình.', 'Run the gateway alone from a configuration file.')
    .addOption(config('tệp cấu hình YAML', 'the YAML configuration'))
    .action(async ({ config: file }: { config: string }) => {
      const { gateway } = await import('./commands/gateway.ts');
      await gateway(file, language);
    });

  add(
    'compose',
    'Ghép lược đồ các sở, ngành và kiểm tra trước khi nhận.',
    "Compose the departments' schemas and check them for admission.",
  )
    .addOption(config('tệp departments.yaml', 'the departments.yaml'))
    .addOption(
      option('--out <file>', 'tệp lược đồ liên kết (SDL)', 'the supergraph SDL to write').makeOptionMandatory(),
    )
    .addOption(option('--rules <file>', 'tệp quy tắc theo trường (JSON)', 'the rules by coordinate (JSON) to write'))
    .addOption(option('--api <file>', 'tệp lược đồ cho người gọi (SDL)', 'the API schema (SDL) to write'))
    .addOption(
      option(
        '--previous <file>',
        'lược đồ liên kết đang dùng: không trường nào được mất quy tắc',
        'the supergraph served so far: no coordinate may lose its guard',
      ),
    )
    .addOption(
      option(
        '--acknowledge <coordinate>',
        'chấp nhận trường này đòi ít quyền hơn trước; dùng được nhiều lần',
        'confirm that this coordinate asks for less; repeatable',
      ).argParser(collect),
    )
    .action(async (options: Parameters<typeof import('./commands/compose.ts').compose>[0]) => {
      const { compose } = await import('./commands/compose.ts');
      compose(options);
    });

  add(
    'explain',
    'Giải thích một thao tác: kết quả, chi phí, kế hoạch, và từng trường cần gì. Không hỏi sở, ngành nào.',
    'Explain an operation: outcome, cost, plan, and what each field asks for. Asks no department.',
  )
    .addOption(configOrRunning())
    .addOption(
      option('--query <text>', 'truy vấn GraphQL, hoặc @TỆP', 'the GraphQL query, or @FILE').makeOptionMandatory(),
    )
    .addOption(option('--token <token>', 'token; bỏ trống: không có token', 'the access token; absent: anonymous'))
    .addOption(option('--variables <json>', 'các biến, một đối tượng JSON', 'the variables, a JSON object'))
    .addOption(option('--operation <name>', 'tên thao tác, nếu có nhiều', 'the operation, where there are several'))
    .addOption(option('--json', 'in JSON cho chương trình', 'print JSON, for programs'))
    .action(async (options: import('./commands/explain.ts').ExplainOptions) => {
      const { explain } = await import('./commands/explain.ts');
      await explain(options, language);
    });

  add('token', 'Xin token từ nơi cấp trên máy này.', 'Get a token from the local issuer.')
    .addOption(option('--client <id>', 'mã ứng dụng', 'the client').makeOptionMandatory())
    .addOption(option('--scope <scopes>', 'phạm vi, cách nhau bằng dấu cách', 'scopes, separated by spaces'))
    .addOption(option('--purpose <code>', 'mục đích', 'the purpose'))
    .addOption(option('--case <id>', 'mã hồ sơ', 'the case'))
    .addOption(option('--citizen <number>', 'đăng nhập công dân này', 'log this person in (development)'))
    .addOption(option('--issuer <url>', 'địa chỉ nơi cấp token', 'the issuer; default: the one that is running'))
    .addOption(option('--registry <file>', 'sổ đăng ký ứng dụng', 'the registry; default: the demo clients'))
    .action(async (options: Parameters<typeof import('./commands/token.ts').token>[0]) => {
      const { token } = await import('./commands/token.ts');
      await token(options);
    });

  add(
    'revoke',
    'Thu hồi một token, hoặc mọi token của một ứng dụng hay một người; có hiệu lực trong một giây ở mọi cổng.',
    'Revoke a token, or every token of a client or a subject; effective on every gateway within a second.',
  )
    .addOption(configOrRunning())
    .addOption(option('--jti <id>', 'mã của một token', 'the id of one token'))
    .addOption(option('--client <id>', 'mọi token của ứng dụng này', 'every token of this client'))
    .addOption(option('--subject <id>', 'mọi token của chủ thể này', 'every token of this subject'))
    .addOption(
      option('--issuer <url>', 'chỉ của nơi cấp này', 'of this issuer alone; default: all of the configuration'),
    )
    .addOption(
      option(
        '--issued-before <time>',
        'chỉ token cấp đến thời điểm này (ISO 8601 hoặc giây Unix); mặc định: bây giờ',
        'those issued until this moment (ISO 8601 or Unix seconds); default: now',
      ),
    )
    .action(async (options: import('./commands/revoke.ts').RevokeOptions) => {
      const { revoke } = await import('./commands/revoke.ts');
      await revoke(options, language);
    });

  addPartnerCommands(program, { language, option, wholeNumber, collect });
  addIssuerCommands(program, { language, option });
  addAnswerCommands(program, { language, option, wholeNumber });
  addAuditCommands(program, { language, option, collect, wholeNumber });

  add('seed', 'Thay toàn bộ dữ liệu giả lập của mọi sở, ngành.', 'Replace the invented data of every department.')
    .addOption(
      option('--citizens <N>', 'số công dân', 'how many citizens').argParser(wholeNumber(3)).makeOptionMandatory(),
    )
    .action(async ({ citizens }: { citizens: number }) => {
      const { seed } = await import('./commands/seed.ts');
      await seed(citizens);
    });

  program
    .command('completion')
    .argument('<shell>', say({ vi: 'bash hoặc zsh', en: 'bash or zsh' }))
    .description(say({ vi: 'In đoạn mã tự hoàn thành lệnh cho shell.', en: 'Print the completion script of a shell.' }))
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion.ts');
      process.stdout.write(completion(program, shell));
    });

  return program;
}
