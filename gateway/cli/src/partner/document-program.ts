import type { Command, Option } from 'commander';
import type { Language } from '../language.ts';
import type { NewCommand } from './program.ts';

export interface DocumentProgramTools {
  readonly language: Language;
  readonly option: (flags: string, vi: string, en: string) => Option;
  readonly reading: NewCommand;
  readonly changing: NewCommand;
  readonly json: () => Option;
  readonly revision: () => Option;
}

type Commands = typeof import('../commands/partner-document.ts');
type OptionsOf<Name extends keyof Commands> = Parameters<Commands[Name]>[0];

const load = (): Promise<Commands> => import('../commands/partner-document.ts');

/** `lienthong partner document …`: the operations that a partner may ask for by hash. */
export function addDocumentCommands(
  documents: Command,
  { language, option, reading, changing, json, revision }: DocumentProgramTools,
): void {
  const client = () => option('--client <id>', 'mã ứng dụng (client_id)', 'the client_id').makeOptionMandatory();

  changing('add', 'Đăng ký một thao tác cho một mục đích.', 'Register an operation for a purpose.', documents)
    .addOption(client())
    .addOption(option('--purpose <code>', 'mục đích', 'the purpose').makeOptionMandatory())
    .addOption(
      option(
        '--file <file>',
        'tệp GraphQL; mã băm là SHA-256 của đúng tệp này',
        'the GraphQL text; its hash is the SHA-256 of this very file',
      ).makeOptionMandatory(),
    )
    .addOption(option('--name <text>', 'tên cho người đọc', 'a name for people'))
    .addOption(revision())
    .action(async (options: OptionsOf<'add'>) => (await load()).add(options, language));

  reading('list', 'Liệt kê thao tác đã đăng ký của đối tác.', 'List what a partner has registered.', documents)
    .addOption(client())
    .addOption(json())
    .action(async (options: OptionsOf<'list'>) => (await load()).list(options, language));

  changing('remove', 'Gỡ một thao tác đã đăng ký.', 'Withdraw a registered operation.', documents)
    .addOption(client())
    .addOption(option('--hash <sha256>', 'mã băm', 'its hash').makeOptionMandatory())
    .addOption(option('--purpose <code>', 'chỉ cho mục đích này', 'for this purpose alone'))
    .addOption(revision())
    .action(async (options: OptionsOf<'remove'>) => (await load()).remove(options, language));
}
