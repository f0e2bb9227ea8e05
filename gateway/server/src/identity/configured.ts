import type { SharedState } from '@lienthong/state';
import type { CryptoKey } from 'jose';

import type { GatewayConfig } from '../config/index.ts';
import { derivedSecret } from '../internal-token/derive.ts';
import { DpopNonces } from './dpop-nonce.ts';
import { Identity } from './index.ts';
import { trustedIssuers } from './issuers.ts';
import type { RegisteredClients } from './registered.ts';
import { RESOURCE_METADATA_PATH } from './resource-metadata.ts';

export interface IdentitySurroundings {
  /** The gateway's own key, from which nonces are derived. */
  readonly gatewayKey: CryptoKey;
  readonly state: SharedState;
  /** Absent: clients are judged by their tokens. */
  readonly registered: RegisteredClients | undefined;
  /** Scheme, host and port by which callers know the gateway. */
  readonly publicOrigin: () => string;
  readonly now: () => number;
}

/** Identity as the configuration wants it. */
export const configuredIdentity = (
  config: GatewayConfig,
  { gatewayKey, state, registered, publicOrigin, now }: IdentitySurroundings,
): Identity => {
  const { authentication, listen } = config;
  return new Identity({
    tokens: { ...authentication, issuers: trustedIssuers(authentication.issuers, now) },
    boundTokens: authentication.boundTokens,
    bindingOf: (principal) => registered?.partnerOf(principal)?.bound,
    signingClientOf: (principal) => registered?.signingClientOf(principal),
    admit: (principal, at) => registered?.admit(principal, at) ?? principal,
    dpop: {
      proofLifetime: authentication.dpop.proofLifetime,
      nonces:
        authentication.dpop.nonce === 'required' ? new DpopNonces(derivedSecret(gatewayKey, 'dpop nonce')) : undefined,
      replay: state.replay,
    },
    forwardedCertificate: listen.clientCertificate,
    revocations: state.revocations,
    maxRevocationsAge: config.state?.maxAge ?? Number.POSITIVE_INFINITY,
    publicOrigin,
    resourceMetadata: () => `${publicOrigin()}${RESOURCE_METADATA_PATH}`,
  });
};
