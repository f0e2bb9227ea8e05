import { type IssuerConfig, readConfig } from './config/index.ts';
import { readDevelopmentUpstream } from './config/upstream.ts';
import { StartError } from './errors.ts';
import { startIssuer } from './issuer.ts';
import { makeKeys } from './keys/file.ts';
import { rotateKeys } from './keys/rotate.ts';
import type { DevelopmentUpstream } from './upstream-development/index.ts';

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
  const config = readConfig(process.env);
  const upstream = await developmentUpstream(config);
  const issuer = await startIssuer(upstream ? { ...config, upstream: upstream.settings } : config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void Promise.all([issuer.close(), upstream?.close()]).then(() => process.exit(0)));
  }
  process.stdout.write(`ready ${issuer.url}\n`);
}

/** The provider of invented people, which a production process does not even load. */
async function developmentUpstream({ environment }: IssuerConfig): Promise<DevelopmentUpstream | undefined> {
  const port = readDevelopmentUpstream(process.env, environment);
  if (port === undefined) return undefined;
  const { startDevelopmentUpstream } = await import('./upstream-development/index.ts');
  return startDevelopmentUpstream(port);
}

main(...(process.argv.slice(2) as [string | undefined])).catch((error: unknown) => {
  if (!(error instanceof StartError)) throw error;
  const { code, messages } = error;
  process.stderr.write(`${code}\n${messages.vi}\n${messages.en}\n`);
  process.exit(1);
});
