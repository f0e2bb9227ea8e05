import { StateUnavailable } from '@lienthong/state';

import type { ReceivedRequest } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Principal } from '../policy/principal.ts';

/**
 * Who asks, before any GraphQL is parsed.
 *
 * @param now milliseconds since the epoch
 * @throws PublicError UNAUTHENTICATED, ISSUER_UNAVAILABLE, STATE_UNAVAILABLE
 */
export const authenticate = async (request: ReceivedRequest, identity: Identity, now: number): Promise<Principal> => {
  try {
    return await identity.identify(request, now);
  } catch (error) {
    throw error instanceof StateUnavailable ? stateUnavailable() : error;
  }
};

/** What cannot be known for sure is refused, and may be asked again soon. */
export const stateUnavailable = (): PublicError =>
  new PublicError('STATE_UNAVAILABLE', { headers: { 'retry-after': '2' } });
