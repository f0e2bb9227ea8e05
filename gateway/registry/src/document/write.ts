import type { Partner, Quota } from '../partner.ts';
import { formatDuration } from './duration.ts';

/** A registration as it is written to a file or a database row: what `readPartner` reads, without client and status. */
export type PartnerDocument = Readonly<Record<string, unknown>>;

/** The registration of a partner, every default spelt out. */
export function documentOf(partner: Partner): PartnerDocument {
  const { name, org, contact, expires, authentication, bound, purposes } = partner;
  const { hideDenied, persistedDocumentsOnly, signedRequestsOnly, documents, login } = partner;
  return {
    name,
    org,
    contact,
    expires: expires ?? 'never',
    authentication,
    bound,
    purposes: purposes.map(({ quota, ...purpose }) => ({
      ...purpose,
      ...(quota === undefined ? {} : { quota: quotaDocument(quota) }),
    })),
    hideDenied,
    persistedDocumentsOnly,
    signedRequestsOnly,
    ...(documents === undefined ? {} : { documents }),
    ...(login === undefined ? {} : { login }),
  };
}

const quotaDocument = ({ requests, cost, citizensPerDay }: Quota) => ({
  ...(requests === undefined ? {} : { requests: { ...requests, per: formatDuration(requests.per) } }),
  ...(cost === undefined ? {} : { cost: { ...cost, per: formatDuration(cost.per) } }),
  ...(citizensPerDay === undefined ? {} : { citizensPerDay }),
});

/** The same without what must not be kept in records or shown on screens. */
export function withoutSecret(document: PartnerDocument): PartnerDocument {
  const { authentication } = document;
  if (typeof authentication !== 'object' || authentication === null || !('secret' in authentication)) return document;
  const { secret: _secret, ...others } = authentication;
  return { ...document, authentication: others };
}
