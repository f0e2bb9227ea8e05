import type { Command, Option } from 'commander';
import type { Language } from '../language.ts';
import { addDocumentCommands } from './document-program.ts';

export interface ProgramTools {
  readonly language: Language;
  readonly option: (flags: string, vi: string, en: string) => Option;
  readonly wholeNumber: (least: number) => (value: string) => number;
  readonly collect: (value: string, earlier?: readonly string[]) => readonly string[];
}

/** Adds a command under `partner`, or under one of its commands. */
export type NewCommand = (name: string, vi: string, en: string, under?: Command) => Command;

type Commands = typeof import('../commands/partner.ts');
type OptionsOf<Name extends keyof Commands> = Parameters<Commands[Name]>[1];

const load = (): Promise<Commands> => import('../commands/partner.ts');

/** `lienthong partner …`: the registry of partners, kept in PostgreSQL. */
export function addPartnerCommands(program: Command, { language, option, wholeNumber, collect }: ProgramTools): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const partner = program
    .command('partner')
    .description(
      say(
        'Sổ đăng ký đối tác: kết nạp, đổi khoá, tạm dừng, gỡ.',
        'The partner registry: admit, rotate keys, suspend, remove.',
      ),
    );
  const command = (name: string, vi: string, en: string, under: Command = partner): Command =>
    under.command(name).description(say(vi, en)).allowExcessArguments(false);
  const reading: NewCommand = (name, vi, en, under) =>
    command(name, vi, en, under).addOption(
      option(
        '--registry <url>',
        'cơ sở dữ liệu của sổ đăng ký; mặc định REGISTRY_DATABASE_URL, rồi hệ thống đang chạy',
        "the registry's database; default REGISTRY_DATABASE_URL, then what runs here",
      ),
    );
  const changing: NewCommand = (name, vi, en, under) =>
    reading(name, vi, en, under)
      .addOption(option('--actor <name>', 'người thực hiện; mặc định tài khoản máy', 'who does it; default: the login'))
      .addOption(option('--reason <text>', 'lý do, được lưu lại', 'why; kept in the history'));
  const development = (): Option =>
    option('--development', 'nhận cả bí mật chung (chỉ để thử)', 'take shared secrets too (for trials)');
  const proof = (to: Command): Command =>
    to
      .addOption(option('--keys <file>', 'khoá công khai của đối tác (JWKS)', "the partner's public keys (JWKS)"))
      .addOption(option('--certificate <file>', 'chứng thư tự ký (PEM)', 'its self-signed certificate (PEM)'))
      .addOption(
        option('--match <attribute=value>', 'tên trong chứng thư: san_dns=…', 'its name in a certificate: san_dns=…'),
      );
  const json = (): Option => option('--json', 'in JSON cho chương trình', 'print JSON, for programs');
  const revision = (): Option =>
    option('--revision <N>', 'chỉ đổi nếu vẫn là bản này', 'change only what is still at this revision').argParser(
      wholeNumber(1),
    );

  proof(
    changing(
      'add',
      'Kết nạp đối tác từ tệp YAML hoặc từ tuỳ chọn.',
      'Admit partners from a YAML file or from options.',
    ),
  )
    .argument('[file]')
    .addOption(option('--client <id>', 'mã ứng dụng (client_id)', 'the client_id'))
    .addOption(option('--name-vi <text>', 'tên tiếng Việt', 'name in Vietnamese'))
    .addOption(option('--name-en <text>', 'tên tiếng Anh', 'name in English'))
    .addOption(option('--org <code>', 'mã cơ quan', 'agency code'))
    .addOption(option('--contact-name <text>', 'người liên hệ', 'whom to ask'))
    .addOption(option('--contact-email <address>', 'thư điện tử', 'email'))
    .addOption(option('--contact-phone <number>', 'điện thoại', 'phone'))
    .addOption(option('--expires <date>', 'ngày cuối còn hiệu lực, hoặc never', 'last day it holds, or never'))
    .addOption(option('--bound <how>', 'dpop (mặc định) | mtls | none', 'dpop (default) | mtls | none'))
    .addOption(option('--purpose <code>', 'mục đích', 'the purpose'))
    .addOption(option('--legal-basis <code>', 'căn cứ pháp lý', 'what the release rests on'))
    .addOption(option('--scope <scopes>', 'phạm vi; dùng được nhiều lần', 'scopes; repeatable').argParser(collect))
    .addOption(option('--hide-denied', 'trường bị từ chối như không tồn tại', 'denied fields look like unknown names'))
    .addOption(option('--persisted-documents-only', 'chỉ thao tác đã đăng ký', 'only registered operations'))
    .addOption(option('--signed-requests-only', 'chỉ nhận yêu cầu có chữ ký', 'only requests that are signed'))
    .addOption(development())
    .action(async (file: string | undefined, options: OptionsOf<'add'>) => (await load()).add(file, options, language));

  changing('update', 'Thay đăng ký bằng nội dung của tệp YAML.', 'Replace registrations by those of a YAML file.')
    .argument('<file>')
    .addOption(revision())
    .addOption(development())
    .action(async (file: string, options: OptionsOf<'update'>) => (await load()).update(file, options, language));

  proof(changing('rotate', 'Đổi khoá hoặc chứng thư.', 'Replace keys or certificate.'))
    .argument('<client>')
    .addOption(option('--keep', 'giữ khoá cũ thêm một thời gian', 'leave the present keys in place beside the new'))
    .addOption(revision())
    .action(async (client: string, options: OptionsOf<'rotate'>) => (await load()).rotate(client, options, language));

  changing('resume', 'Cho đối tác hoạt động trở lại.', 'Make a suspended partner active again.')
    .argument('<client>')
    .addOption(revision())
    .action(async (client: string, options: OptionsOf<'resume'>) => (await load()).resume(client, options, language));

  for (const [name, vi, en] of [
    ['suspend', 'Tạm dừng đối tác, có hiệu lực trong một giây.', 'Suspend a partner, effective within a second.'],
    ['remove', 'Gỡ hẳn đối tác; lịch sử còn lại.', 'Remove a partner for good; its history stays.'],
  ] as const) {
    changing(name, vi, en)
      .argument('<client>')
      .addOption(revision())
      .addOption(
        option(
          '--config <file>',
          'cấu hình của cổng: thu hồi thêm token đã cấp; mặc định với sổ của hệ thống đang chạy: cấu hình của nó',
          'configuration of gateways: revoke what was issued besides; default, for the registry of what runs here: its own',
        ),
      )
      .action(async (client: string, options: OptionsOf<'suspend'>) => (await load())[name](client, options, language));
  }

  const documents = command('document', 'Thao tác đăng ký trước của đối tác.', "A partner's registered operations.");
  addDocumentCommands(documents, { language, option, reading, changing, json, revision });

  reading('show', 'Xem một đăng ký (YAML).', 'Show one registration (YAML).')
    .argument('<client>')
    .addOption(json())
    .action(async (client: string, options: OptionsOf<'show'>) => (await load()).show(client, options, language));

  reading('list', 'Liệt kê đối tác.', 'List the partners.')
    .addOption(json())
    .action(async (options: Parameters<Commands['list']>[0]) => (await load()).list(options, language));

  reading('history', 'Mọi thay đổi, ai và khi nào.', 'Every change, who and when.')
    .argument('[client]')
    .addOption(json())
    .action(async (client: string | undefined, options: OptionsOf<'history'>) =>
      (await load()).history(client, options),
    );

  command(
    'keygen',
    'Tạo cặp khoá; chạy trên máy của đối tác. Khoá công khai ra màn hình.',
    "Make a key pair; run on the partner's machine. The public key is printed.",
  )
    .addOption(
      option('--out <file>', 'tệp khoá riêng (mới, 0600)', 'file of the private key (new, 0600)').makeOptionMandatory(),
    )
    .addOption(
      option('--alg <name>', 'thuật toán', 'the algorithm').choices(['ES256', 'PS256', 'EdDSA']).default('ES256'),
    )
    .addOption(option('--kid <name>', 'tên khoá; mặc định là dấu vân tay', 'name of the key; default its thumbprint'))
    .action(async (options: Parameters<Commands['keygen']>[0]) => (await load()).keygen(options, language));
}
