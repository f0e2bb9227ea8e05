import type { IssuerConfig } from '../config/index.ts';
import { type KeySet, keysOfAddress, keysOfFile } from './key-set.ts';

/** A trusted issuer and the keys that may speak for it; keys are chosen by (issuer, kid), never by kid alone. */
export interface Issuer {
  readonly config: IssuerConfig;
  readonly keys: KeySet;
}

/** The trusted issuers by their exact `iss`. */
export const trustedIssuers = (configs: readonly IssuerConfig[], now?: () => number): ReadonlyMap<string, Issuer> =>
  new Map(configs.map((config) => [config.issuer, { config, keys: keysOf(config, now) }]));

const keysOf = ({ jwks, keysMaxStale }: IssuerConfig, now?: () => number): KeySet =>
  'url' in jwks ? keysOfAddress(jwks.url, keysMaxStale, now) : keysOfFile(jwks.file);
