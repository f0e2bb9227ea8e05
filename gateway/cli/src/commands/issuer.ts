import { join } from 'node:path';
import { makeKeys, rotateKeys, StartError } from '@lienthong/issuer/keys';
import { CommandError } from '../command-error.ts';
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
export async function rotateIssuerKey({ compromised = false, ...options }: KeyOptions & { compromised?: boolean }) {
  try {
    // As in production: there must be a file, and it must be private.
    await rotateKeys(fileOf(options), 'production', { compromised });
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.code, error.messages);
    throw error;
  }
  process.stdout.write(`${fileOf(options)}\n`);
}
