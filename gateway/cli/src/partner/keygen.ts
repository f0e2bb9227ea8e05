import { writeFileSync } from 'node:fs';
import { type KeyAlgorithm, makeKeyPair } from '@lienthong/registry/key-pair';
import { CommandError } from '../command-error.ts';

/**
 * Makes a key pair on this machine, which should be the partner's. The private key goes into a file that only its owner
 * can read, and nowhere else.
 *
 * @returns the public key as a JWKS, to be sent to the registry's operator
 * @throws CommandError where the file exists already: a key that is in use must not be lost
 */
export async function keygen(out: string, alg: KeyAlgorithm, kid?: string): Promise<string> {
  const { privateKey, publicKey } = await makeKeyPair(alg, kid);
  try {
    writeFileSync(out, `${JSON.stringify(privateKey, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code }: NodeJS.ErrnoException = Object(error);
    throw new CommandError('KEY_FILE', {
      vi:
        code === 'EEXIST'
          ? `${out} đã có; không ghi đè khoá. Chọn tên khác cho --out.`
          : `Không ghi được ${out} (${code}). Kiểm tra thư mục và quyền ghi.`,
      en:
        code === 'EEXIST'
          ? `${out} exists; a key is never overwritten. Choose another name for --out.`
          : `${out} cannot be written (${code}). Check the folder and its permissions.`,
    });
  }
  return `${JSON.stringify({ keys: [publicKey] }, null, 2)}\n`;
}
