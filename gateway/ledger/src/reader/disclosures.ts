import { type Entry, parseCanonical, type RecordKind } from '../format/index.ts';
import type { Ask } from '../store/database.ts';

/** What is asked of one data subject's entries. All that is given must fit. */
export interface DisclosureFilter {
  /** The ledger's id of the person. */
  readonly subject: string;
  /** Of the records' time; `until` is not included. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly agency?: string | undefined;
  readonly purpose?: string | undefined;
  readonly partner?: string | undefined;
}

export interface Visibility {
  /** Auditors see what is on hold. Default: false. */
  readonly includeHeld?: boolean | undefined;
  /** For how many milliseconds records of a purpose stay unseen by the person, where the law says so. */
  readonly delays?: ReadonlyMap<string, number> | undefined;
}

/** One record as it concerns one person: nothing of `operation`, nothing of anybody else. */
export interface Disclosure {
  readonly seq: number;
  readonly id: string;
  readonly kind: RecordKind;
  readonly time: string;
  readonly issuer?: string | undefined;
  readonly partner?: string | undefined;
  readonly agency?: string | undefined;
  readonly purpose?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly entry: Entry;
}

/**
 * Which entries are there for whom. Counts and pages ask by this one condition: a number that counted what is held would
 * tell of it. An INTENT shows only as long as no OUTCOME says how it ended.
 */
const VISIBLE = `
  from ledger.entries as entry join ledger.records as record using (seq)
  where entry.subject = $1 and record.parts is not null
    and ($2::timestamptz is null or record.time >= $2) and ($3::timestamptz is null or record.time < $3)
    and ($4::text is null or ledger.common(record) ->> 'agency' = $4)
    and ($5::text is null or ledger.common(record) ->> 'purpose' = $5)
    and ($6::text is null or ledger.common(record) ->> 'partner' = $6)
    and (record.kind <> 'INTENT' or exists (select from ledger.unfinished where unfinished.seq = record.seq))
    and ($7::boolean or not ledger.held(record, $8))
    and record.time <= $8::timestamptz - coalesce(($9::jsonb ->> (ledger.common(record) ->> 'purpose'))::bigint, 0)
      * interval '1 millisecond'`;

const valuesOf = (
  { subject, from, until, agency, purpose, partner }: DisclosureFilter,
  { includeHeld = false, delays = new Map() }: Visibility,
  now: number,
): unknown[] => [
  subject,
  ...[from ?? null, until ?? null, agency ?? null, purpose ?? null, partner ?? null],
  includeHeld,
  new Date(now),
  JSON.stringify(Object.fromEntries(delays)),
];

export const countDisclosures = async (
  ask: Ask,
  filter: DisclosureFilter,
  visibility: Visibility,
  now: number,
): Promise<number> => {
  const [row] = await ask<{ count: number }>(`select count(*) as count ${VISIBLE}`, valuesOf(filter, visibility, now));
  return row?.count ?? 0;
};

export interface Page {
  /** At most so many. */
  readonly limit: number;
  /** The seq of the last one of the page before. */
  readonly before?: number | undefined;
}

/** The latest first. */
export const listDisclosures = async (
  ask: Ask,
  filter: DisclosureFilter,
  { limit, before }: Page,
  visibility: Visibility,
  now: number,
): Promise<readonly Disclosure[]> => {
  const rows = await ask<{ seq: number; common: string; entry: string }>(
    `select record.seq, split_part(record.parts, E'\\t', 1) as common, split_part(record.parts, E'\\t', entry.slot + 1) as entry
     ${VISIBLE} and ($10::bigint is null or entry.seq < $10) order by entry.seq desc limit $11`,
    [...valuesOf(filter, visibility, now), before ?? null, limit],
  );
  return rows.map(disclosureOf);
};

/** Whether that record is there for the person: what is not listed is not proven either. */
export const isVisible = async (
  ask: Ask,
  filter: DisclosureFilter,
  seq: number,
  visibility: Visibility,
  now: number,
): Promise<boolean> => {
  const rows = await ask(`select 1 as found ${VISIBLE} and entry.seq = $10`, [
    ...valuesOf(filter, visibility, now),
    seq,
  ]);
  return rows.length > 0;
};

const disclosureOf = ({ seq, common, entry }: { seq: number; common: string; entry: string }): Disclosure => {
  const [about, own] = [parseCanonical(common), parseCanonical(entry)] as unknown as [Disclosure, Entry];
  if (about === undefined || own === undefined) throw new TypeError(`record ${seq} has a part that is none`);
  const { id, kind, time, issuer, partner, agency, purpose, legalBasis } = about;
  return { seq, id, kind, time, issuer, partner, agency, purpose, legalBasis, entry: own };
};
