import { readFileSync } from 'node:fs';

import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

import type { IssuerConfig } from '../config/index.ts';

/** A trusted issuer and the keys that may speak for it; keys are chosen by (issuer, kid), never by kid alone. */
export interface Issuer {
  readonly config: IssuerConfig;
  readonly keys: JWTVerifyGetKey;
}

/**
 * The trusted issuers by their exact `iss`. Key sets from a URL are fetched on first need, so the gateway starts while an
 * issuer is down, and at most once per cool-down however many unknown kids arrive.
 */
export const trustedIssuers = (configs: readonly IssuerConfig[]): ReadonlyMap<string, Issuer> =>
  new Map(configs.map((config) => [config.issuer, { config, keys: keysOf(config) }]));

const keysOf = ({ jwks }: IssuerConfig): JWTVerifyGetKey => {
  if ('url' in jwks) {
    return createRemoteJWKSet(new URL(jwks.url), {
      timeoutDuration: 3_000,
      cooldownDuration: 10_000,
      cacheMaxAge: 600_000,
    });
  }
  return createLocalJWKSet(JSON.parse(readFileSync(jwks.file, 'utf8')));
};
