-- Of several signers one may keep its head after another's larger one: the largest is the one that binds.
create or replace function ledger.last_head() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select jws from ledger.heads order by size desc, number desc limit 1;
end;

-- Nobody deletes ahead of time: what a RETENTION record covers is older than the record itself.
create function ledger.guard_retention() returns trigger language plpgsql as $$
begin
  if new.before > (select time from ledger.records where seq = new.seq) then
    raise exception 'retention of what is still to come' using errcode = 'invalid_parameter_value';
  end if;
  return new;
end $$;
revoke all on function ledger.guard_retention from public;
create trigger retentions_look_back before insert on ledger.retentions
  for each row execute function ledger.guard_retention();
