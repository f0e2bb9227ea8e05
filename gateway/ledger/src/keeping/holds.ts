import type { Ask } from '../store/database.ts';

/**
 * What an investigation keeps back: data subjects do not see these records, and retention leaves them alone. All
 * criteria that are given must fit; at least one of the first four is needed, so that nobody holds everything.
 */
export interface NewHold {
  /** Ids of records. */
  readonly records?: readonly string[] | undefined;
  readonly case?: string | undefined;
  readonly partner?: string | undefined;
  readonly subject?: string | undefined;
  /** Of the records' time; `until` is not included. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly reason: string;
  /** Who decided. */
  readonly by: string;
  /** When the hold ends by itself; absent: when it is lifted. */
  readonly ends?: Date | undefined;
}

/** A hold as it is kept; for ever, lifted or not. */
export interface Hold extends NewHold {
  readonly id: string;
  readonly placed: Date;
  readonly lifted?: { readonly by: string; readonly at: Date } | undefined;
}

export const placeHold = async (ask: Ask, hold: NewHold): Promise<string> => {
  const [row] = await ask<{ id: string }>(
    `insert into ledger.holds (records, case_id, partner, subject, from_time, until_time, reason, placed_by, ends_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
    [
      ...[hold.records ?? null, hold.case ?? null, hold.partner ?? null, hold.subject ?? null],
      ...[hold.from ?? null, hold.until ?? null, hold.reason, hold.by, hold.ends ?? null],
    ],
  );
  if (row === undefined) throw new TypeError('the store did not answer with the id of the hold');
  return row.id;
};

export const liftHold = async (ask: Ask, id: string, by: string): Promise<boolean> => {
  const rows = await ask(
    `update ledger.holds set lifted_by = $2, lifted_at = clock_timestamp() where id = $1 and lifted_at is null returning id`,
    [id, by],
  );
  return rows.length > 0;
};

interface Row {
  readonly id: string;
  readonly records: string[] | null;
  readonly case_id: string | null;
  readonly partner: string | null;
  readonly subject: string | null;
  readonly from_time: Date | null;
  readonly until_time: Date | null;
  readonly reason: string;
  readonly placed_by: string;
  readonly placed_at: Date;
  readonly ends_at: Date | null;
  readonly lifted_by: string | null;
  readonly lifted_at: Date | null;
}

/** From the first to the last. */
export const listHolds = async (ask: Ask): Promise<readonly Hold[]> => {
  const rows = await ask<Row>('select * from ledger.holds order by placed_at, id');
  return rows.map((row) => ({
    id: row.id,
    records: row.records ?? undefined,
    case: row.case_id ?? undefined,
    partner: row.partner ?? undefined,
    subject: row.subject ?? undefined,
    from: row.from_time ?? undefined,
    until: row.until_time ?? undefined,
    reason: row.reason,
    by: row.placed_by,
    ends: row.ends_at ?? undefined,
    placed: row.placed_at,
    lifted: row.lifted_by !== null && row.lifted_at !== null ? { by: row.lifted_by, at: row.lifted_at } : undefined,
  }));
};
