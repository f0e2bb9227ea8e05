-- Writes records, each a line of parts joined by tabs; `secrets` holds 64 bytes for each: record key and record root.
-- Answers the seq of each. A record that is there already (same id and kind, same root) is skipped and answers the seq
-- that it has: whoever lost the connection before the answer may ask again.
create function ledger.write(lines text[], secrets bytea, retention boolean) returns bigint[]
language plpgsql as $$
declare
  many constant integer := coalesce(cardinality(lines), 0);
  parts text[];
  about jsonb;
  operation jsonb;
  subject text;
  previous text;
  ids uuid[];
  kinds text[];
  times timestamptz[];
  keys bytea[];
  roots bytea[];
  intents uuid[];
  seqs bigint[];
  -- Of entries: which record, which part, whose.
  entry_records integer[];
  entry_slots integer[];
  entry_subjects text[];
  entries integer := 0;
  again boolean;
  known bigint;
  new_size bigint;
  rest bigint;
  level integer;
  new_frontier bytea;
  hash bytea;
  levels smallint[];
  indexes bigint[];
  hashes bytea[];
  nodes integer := 0;
begin
  if many = 0 or many > 4096 or length(secrets) <> 64 * many then
    raise exception 'records and secrets do not fit each other' using errcode = 'invalid_parameter_value';
  end if;

  -- What can be judged without the lock.
  for i in 1..many loop
    parts := string_to_array(lines[i], E'\t');
    if coalesce(cardinality(parts), 0) not between 2 and 65536 then
      raise exception 'a record has 2 to 65536 parts' using errcode = 'invalid_parameter_value';
    end if;
    about := parts[1]::jsonb;
    operation := parts[2]::jsonb;
    ids[i] := (about ->> 'id')::uuid;
    kinds[i] := about ->> 'kind';
    times[i] := (about ->> 'time')::timestamptz;
    if about -> 'v' is distinct from '1' or ids[i]::text is distinct from about ->> 'id'
      or num_nulls(ids[i], kinds[i], times[i]) > 0
      or (kinds[i] = 'RETENTION') is distinct from retention
      or (about ->> 'time') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$'
      or (not retention and operation -> 'subjects' is distinct from to_jsonb(cardinality(parts) - 2))
    then
      raise exception 'a record is malformed' using errcode = 'invalid_parameter_value';
    end if;
    keys[i] := substring(secrets from 64 * i - 63 for 32);
    roots[i] := substring(secrets from 64 * i - 31 for 32);
    intents[i] := case kinds[i] when 'OUTCOME' then (operation ->> 'intent')::uuid end;
    previous := '';
    for j in 3..cardinality(parts) loop
      subject := parts[j]::jsonb ->> 'subject';
      if subject is null or subject collate "C" <= previous collate "C" then
        raise exception 'entries are not in the order of their subjects' using errcode = 'invalid_parameter_value';
      end if;
      previous := subject;
      entries := entries + 1;
      entry_records[entries] := i;
      entry_slots[entries] := j - 1;
      entry_subjects[entries] := subject;
    end loop;
  end loop;

  select tip.size, tip.frontier into strict new_size, new_frontier from ledger.tip for update;

  -- Each statement sees what was there when it began: those of the writer before, whose lock this one waited for, too.
  again := exists (
    select from unnest(ids, kinds) as new (id, kind) join ledger.records as old on old.id = new.id and old.kind = new.kind
  );
  for i in 1..many loop
    if again then
      select old.seq, old.root into known, hash from ledger.records as old where old.id = ids[i] and old.kind = kinds[i];
      if known is not null then
        if hash <> roots[i] then
          raise exception 'record % is there with another content', ids[i] using errcode = 'unique_violation';
        end if;
        seqs[i] := known;
        -- Left out of what is written below.
        roots[i] := null;
        continue;
      end if;
    end if;
    seqs[i] := new_size;
    -- RFC 9162 §2.1.1: the new leaf joins every perfect subtree that it completes.
    hash := sha256('\x00'::bytea || roots[i]);
    rest := new_size;
    level := 0;
    while rest % 2 = 1 loop
      hash := sha256('\x01'::bytea || substring(new_frontier from length(new_frontier) - 31) || hash);
      new_frontier := substring(new_frontier from 1 for length(new_frontier) - 32);
      rest := rest / 2;
      level := level + 1;
      if level % 8 = 0 then
        nodes := nodes + 1;
        levels[nodes] := level;
        indexes[nodes] := rest;
        hashes[nodes] := hash;
      end if;
    end loop;
    new_frontier := new_frontier || hash;
    new_size := new_size + 1;
  end loop;

  insert into ledger.records (seq, root, id, kind, time, key, parts)
    select new.seq, new.root, new.id, new.kind, new.time, new.key, new.parts
    from unnest(seqs, roots, ids, kinds, times, keys, lines) as new (seq, root, id, kind, time, key, parts)
    where new.root is not null;
  if entries > 0 then
    insert into ledger.entries (subject, seq, slot)
      select new.subject, seqs[new.record], new.slot
      from unnest(entry_records, entry_slots, entry_subjects) as new (record, slot, subject)
      where roots[new.record] is not null;
  end if;
  if nodes > 0 then
    insert into ledger.nodes (level, index, hash) select * from unnest(levels, indexes, hashes);
  end if;
  if 'INTENT' = any (kinds) then
    insert into ledger.unfinished (id, seq, time)
      select new.id, new.seq, new.time from unnest(ids, seqs, times, kinds, roots) as new (id, seq, time, kind, root)
      where new.kind = 'INTENT' and new.root is not null;
  end if;
  if 'OUTCOME' = any (kinds) then
    delete from ledger.unfinished where id = any (intents);
  end if;
  update ledger.tip set size = new_size, frontier = new_frontier;
  return seqs;
end $$;

-- All that a gateway may do to records. One call is one commit, for as many requests as came together meanwhile.
create function ledger.append(records text, secrets bytea) returns bigint[]
language sql volatile security definer set search_path = pg_catalog, pg_temp set jit = off
begin atomic
  select ledger.write(string_to_array(records, E'\n'), secrets, false);
end;
