import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The ledger's own key: who gets hold of an export cannot join it with what a department holds. */
export const subjectKeyFile = (data: string): string => madeOnce(join(data, 'ledger-subject.key'), 's1');

/**
 * The province key: pseudonyms of citizens are made from it, so it is made once and kept. One line, epoch and key.
 *
 * @returns the path of its file
 */
export const provinceKeyFile = (data: string): string => madeOnce(join(data, 'province.key'), 'k1');

const madeOnce = (file: string, epoch: string): string => {
  if (!existsSync(file)) {
    writeFileSync(file, `${epoch}.${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return file;
};
