import type { Caller } from '@lienthong/kit';
import type { Catalogue } from '@lienthong/schema/catalogue';
import type { Delays } from './ledger.ts';

/**
 * As whom somebody looks at a person's disclosures: as that person, or as an inspector. Nobody else sees any.
 *
 * Scopes have been judged before (recheck); this says whose entries they open. A citizen's token opens its own citizen
 * alone, whatever scopes it carries.
 */
export type View = 'self' | 'inspector' | 'nobody';

/** The scope that makes an inspector. */
const INSPECT = 'audit:disclosure:read';

export const viewOf = ({ citizen, scopes }: Pick<Caller, 'citizen' | 'scopes'>, person: string): View => {
  if (citizen !== undefined) return citizen === person ? 'self' : 'nobody';
  return scopes.has(INSPECT) ? 'inspector' : 'nobody';
};

const DAY_MS = 86_400_000;

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/**
 * What the law delays for the person, by the catalogue's `shownAfterDays`; inspectors wait for nothing.
 *
 * A purpose that the catalogue does not know, which another issuer may have vouched for, waits the longest of all delays:
 * a misspelt purpose must not warn anybody, and nothing is hidden for ever. So does a record without a purpose.
 */
export const delaysOf = (view: View, purposes: Catalogue['purposes'], now: Date): Delays | undefined => {
  if (view === 'inspector') return undefined;
  const longest = Math.max(0, ...[...purposes.values()].map(({ shownAfterDays }) => shownAfterDays));
  return {
    madeBefore: new Map([...purposes].map(([code, { shownAfterDays }]) => [code, daysBefore(now, shownAfterDays)])),
    othersMadeBefore: daysBefore(now, longest),
  };
};
