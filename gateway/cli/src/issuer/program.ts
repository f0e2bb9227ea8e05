import type { Command } from 'commander';
import type { ProgramTools } from '../partner/program.ts';

/** `lienthong issuer …`: the keys with which the issuer signs. */
export function addIssuerCommands(
  program: Command,
  { language, option }: Pick<ProgramTools, 'language' | 'option'>,
): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  const issuer = program
    .command('issuer')
    .description(say('Khoá ký của nơi cấp token.', "The token issuer's signing keys."));
  const command = (name: string, vi: string, en: string): Command =>
    issuer
      .command(name)
      .description(say(vi, en))
      .allowExcessArguments(false)
      .addOption(
        option(
          '--keys <file>',
          'tệp khoá; mặc định ISSUER_KEYS_FILE, rồi của hệ thống trên máy này',
          'the key file; default ISSUER_KEYS_FILE, then that of this machine',
        ),
      );

  command('make-keys', 'Tạo tệp khoá, nếu chưa có.', 'Make the key file, unless it is there.').action(
    async (options: { keys?: string }) => {
      const { makeIssuerKeys } = await import('../commands/issuer.ts');
      await makeIssuerKeys(options);
    },
  );
  command(
    'rotate-key',
    'Dùng khoá kế tiếp để ký; khoá cũ còn được công bố đến khi token của nó hết hạn.',
    'Sign with the next key; the former one stays published until its tokens are over.',
  )
    .addOption(
      option(
        '--compromised',
        'khoá hiện tại đã lộ: thôi công bố ngay, mọi token nó đã ký bị từ chối',
        'the current key has leaked: published no more, every token that it signed is refused',
      ),
    )
    .action(async (options: { keys?: string; compromised?: true }) => {
      const { rotateIssuerKey } = await import('../commands/issuer.ts');
      await rotateIssuerKey(options, language);
    });
}
