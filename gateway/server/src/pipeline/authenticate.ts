import { StateUnavailable } from '@lienthong/state';

import type { Outcome, ReceivedRequest } from '../context.ts';
import { PublicError } from '../errors.ts';
import type { Identified, Identity } from '../identity/index.ts';
import type { Principal } from '../policy/principal.ts';
import type { Quotas } from '../quotas/index.ts';

/**
 * Who asks, before any GraphQL is parsed, and whether he may ask once more.
 *
 * @param now milliseconds since the epoch
 * @throws PublicError UNAUTHENTICATED, ISSUER_UNAVAILABLE
 */
export const authenticate = (
  request: ReceivedRequest,
  identity: Identity,
  outcome: Outcome,
  now: number,
): Promise<Principal> | Principal => {
  const known = identity.identifyKnown(request, now);
  return known ? bearerOf(known, outcome) : identity.identify(request, now).then((found) => bearerOf(found, outcome));
};

const bearerOf = ({ principal, assured }: Identified, outcome: Outcome): Principal => {
  if (!assured) outcome.stateMissing = true;
  return principal;
};

/**
 * Counts a request of this caller.
 *
 * @throws PublicError QUOTA_EXCEEDED
 */
export const countRequest = (principal: Principal, quotas: Quotas, outcome: Outcome): Promise<void> | undefined => {
  const counting = quotas.takeRequest(principal, outcome);
  return counting && orLeaveOpen(outcome, counting);
};

/** What could not be looked up is left open: only personal data must not leave without it. */
export const orLeaveOpen = async (outcome: Outcome, looked: Promise<void>): Promise<void> => {
  try {
    await looked;
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error;
    outcome.stateMissing = true;
  }
};

/** What cannot be known for sure is refused, and may be asked again soon. */
export const stateUnavailable = (): PublicError =>
  new PublicError('STATE_UNAVAILABLE', { headers: { 'retry-after': '2' } });
