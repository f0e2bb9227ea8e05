import { readConfig } from './config.ts';
import { StartError } from './errors.ts';
import { startIssuer } from './issuer.ts';
import { makeKeys } from './keys.ts';

/** The issuer process: `main.ts` serves, `main.ts make-keys` makes the key file that production needs. */
async function main(command: string | undefined): Promise<void> {
  if (command === 'make-keys') {
    await makeKeys(process.env.ISSUER_KEYS_FILE || readConfig(process.env).keysFile);
    return;
  }
  const issuer = await startIssuer(readConfig(process.env));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void issuer.close().then(() => process.exit(0)));
  }
  process.stdout.write(`ready ${issuer.url}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  if (!(error instanceof StartError)) throw error;
  const { code, messages } = error;
  process.stderr.write(`${code}\n${messages.vi}\n${messages.en}\n`);
  process.exit(1);
});
