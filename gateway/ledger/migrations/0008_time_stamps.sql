-- Time stamps (RFC 3161) of heads, by authorities outside. Whoever writes or reads is admitted again.
create table ledger.time_stamps (
  number bigint generated always as identity primary key,
  head bigint not null references ledger.heads (number),
  -- As the token says.
  time timestamptz not null,
  token bytea not null check (length(token) between 1 and 65536)
);
create index time_stamps_head on ledger.time_stamps (head);
create index time_stamps_time on ledger.time_stamps (time);
create trigger time_stamps_stay before update or delete or truncate on ledger.time_stamps
  for each statement execute function ledger.refuse();

-- The head that binds, whether it is stamped, and when any was stamped last. No row: there is no head.
create function ledger.stamping() returns table (head bigint, jws text, stamped boolean, latest timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select last.number, last.jws, exists (select from ledger.time_stamps where time_stamps.head = last.number),
    (select max(time_stamps.time) from ledger.time_stamps)
  from ledger.heads as last order by last.size desc, last.number desc limit 1;
end;

create function ledger.keep_time_stamp(head bigint, made timestamptz, token bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
  insert into ledger.time_stamps (head, time, token) values (keep_time_stamp.head, made, keep_time_stamp.token);
end;

revoke all on function ledger.stamping, ledger.keep_time_stamp from public;

create or replace function ledger.admit(role regrole, work text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema ledger to %s', role);
  case work
    when 'write' then
      execute format(
        'grant execute on function ledger.append, ledger.state, ledger.hashes, ledger.last_head, ledger.keep_head, ledger.stamping, ledger.keep_time_stamp to %s',
        role);
    when 'read' then
      execute format('grant select on all tables in schema ledger to %s', role);
      execute format(
        'grant execute on function ledger.state, ledger.hashes, ledger.last_head, ledger.common, ledger.operation, ledger.held to %s',
        role);
    when 'keep' then
      execute format('grant select on ledger.holds to %s', role);
      execute format('grant insert, update on ledger.holds to %s', role);
      execute format('grant execute on function ledger.retain, ledger.retainable, ledger.last_head to %s', role);
    else
      raise exception 'roles are admitted to write, read or keep' using errcode = 'invalid_parameter_value';
  end case;
end $$;
