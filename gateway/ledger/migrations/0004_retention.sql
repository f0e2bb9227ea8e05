-- Which holds a record is under, at that moment.
create function ledger.held(record ledger.records, at timestamptz) returns boolean language sql stable
  return exists (
    select from ledger.holds as hold
    where hold.lifted_at is null
      and (hold.ends_at is null or hold.ends_at > at)
      and (hold.records is null or record.id = any (hold.records))
      and (hold.from_time is null or record.time >= hold.from_time)
      and (hold.until_time is null or record.time < hold.until_time)
      and (hold.partner is null or hold.partner = ledger.common(record) ->> 'partner')
      and (hold.case_id is null or hold.case_id = ledger.operation(record) ->> 'case')
      and (
        hold.subject is null
        or exists (select from ledger.entries as entry where entry.subject = hold.subject and entry.seq = record.seq)
      )
  );

-- The records that may go now: from the first that can, up to the one before the first that is too young. Null: none.
create function ledger.retainable(before timestamptz, out from_seq bigint, out to_seq bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  select record.seq into from_seq from ledger.records as record
    where record.kind <> 'RETENTION' and record.time < before and not ledger.held(record, clock_timestamp())
    order by record.seq limit 1;
  select record.seq - 1 into to_seq from ledger.records as record
    where record.seq > from_seq and record.kind <> 'RETENTION' and record.time >= before order by record.seq limit 1;
  if to_seq is null and from_seq is not null then
    select tip.size - 1 into to_seq from ledger.tip;
  end if;
end $$;

-- Appends a RETENTION record, and deletes what it covers: at once, or not at all. Answers how many bodies went.
create function ledger.retain(record text, secrets bytea) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  said constant jsonb := split_part(record, E'\t', 2)::jsonb -> 'retention';
  first constant bigint := (said ->> 'from')::bigint;
  last constant bigint := (said ->> 'to')::bigint;
  old constant timestamptz := (said ->> 'before')::timestamptz;
  own bigint;
  gone bigint;
begin
  own := (ledger.write(array[record], secrets, true))[1];
  if exists (select from ledger.retentions where seq = own) then
    return 0;
  end if;
  if exists (
    select from ledger.records as newer
    where newer.seq between first and last and newer.kind <> 'RETENTION' and newer.time >= old
  ) then
    raise exception 'a record of the range is not that old' using errcode = 'invalid_parameter_value';
  end if;
  insert into ledger.retentions (seq, from_seq, to_seq, before) values (own, first, last, old);
  update ledger.records as body set id = null, kind = null, time = null, key = null, parts = null
    where body.seq between first and last and body.kind <> 'RETENTION' and not ledger.held(body, clock_timestamp());
  get diagnostics gone = row_count;
  delete from ledger.entries as entry using ledger.records as body
    where entry.seq between first and last and body.seq = entry.seq and body.parts is null;
  delete from ledger.unfinished as one using ledger.records as body
    where one.seq between first and last and body.seq = one.seq and body.parts is null;
  return gone;
end $$;
