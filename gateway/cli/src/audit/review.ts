import type { Database } from '@lienthong/kit/database';

type Pool = Database<unknown>['pool'];

/** What is looked for, and where it begins to be worth a look. */
export interface ReviewBounds {
  /** From here on, ISO 8601. */
  readonly since: string;
  /** Persons in one answer that make it a bulk. */
  readonly bulk: number;
  /** Persons a day that one officer or partner looks at. */
  readonly volume: number;
}

/** One record that somebody should look at. */
export interface Access {
  readonly seq: number;
  readonly id: string;
  readonly time: string;
  readonly agency: string | null;
  readonly partner: string | null;
  readonly officer: string | null;
  readonly case: string | null;
  readonly purpose: string | null;
  /** Data subjects. */
  readonly people: number;
}

/** A day on which somebody looked at many persons. */
export interface Busy {
  readonly day: string;
  readonly agency: string | null;
  readonly partner: string | null;
  /** Null: the partner for itself. */
  readonly officer: string | null;
  readonly records: number;
  readonly people: number;
  /** On half of the days before, up to four weeks, so many at most; null: there were none. */
  readonly usual: number | null;
}

export interface Review {
  /** Emergencies open what no other purpose does: each is justified afterwards. */
  readonly emergencies: readonly Access[];
  readonly offHours: readonly Access[];
  readonly volume: readonly Busy[];
}

/** Whose working hours they are. */
const ZONE = 'Asia/Ho_Chi_Minh';
/** Times of what is usual for somebody. */
const UNUSUAL = 5;

/** Reads what of the ledger should be looked at by a person. The bounds are rough: they find cases, they accuse nobody. */
export async function review(pool: Pool, { since, bulk, volume }: ReviewBounds): Promise<Review> {
  // Over weeks of a busy ledger this takes minutes.
  await pool.query('set statement_timeout = 0');
  const emergencies = await pool.query<Access>(`${ACCESS} and common ->> 'purpose' = 'EMERGENCY' order by seq`, [
    since,
  ]);
  const offHours = await pool.query<Access>(
    `${ACCESS} and (operation ->> 'subjects')::integer >= $2
      and (extract(isodow from time at time zone '${ZONE}') > 5
        or (time at time zone '${ZONE}')::time not between '07:00' and '18:00')
      order by seq`,
    [since, bulk],
  );
  const busy = await pool.query<Busy>(VOLUME, [since, volume]);
  return { emergencies: emergencies.rows, offHours: offHours.rows, volume: busy.rows };
}

const iso = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** INTENTs are left out: their OUTCOME says the same again. */
const ACCESS = `
  with record as (
    select seq, id, time, ledger.common(record) as common, ledger.operation(record) as operation
    from ledger.records as record
    where time >= $1::timestamptz and kind in ('ANSWER', 'OUTCOME')
  )
  select seq, id, ${iso('time')} as time, common ->> 'agency' as agency, common ->> 'partner' as partner,
    operation ->> 'officer' as officer, operation ->> 'case' as case, common ->> 'purpose' as purpose,
    (operation ->> 'subjects')::integer as people
  from record where true`;

const VOLUME = `
  with asked as (
    select ledger.common(record) ->> 'agency' as agency, ledger.common(record) ->> 'partner' as partner,
      ledger.operation(record) ->> 'officer' as officer, (time at time zone '${ZONE}')::date as day, entry.seq, subject
    from ledger.records as record join ledger.entries as entry using (seq)
    where time >= $1::timestamptz - interval '28 days' and kind in ('ANSWER', 'OUTCOME')
  ), daily as (
    select agency, partner, officer, day, count(distinct seq)::integer as records, count(distinct subject)::integer as people
    from asked group by agency, partner, officer, day
  )
  select day::text, agency, partner, officer, records, people, usual from daily
  left join lateral (
    select percentile_disc(0.5) within group (order by other.people) as usual from daily as other
    where (other.agency, other.partner, other.officer) is not distinct from (daily.agency, daily.partner, daily.officer)
      and other.day < daily.day and other.day >= daily.day - 28
  ) as before on true
  where day >= ($1::timestamptz at time zone '${ZONE}')::date and people >= greatest($2, ${UNUSUAL} * coalesce(usual, 0))
  order by day, people desc`;
