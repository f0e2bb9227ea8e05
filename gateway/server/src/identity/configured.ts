import { KeyObject } from 'node:crypto';

import type { SharedState } from '@lienthong/state';
import type { CryptoKey } from 'jose';

import type { GatewayConfig } from '../config/index.ts';
import { DpopNonces } from './dpop-nonce.ts';
import { type BindingOf, Identity } from './index.ts';
import { trustedIssuers } from './issuers.ts';
import { RESOURCE_METADATA_PATH } from './resource-metadata.ts';

export interface IdentitySurroundings {
  /** The gateway's own key, from which nonces are derived. */
  readonly gatewayKey: CryptoKey;
  readonly state: SharedState;
  readonly bindingOf: BindingOf;
  /** Scheme, host and port by which callers know the gateway. */
  readonly publicOrigin: () => string;
  readonly now: () => number;
}

/** Identity as the configuration wants it. */
export const configuredIdentity = (
  { authentication, listen }: GatewayConfig,
  { gatewayKey, state, bindingOf, publicOrigin, now }: IdentitySurroundings,
): Identity =>
  new Identity({
    tokens: { ...authentication, issuers: trustedIssuers(authentication.issuers, now) },
    boundTokens: authentication.boundTokens,
    bindingOf,
    dpop: {
      proofLifetime: authentication.dpop.proofLifetime,
      nonces: authentication.dpop.nonce === 'required' ? new DpopNonces(KeyObject.from(gatewayKey)) : undefined,
      replay: state.replay,
    },
    forwardedCertificate: listen.clientCertificate,
    revocations: state.revocations,
    publicOrigin,
    resourceMetadata: () => `${publicOrigin()}${RESOURCE_METADATA_PATH}`,
  });
