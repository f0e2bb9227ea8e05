import { join } from 'node:path';
import { makeKeys, rotateKeys, StartError } from '@lienthong/issuer/keys';
import { CommandError } from '../command-error.ts';
import type { Language, Texts } from '../language.ts';
import { dataFolder } from '../up/folders.ts';

interface KeyOptions {
  readonly keys?: string;
}

const fileOf = ({ keys }: KeyOptions): string =>
  keys ?? (process.env.ISSUER_KEYS_FILE || join(dataFolder(), 'issuer-keys.json'));

/** `lienthong issuer make-keys`: a file that is there stays as it is. */
export async function makeIssuerKeys(options: KeyOptions): Promise<void> {
  await makeKeys(fileOf(options));
  process.stdout.write(`${fileOf(options)}\n`);
}

/** `lienthong issuer rotate-key`: running issuers notice within seconds. */
export async function rotateIssuerKey(
  { compromised = false, ...options }: KeyOptions & { compromised?: boolean },
  language: Language,
): Promise<void> {
  try {
    // As in production: there must be a file, and it must be private.
    await rotateKeys(fileOf(options), 'production', { compromised });
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.code, error.messages);
    throw error;
  }
  process.stdout.write(`${fileOf(options)}\n`);
  const next: Texts = compromised
    ? {
        vi: 'Khoá kế tiếp ký từ bây giờ; mọi token do khoá cũ ký bị từ chối khi cổng lấy lại bộ khoá, chậm nhất 10 phút; muốn ngay: khởi động lại từng cổng.',
        en: 'The next key signs from now on; every token of the former is refused when gateways fetch the key set again, within 10 minutes; to have it now, restart them one by one.',
      }
    : {
        vi: 'Khoá kế tiếp ký từ bây giờ; khoá cũ còn được công bố đến khi token của nó hết hạn. Không cần khởi động lại gì.',
        en: 'The next key signs from now on; the former stays published until its tokens are over. Nothing needs a restart.',
      };
  process.stderr.write(`${next[language]}\n`);
}
