-- One row: its lock lets one change happen after the other, so revisions become visible in their order.
create table registry (
  one boolean primary key default true check (one),
  revision bigint not null
);
insert into registry (revision) values (0);

-- Every change of the registry, in order. `actor` is what the operator's command said; `session_role` is what the
-- database itself knows about who it was. Neither document holds a secret.
create table partner_events (
  sequence bigint primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null check (actor <> ''),
  session_role text not null default session_user,
  client text not null,
  change text not null check (change in ('add', 'update', 'rotate', 'suspend', 'resume', 'remove')),
  reason text,
  before json,
  after json not null,
  unique (sequence, client)
);
create index partner_events_client on partner_events (client, sequence);

create table partners (
  client text primary key,
  status text not null check (status in ('active', 'suspended', 'removed')),
  document json not null,
  admitted bigint not null,
  revision bigint not null,
  -- A change without its event cannot be written, by whatever program.
  foreign key (revision, client) references partner_events (sequence, client),
  foreign key (admitted, client) references partner_events (sequence, client)
);
create index partners_revision on partners (revision);

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'the records of the partner registry are append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger partner_events_append_only
  before update or delete or truncate on partner_events
  for each statement execute function refuse_rewriting();

-- A removed partner keeps its row, so that nobody else is ever known by its client id.
create trigger partners_stay
  before delete or truncate on partners
  for each statement execute function refuse_rewriting();

create function require_new_revision() returns trigger language plpgsql as $$
begin
  if new.revision <= old.revision or new.client <> old.client or new.admitted <> old.admitted then
    raise exception 'a change of a partner needs an event of its own' using errcode = 'insufficient_privilege';
  end if;
  if old.status = 'removed' then
    raise exception 'a removed partner stays removed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger partners_by_events
  before update on partners
  for each row execute function require_new_revision();
