import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Common, Delays, EntryFilter, EntryPage, LedgerEntry } from './ledger.ts';

interface EntryRow {
  readonly subject: string;
  readonly seq: number;
  readonly common: Common;
  readonly entry: {
    readonly coordinates: LedgerEntry['coordinates'];
    readonly passed?: LedgerEntry['passed'];
  };
  readonly officer: string | null;
  readonly case: string | null;
}

const entryOf = ({ seq, common, entry, officer, case: dossier }: EntryRow): LedgerEntry => ({
  seq,
  common,
  coordinates: entry.coordinates,
  passed: entry.passed ?? [],
  ...(officer === null ? {} : { officer }),
  ...(dossier === null ? {} : { case: dossier }),
});

type Condition = RawBuilder<unknown>;

/** What people read of themselves. Neither delayed nor held: that it is missing would tell somebody of a hold. */
const OWN = sql`said.common ->> 'legalBasis' is not distinct from 'SELF'`;

/** What is older than every delay needs no look into its purpose: of a long life that is nearly all. */
const madeBy = ({ madeBefore, othersMadeBefore }: Delays): Condition => {
  const earliest = new Date(
    Math.min(othersMadeBefore.getTime(), ...[...madeBefore.values()].map((date) => date.getTime())),
  );
  const byPurpose = JSON.stringify(
    Object.fromEntries([...madeBefore].map(([code, date]) => [code, date.toISOString()])),
  );
  return sql`(record.time <= ${earliest.toISOString()}::timestamptz or ${OWN} or record.time <=
    coalesce((${byPurpose}::jsonb ->> (said.common ->> 'purpose'))::timestamptz, ${othersMadeBefore.toISOString()}::timestamptz))`;
};

/** Asked once for the statement: mostly nothing is held. */
const NO_HOLDS = sql`not exists (select from ledger.holds where lifted_at is null)`;

/**
 * Which entries are there at all, for whoever asks: records with a body, no hold on them (migrations of the ledger,
 * `ledger.held`), and of a mutation its outcome, or its intent as long as nobody has said how it ended.
 */
const standing = (now: Date): readonly Condition[] => [
  sql`record.parts is not null`,
  sql`record.kind <> 'RETENTION'`,
  sql`(record.kind <> 'INTENT' or exists (select from ledger.unfinished as one where one.id = record.id))`,
  sql`(${NO_HOLDS} or ${OWN} or not ledger.held(record, ${now.toISOString()}::timestamptz))`,
];

const chosen = ({ from, until, agencies, purpose, id, own, delays }: EntryFilter): readonly Condition[] => [
  ...(id === undefined ? [] : [sql`record.id = ${id}::uuid`]),
  ...(from === undefined ? [] : [sql`record.time >= ${from.toISOString()}::timestamptz`]),
  ...(until === undefined ? [] : [sql`record.time < ${until.toISOString()}::timestamptz`]),
  ...(agencies === undefined ? [] : [sql`said.common ->> 'agency' = any(${[...agencies]}::text[])`]),
  ...(purpose === undefined ? [] : [sql`said.common ->> 'purpose' = ${purpose}`]),
  ...(own === undefined ? [] : [own ? OWN : sql`not (${OWN})`]),
  ...(delays === undefined ? [] : [madeBy(delays)]),
];

const source = (conditions: readonly Condition[]): Condition => sql`
  ledger.entries as entry
  join ledger.records as record on record.seq = entry.seq
  cross join lateral (select ledger.common(record) as common) as said
  where entry.subject = asked.subject and ${sql.join(conditions, sql` and `)}`;

/** The entries of each subject, by one statement however many there are. */
export const readEntries = async <Tables>(
  db: Kysely<Tables>,
  subjects: readonly string[],
  filter: EntryFilter,
  { before, limit }: EntryPage,
  now: Date,
): Promise<readonly (readonly LedgerEntry[])[]> => {
  const conditions = [
    ...standing(now),
    ...chosen(filter),
    ...(before === undefined ? [] : [sql`entry.seq < ${before}::bigint`]),
  ];
  const { rows } = await sql<EntryRow>`
    select asked.subject, found.* from unnest(${[...subjects]}::text[]) as asked (subject)
    cross join lateral (
      select record.seq, said.common, split_part(record.parts, E'\\t', entry.slot + 1)::jsonb as entry,
        ledger.operation(record) ->> 'officer' as officer, ledger.operation(record) ->> 'case' as "case"
      from ${source(conditions)}
      order by entry.seq desc
      limit ${limit}
    ) as found
    order by found.seq desc`.execute(db);
  const bySubject = new Map<string, LedgerEntry[]>(subjects.map((subject) => [subject, []]));
  for (const row of rows) bySubject.get(row.subject)?.push(entryOf(row));
  return subjects.map((subject) => bySubject.get(subject) ?? []);
};

/** How many entries each subject has. */
export const countEntries = async <Tables>(
  db: Kysely<Tables>,
  subjects: readonly string[],
  filter: EntryFilter,
  now: Date,
): Promise<readonly number[]> => {
  const { rows } = await sql<{ subject: string; many: number }>`
    select asked.subject, found.many from unnest(${[...subjects]}::text[]) as asked (subject)
    cross join lateral (select count(*) as many from ${source([...standing(now), ...chosen(filter)])}) as found
  `.execute(db);
  const bySubject = new Map(rows.map(({ subject, many }) => [subject, many]));
  return subjects.map((subject) => bySubject.get(subject) ?? 0);
};
