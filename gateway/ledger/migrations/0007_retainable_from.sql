-- A run of many steps need not look at what its steps before have deleted already. Whoever keeps is admitted again.
drop function ledger.retainable(timestamptz);

-- The records that may go now, none before `start`: from the first that can, up to the one before the first that is too
-- young. Null: none.
create function ledger.retainable(before timestamptz, start bigint default 0, out from_seq bigint, out to_seq bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  select record.seq into from_seq from ledger.records as record
    where record.seq >= start and record.kind <> 'RETENTION' and record.time < before
      and not ledger.held(record, clock_timestamp())
    order by record.seq limit 1;
  select record.seq - 1 into to_seq from ledger.records as record
    where record.seq > from_seq and record.kind <> 'RETENTION' and record.time >= before order by record.seq limit 1;
  if to_seq is null and from_seq is not null then
    select tip.size - 1 into to_seq from ledger.tip;
  end if;
end $$;
revoke all on function ledger.retainable from public;
