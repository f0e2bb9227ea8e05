import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The province key: pseudonyms of citizens are made from it, so it is made once and kept. One line, epoch and key.
 *
 * @returns the path of its file
 */
export function provinceKeyFile(data: string): string {
  const file = join(data, 'province.key');
  if (!existsSync(file)) {
    writeFileSync(file, `k1.${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return file;
}
