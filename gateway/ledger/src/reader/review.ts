import type { Ask } from '../store/database.ts';

/** What is looked for, and where it begins to be worth a look. */
export interface ReviewQuestion {
  readonly since: Date;
  /** Not included; absent: up to now. */
  readonly until?: Date | undefined;
  /** Persons in one answer, or in all of one night, that make it a bulk. */
  readonly bulk: number;
  /** Persons a day that one officer or partner looks at. */
  readonly volume: number;
}

/** What reviewers see of one record: who, when, why and how much, not of whom. */
export interface Reviewed {
  readonly seq: number;
  readonly id: string;
  readonly time: Date;
  readonly agency: string | null;
  readonly partner: string | null;
  readonly officer: string | null;
  readonly case: string | null;
  readonly purpose: string | null;
  /** Data subjects. */
  readonly people: number;
}

/** A day, or a night, in which somebody looked at many persons. */
export interface BusyDay {
  /** In the province: `2026-11-23`. A night is that of the day on which it begins, at seven in the morning at a weekend. */
  readonly day: string;
  readonly agency: string | null;
  readonly partner: string | null;
  /** Null: the partner for itself, or all of its officers together. */
  readonly officer: string | null;
  /** How many officers this is of together; 1: of the one that is named, or of the partner for itself. */
  readonly officers: number;
  readonly records: number;
  /** Each counts once, in however many records. */
  readonly people: number;
  /** On half of the days, or nights, before, up to four weeks, so many at most; null: there were none. */
  readonly usual: number | null;
}

/** What of the ledger a person should look at. */
export interface Review {
  /** Emergencies open what no other purpose does: each is justified afterwards. */
  readonly emergencies: readonly Reviewed[];
  /** Bulks outside of working hours. */
  readonly offHours: readonly Reviewed[];
  /** The same taken in small answers. */
  readonly busyNights: readonly BusyDay[];
  readonly busyDays: readonly BusyDay[];
}

/** The bounds are rough: they find cases, they accuse nobody. */
export const reviewOf = async (
  ask: Ask,
  { since, until = FOR_EVER, bulk, volume }: ReviewQuestion,
): Promise<Review> => {
  const emergencies = `${ASKED} and ledger.common(record) ->> 'purpose' = 'EMERGENCY' order by seq`;
  const busy = await ask<BusyDay & { readonly night: boolean }>(BUSY, [since, until, volume, bulk]);
  const busyAt = (night: boolean) => busy.flatMap(({ night: its, ...day }) => (its === night ? [day] : []));
  return {
    emergencies: await ask<Reviewed>(emergencies, [since, until]),
    offHours: await ask<Reviewed>(OFF_HOURS, [since, until, bulk]),
    busyNights: busyAt(true),
    busyDays: busyAt(false),
  };
};

/** Mutations of which nobody has said how they ended. */
export interface Unfinished {
  /** How many there are, listed or not. */
  readonly all: number;
  /** The oldest first. */
  readonly records: readonly Reviewed[];
}

/** Those that began before that moment. */
export const unfinishedBefore = async (ask: Ask, moment: Date, limit: number): Promise<Unfinished> => {
  const rows = await ask<Reviewed & { readonly all: number }>(
    `select ${REVIEWED}, count(*) over () as "all" from ledger.unfinished join ledger.records as record using (seq)
       where unfinished.time < $1 and record.parts is not null order by record.seq limit $2`,
    [moment, limit],
  );
  return { all: rows[0]?.all ?? 0, records: rows.map(({ all: _, ...record }) => record) };
};

const FOR_EVER = new Date('9999-12-31T23:59:59.999Z');
/** Whose days and working hours they are. */
const ZONE = 'Asia/Ho_Chi_Minh';
/** Times of what is usual for somebody. */
const UNUSUAL = 5;

const REVIEWED = `record.seq, record.id, record.time, ledger.common(record) ->> 'agency' as agency,
  ledger.common(record) ->> 'partner' as partner, ledger.operation(record) ->> 'officer' as officer,
  ledger.operation(record) ->> 'case' as "case", ledger.common(record) ->> 'purpose' as purpose,
  (ledger.operation(record) ->> 'subjects')::integer as people`;

/**
 * INTENTs are left out where their OUTCOME says the same again. One that nobody has told the end of is listed: who kills a
 * gateway after an emergency must not be the one of whom nobody asks why.
 */
const ASKED = `select ${REVIEWED} from ledger.records as record
  where record.time >= $1 and record.time < $2 and (record.kind in ('ANSWER', 'OUTCOME')
    or record.kind = 'INTENT' and exists (select from ledger.unfinished where unfinished.id = record.id))`;

/** @param local a moment in the province */
const isOffHours = (local: string) =>
  `(extract(isodow from ${local}) > 5 or (${local})::time not between '07:00' and '18:00')`;

const OFF_HOURS = `${ASKED} and (ledger.operation(record) ->> 'subjects')::integer >= $3
  and ${isOffHours(`record.time at time zone '${ZONE}'`)}
  order by record.seq`;

/** Both out of one reading of the ledger, which is what takes the time. */
const BUSY = `
  with asked as (
    select ledger.common(record) ->> 'agency' as agency, ledger.common(record) ->> 'partner' as partner,
      ledger.operation(record) ->> 'officer' as officer, record.time at time zone '${ZONE}' as local, entry.seq, subject
    from ledger.records as record join ledger.entries as entry using (seq)
    where record.time >= $1::timestamptz - interval '28 days' and record.time < $2 and record.kind in ('ANSWER', 'OUTCOME')
  ), counted as (
    select false as night, local::date as day, agency, partner, officer, seq, subject from asked
    union all
    -- What is past midnight is of the night before.
    select true, (local - interval '7 hours')::date, agency, partner, officer, seq, subject from asked
    where ${isOffHours('local')}
  ), daily as (
    -- Officers, and their partner as a whole: many may each look at few.
    select night, agency, partner, officer, day, grouping(officer) = 1 as whole,
      count(distinct coalesce(officer, ''))::integer as officers, count(distinct seq)::integer as records,
      count(distinct subject)::integer as people
    from counted group by grouping sets ((night, agency, partner, officer, day), (night, agency, partner, day))
  )
  select night, day::text, agency, partner, officer, officers, records, people, usual from daily
  left join lateral (
    select percentile_disc(0.5) within group (order by other.people) as usual from daily as other
    where (other.night, other.agency, other.partner, other.officer, other.whole)
        is not distinct from (daily.night, daily.agency, daily.partner, daily.officer, daily.whole)
      and other.day < daily.day and other.day >= daily.day - 28
  ) as before on true
  where day >= (($1::timestamptz at time zone '${ZONE}') - case when night then interval '7 hours' else interval '0' end)::date
    -- First what any day has to have: only for the few that do, the days before are looked at.
    and people >= case when night then $4::integer else $3::integer end and (officers > 1 or not whole)
    and people >= ${UNUSUAL} * coalesce(usual, 0)
    -- One answer is listed by itself.
    and (records > 1 or not night)
  order by day, people desc, officers`;
