import type { Command } from 'commander';
import type { ProgramTools } from '../partner/program.ts';

/** `lienthong answer …`: what can be done with an answer that somebody kept. */
export function addAnswerCommands(
  program: Command,
  { language, option, wholeNumber }: Pick<ProgramTools, 'language' | 'option' | 'wholeNumber'>,
): void {
  const say = (vi: string, en: string): string => (language === 'vi' ? vi : en);
  program
    .command('answer')
    .description(say('Câu trả lời đã ký của cổng.', 'Signed answers of the gateway.'))
    .command('verify')
    .description(
      say(
        'Kiểm tra chữ ký của một câu trả lời đã lưu: đúng của tỉnh, không bị sửa, trả lời đúng yêu cầu đó.',
        'Verify an answer that was kept: given by the province, unaltered, and to this very request.',
      ),
    )
    .allowExcessArguments(false)
    .addOption(
      option(
        '--headers <file>',
        'dòng trạng thái và các tiêu đề, như curl -D ghi',
        'status line and header fields, as curl -D writes them',
      ).makeOptionMandatory(),
    )
    .addOption(
      option(
        '--body <file>',
        'thân câu trả lời, như curl -o ghi',
        'the content, as curl -o writes it',
      ).makeOptionMandatory(),
    )
    .addOption(
      option(
        '--keys <file|url>',
        'JWKS của cổng (/.well-known/jwks.json)',
        "the gateway's JWKS (/.well-known/jwks.json)",
      ).makeOptionMandatory(),
    )
    .addOption(
      option('--request <file>', 'thân yêu cầu đã gửi (POST)', 'the content of the request that was sent (POST)'),
    )
    .addOption(
      option('--query <text>', 'phần ?… của địa chỉ đã gọi (GET)', 'the ?… of the address that was asked (GET)'),
    )
    .addOption(
      option(
        '--ca <file>',
        'chứng thư của nơi cấp (PEM) mà khoá phải dẫn về',
        'certificates of authorities (PEM) to one of which the key must lead',
      ),
    )
    .addOption(
      option(
        '--ledger <file|url>',
        'bản xuất của sổ, hoặc dòng bản ghi trong đó: có đúng bản ghi của câu trả lời này',
        "an export of the ledger, or the record's line of it: it holds the record of this very answer",
      ),
    )
    .addOption(
      option(
        '--max-age <seconds>',
        'ký cách đây không quá số giây này',
        'signed at most so many seconds ago',
      ).argParser(wholeNumber(1)),
    )
    .addOption(option('--json', 'in JSON cho chương trình', 'print JSON, for programs'))
    .action(async (options: import('../commands/answer.ts').VerifyOptions) => {
      const { verify } = await import('../commands/answer.ts');
      await verify(options, language);
    });
}
