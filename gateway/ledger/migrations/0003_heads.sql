-- How large the tree is, and of which perfect subtrees it is made up.
create function ledger.state() returns table (size bigint, frontier bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select size, frontier from ledger.tip;
end;

-- Hashes of the log's tree at levels 0 (leaves), 8, 16, … with indexes from `lows` up to, not including, `highs`. They are
-- no secret: nobody gets from them to a record.
create function ledger.hashes(levels smallint[], lows bigint[], highs bigint[])
returns table (level smallint, index bigint, hash bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  for i in 1..coalesce(cardinality(levels), 0) loop
    if levels[i] = 0 then
      return query select 0::smallint, record.seq, sha256('\x00'::bytea || record.root) from ledger.records as record
        where record.seq >= lows[i] and record.seq < highs[i];
    else
      return query select node.level, node.index, node.hash from ledger.nodes as node
        where node.level = levels[i] and node.index >= lows[i] and node.index < highs[i];
    end if;
  end loop;
end $$;

create function ledger.last_head() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select jws from ledger.heads order by number desc limit 1;
end;

create function ledger.keep_head(size bigint, signed timestamptz, jws text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if keep_head.size > (select tip.size from ledger.tip) then
    raise exception 'a head of more records than there are' using errcode = 'invalid_parameter_value';
  end if;
  insert into ledger.heads (size, time, jws) values (keep_head.size, signed, keep_head.jws);
end $$;
