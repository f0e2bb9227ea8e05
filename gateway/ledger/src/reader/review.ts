import type { Ask } from '../store/database.ts';

/** A window of time; `until` is not included. */
export interface Window {
  readonly from: Date;
  readonly until: Date;
}

export interface VolumeQuestion extends Window {
  readonly by: 'officer' | 'partner';
  /** Only those with at least so many. Default: 1. */
  readonly records?: number;
  readonly subjects?: number;
  /**
   * Only records of these hours (0–23, of Asia/Ho_Chi_Minh), for what happens while nobody should be working; a window
   * over midnight lists them all: [22, 23, 0, 1, …].
   */
  readonly hours?: readonly number[];
  /** Default: 100. */
  readonly limit?: number;
}

/** How much one officer or one partner had disclosed. */
export interface Volume {
  readonly who: string;
  readonly records: number;
  /** Entries: one person in ten records counts ten times. */
  readonly entries: number;
  readonly denied: number;
  readonly latest: Date;
}

/** The busiest first. An OUTCOME counts, its INTENT does not. */
export const volumes = (
  ask: Ask,
  { from, until, by, records = 1, subjects = 0, hours, limit = 100 }: VolumeQuestion,
): Promise<readonly Volume[]> =>
  ask<Volume>(
    `select who, count(*) as records, sum(entries)::bigint as entries, count(*) filter (where denied) as denied, max(time) as latest
       from (
         select record.time, (ledger.operation(record) ->> 'subjects')::bigint as entries,
           ledger.operation(record) -> 'denied' <> '[]' as denied,
           case $3 when 'officer' then ledger.operation(record) ->> 'officer' else ledger.common(record) ->> 'partner' end as who
         from ledger.records as record
         where record.time >= $1 and record.time < $2 and record.kind in ('ANSWER', 'OUTCOME')
           and ($6::integer[] is null or extract(hour from record.time at time zone 'Asia/Ho_Chi_Minh')::integer = any ($6))
       ) as each
       where who is not null
       group by who having count(*) >= $4 and sum(entries) >= $5
       order by entries desc, records desc, who limit $7`,
    [from, until, by, records, subjects, hours ?? null, limit],
  );

/** What reviewers see of one record: who, when, why and how much, not of whom. */
export interface Reviewed {
  readonly seq: number;
  readonly id: string;
  readonly time: Date;
  readonly partner: string | null;
  readonly agency: string | null;
  readonly officer: string | null;
  readonly case: string | null;
  readonly purpose: string | null;
  readonly entries: number;
}

const REVIEWED = `record.seq, record.id, record.time, ledger.common(record) ->> 'partner' as partner,
  ledger.common(record) ->> 'agency' as agency, ledger.operation(record) ->> 'officer' as officer,
  ledger.operation(record) ->> 'case' as "case", ledger.common(record) ->> 'purpose' as purpose,
  (ledger.operation(record) ->> 'subjects')::bigint as entries`;

/** Every use of some purposes, such as EMERGENCY, which opens what else stays closed and is looked at afterwards. */
export const usesOf = (
  ask: Ask,
  {
    from,
    until,
    purposes,
    before,
    limit = 100,
  }: Window & {
    readonly purposes: readonly string[];
    /** The seq of the last one of the page before. */
    readonly before?: number;
    readonly limit?: number;
  },
): Promise<readonly Reviewed[]> =>
  ask<Reviewed>(
    `select ${REVIEWED} from ledger.records as record
       where record.time >= $1 and record.time < $2 and record.kind in ('ANSWER', 'OUTCOME')
         and ledger.common(record) ->> 'purpose' = any ($3) and ($4::bigint is null or record.seq < $4)
       order by record.seq desc limit $5`,
    [from, until, purposes, before ?? null, limit],
  );

/** Mutations that began before that moment and of which nobody has said how they ended, the oldest first. */
export const unfinishedBefore = (ask: Ask, moment: Date, limit: number): Promise<readonly Reviewed[]> =>
  ask<Reviewed>(
    `select ${REVIEWED} from ledger.unfinished join ledger.records as record using (seq)
       where unfinished.time < $1 and record.parts is not null order by record.seq limit $2`,
    [moment, limit],
  );
