import type { Partner } from '@lienthong/registry';
import type { UpstreamSettings } from '../config/upstream.ts';
import type { Citizens } from '../grants/citizens.ts';
import type { Person } from '../grants/mint.ts';
import type { UpstreamClaims } from './upstream.ts';

/** Why somebody whom the upstream provider knows gets no token here; shown to the person. */
export type Unfit = 'no_personal_number' | 'no_officer' | 'other_agency';

/**
 * Whom a token is about, from what the upstream provider says. A citizen is known by the personal number, which ends
 * here: the token carries its pseudonym. An officer acts in one's own name for the agency that the client is registered
 * for, and for no other.
 */
export function personOf(
  claims: UpstreamClaims,
  { login, org }: Partner,
  names: UpstreamSettings['claims'],
  citizens: Citizens,
): Person | Unfit {
  if (login?.of !== 'officers') return citizens(claims[names.personalNumber]) ?? 'no_personal_number';
  const officer = claims[names.officer];
  if (typeof officer !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(officer)) return 'no_officer';
  if (claims[names.agency] !== org) return 'other_agency';
  return { sub: officer };
}
