import { readConfig } from './config/index.ts';
import { StartError } from './errors.ts';
import { startIssuer } from './issuer.ts';
import { makeKeys } from './keys/file.ts';
import { rotateKeys } from './keys/rotate.ts';

/**
 * The issuer process: `main.ts` serves; `make-keys` makes the key file that production needs; `rotate-key
 * [--compromised]` lets the next key sign, which running issuers notice.
 */
async function main(command: string | undefined, ...options: readonly string[]): Promise<void> {
  if (command === 'make-keys' || command === 'rotate-key') {
    const file = process.env.ISSUER_KEYS_FILE || '.data/issuer-keys.json';
    if (command === 'make-keys') await makeKeys(file);
    else await rotateKeys(file, 'production', { compromised: options.includes('--compromised') });
    return;
  }
  const issuer = await startIssuer(readConfig(process.env));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void issuer.close().then(() => process.exit(0)));
  }
  process.stdout.write(`ready ${issuer.url}\n`);
}

main(...(process.argv.slice(2) as [string | undefined])).catch((error: unknown) => {
  if (!(error instanceof StartError)) throw error;
  const { code, messages } = error;
  process.stderr.write(`${code}\n${messages.vi}\n${messages.en}\n`);
  process.exit(1);
});
