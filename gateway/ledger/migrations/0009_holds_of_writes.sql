-- A write is two records. Whoever holds the INTENT back holds its OUTCOME too, also one that is yet to come: otherwise the
-- person would read of it once the write has ended.
create or replace function ledger.held(record ledger.records, at timestamptz) returns boolean language sql stable
  return exists (
    select from ledger.holds as hold
    where hold.lifted_at is null
      and (hold.ends_at is null or hold.ends_at > at)
      and (
        hold.records is null
        or record.id = any (hold.records)
        or record.kind = 'OUTCOME' and (ledger.operation(record) ->> 'intent')::uuid = any (hold.records)
      )
      and (hold.from_time is null or record.time >= hold.from_time)
      and (hold.until_time is null or record.time < hold.until_time)
      and (hold.partner is null or hold.partner = ledger.common(record) ->> 'partner')
      and (hold.case_id is null or hold.case_id = ledger.operation(record) ->> 'case')
      and (
        hold.subject is null
        or exists (select from ledger.entries as entry where entry.subject = hold.subject and entry.seq = record.seq)
      )
  );
