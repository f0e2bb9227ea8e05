-- docs/ledger.md says what all of this means. Everything stands in a schema of its own, in a database of its own.
create schema ledger;

-- One row. Its lock puts writers in order, so that `seq` has no gap; whoever holds it knows the whole tree so far.
create table ledger.tip (
  one boolean primary key default true check (one),
  size bigint not null check (size >= 0),
  -- The perfect subtrees that make up the tree, from left to right: 32 bytes each.
  frontier bytea not null check (length(frontier) = 32 * bit_count(size::bit(64)))
);
insert into ledger.tip (size, frontier) values (0, '');

create table ledger.records (
  seq bigint primary key,
  root bytea not null check (length(root) = 32),
  -- The body, which retention deletes: all of it or nothing.
  id uuid,
  kind text check (kind in ('ANSWER', 'INTENT', 'OUTCOME', 'RETENTION')),
  time timestamptz,
  key bytea check (length(key) = 32),
  -- The parts' exact texts, joined by tabs, which canonical JSON has none of: with those of a hundred people, who
  -- mostly had the same fields looked at, compression makes a fifth of them.
  parts text,
  check (num_nulls(id, kind, time, key, parts) in (0, 5))
);
create unique index records_id on ledger.records (id, kind);
-- `time` all but rises with `seq`: a block range index of a few pages does for windows of time.
create index records_time on ledger.records using brin (time) with (pages_per_range = 16, autosummarize = on);

-- Where a data subject's entries are. (subject, seq) backwards is "the latest first".
create table ledger.entries (
  subject text collate "C" not null check (subject ~ '^s1\.[A-Za-z0-9_-]{21}[AQgw]$'),
  seq bigint not null,
  -- The number of the part.
  slot integer not null check (slot >= 2),
  primary key (subject, seq)
);
create index entries_seq on ledger.entries using brin (seq) with (pages_per_range = 16, autosummarize = on);

-- Of the log's tree the roots over 256, 256², … records. What is below is made from the records' roots.
create table ledger.nodes (
  level smallint not null check (level > 0 and level % 8 = 0),
  index bigint not null,
  hash bytea not null check (length(hash) = 32),
  primary key (level, index)
);

create table ledger.heads (
  number bigint generated always as identity primary key,
  size bigint not null,
  time timestamptz not null,
  jws text not null
);
create index heads_size on ledger.heads (size);

-- Mutations that began and of which nobody has said how they ended.
create table ledger.unfinished (
  id uuid primary key,
  seq bigint not null,
  time timestamptz not null
);

-- What may be gone, and by which record.
create table ledger.retentions (
  seq bigint primary key references ledger.records (seq),
  from_seq bigint not null check (from_seq >= 0),
  to_seq bigint not null check (to_seq >= from_seq and to_seq < seq),
  before timestamptz not null
);

-- Records that data subjects do not see yet, and that retention leaves alone. Every criterion that is given must fit.
create table ledger.holds (
  id uuid primary key default gen_random_uuid(),
  records uuid[],
  case_id text,
  partner text,
  subject text,
  -- Of the records' own time; `until_time` is not included.
  from_time timestamptz,
  until_time timestamptz,
  reason text not null check (reason <> ''),
  placed_by text not null check (placed_by <> ''),
  placed_at timestamptz not null default clock_timestamp(),
  -- When the hold ends by itself; null: when it is lifted.
  ends_at timestamptz,
  lifted_by text,
  lifted_at timestamptz,
  check (num_nonnulls(records, case_id, partner, subject) > 0),
  check (num_nulls(lifted_by, lifted_at) in (0, 2))
);

-- Read as `records.common` and `records.operation`, like columns.
create function ledger.common(record ledger.records) returns jsonb language sql immutable
  return split_part(record.parts, E'\t', 1)::jsonb;
create function ledger.operation(record ledger.records) returns jsonb language sql immutable
  return split_part(record.parts, E'\t', 2)::jsonb;

-- Not even the owner rewrites by mistake. (An owner who means to can drop a trigger; what then happens to the tables
-- shows in the heads, which others hold.)

create function ledger.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
end $$;

create function ledger.guard_record() returns trigger language plpgsql as $$
begin
  if (new.seq, new.root) is distinct from (old.seq, old.root) or new.parts is not null or old.kind = 'RETENTION'
    or not exists (
      select from ledger.retentions where old.seq between from_seq and to_seq and old.time < before
    )
  then
    raise exception 'record % has no RETENTION record that allows this', old.seq using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create function ledger.guard_entry() returns trigger language plpgsql as $$
begin
  if exists (select from ledger.records where seq = old.seq and parts is not null) then
    raise exception 'record % still stands', old.seq using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;

create function ledger.guard_tip() returns trigger language plpgsql as $$
begin
  if new.size < old.size then
    raise exception 'the ledger does not shrink' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger records_change before update on ledger.records for each row execute function ledger.guard_record();
create trigger records_stay before delete or truncate on ledger.records
  for each statement execute function ledger.refuse();
create trigger entries_go before delete on ledger.entries for each row execute function ledger.guard_entry();
create trigger entries_stay before update or truncate on ledger.entries
  for each statement execute function ledger.refuse();
create trigger nodes_stay before update or delete or truncate on ledger.nodes
  for each statement execute function ledger.refuse();
create trigger heads_stay before update or delete or truncate on ledger.heads
  for each statement execute function ledger.refuse();
create trigger retentions_stay before update or delete or truncate on ledger.retentions
  for each statement execute function ledger.refuse();
create trigger tip_grows before update on ledger.tip for each row execute function ledger.guard_tip();
create trigger tip_stays before delete or truncate on ledger.tip for each statement execute function ledger.refuse();
