import { RegistryError } from '@lienthong/registry';
import { CommandError } from '../command-error.ts';
import type { Language } from '../language.ts';
import { authorOf, changeRegistry, type RegistryOptions, withRegistry } from '../partner/open-store.ts';
import { readText } from '../partner/proof.ts';
import { documentList } from '../partner/report.ts';
import { clientUnknown } from './partner.ts';

type Options<More> = RegistryOptions & { readonly client: string } & More;

const print = (text: string): void => void process.stdout.write(text);

/** `lienthong partner document add`: the file's text to the byte, because partners compute the hash of it too. */
export async function add(
  options: Options<{ readonly purpose: string; readonly file: string; readonly name?: string }>,
  language: Language,
) {
  const { client, purpose, file, name } = options;
  const body = readText('--file', file);
  const hash = await changeRegistry(options, async (store) => {
    try {
      return await store.addDocument(
        client,
        { ...(name === undefined ? {} : { name }), purpose, body },
        authorOf(options),
      );
    } catch (error) {
      throw inOptions(error, file);
    }
  });
  const next = {
    vi: `✓ ${client}: đã đăng ký cho ${purpose}. Đối tác gửi: {"documentId": "sha256:${hash}"}`,
    en: `✓ ${client}: registered for ${purpose}. The partner sends: {"documentId": "sha256:${hash}"}`,
  };
  print(`${next[language]}\n`);
}

export async function list(options: Options<{ readonly json?: boolean }>, language: Language) {
  const stored = await withRegistry(options, (store) => store.show(options.client));
  if (stored === undefined) throw clientUnknown(options.client);
  const { documents = [] } = stored.partner ?? {};
  print(options.json ? `${JSON.stringify(documents, null, 2)}\n` : documentList(documents, language));
}

export async function remove(
  options: Options<{ readonly hash: string; readonly purpose?: string }>,
  language: Language,
) {
  const { client, purpose } = options;
  const hash = options.hash.replace(/^sha256:/, '');
  await changeRegistry(options, (store) => store.removeDocument(client, hash, authorOf(options), purpose));
  const done = { vi: `✓ ${client}: đã gỡ ${hash}`, en: `✓ ${client}: withdrawn: ${hash}` };
  print(`${done[language]}\n`);
}

/** What is wrong with the new document, by the names that the operator wrote; other faults are the registration's. */
function inOptions(error: unknown, file: string): unknown {
  if (!(error instanceof RegistryError)) return error;
  const say = (language: 'vi' | 'en') =>
    error.problems
      .map(({ key, messages }) => {
        const part = /\.documents\[\d+\]\.(\w+)$/.exec(key)?.[1];
        return `${part === 'body' ? file : part === undefined ? key : `--${part}`}: ${messages[language]}`;
      })
      .join('\n');
  return new CommandError(error.code, { vi: say('vi'), en: say('en') });
}
