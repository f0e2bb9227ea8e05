-- People as the civil and residence registers know them.
create table citizens (
  serial integer primary key,
  -- The federated id: a keyed hash of the number, computed at import.
  id text not null unique,
  personal_number text not null unique check (personal_number ~ '^[0-9]{12}$'),
  full_name text collate "vi-x-icu" not null check (full_name is nfc normalized),
  given_name text collate "vi-x-icu" not null check (given_name is nfc normalized),
  -- The words of the name without accents, for searches; see search.ts.
  folded_name text not null check (folded_name ~ '^[a-z0-9]+( [a-z0-9]+)*$'),
  folded_words tsvector not null generated always as (array_to_tsvector(string_to_array(folded_name, ' '))) stored,
  -- Incomplete for many: a year, a year and month, or a full date.
  birth_date text not null check (birth_date ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
  sex text not null check (sex in ('MALE', 'FEMALE')),
  marital_status text not null check (marital_status in ('SINGLE', 'MARRIED', 'WIDOWED', 'DIVORCED')),
  ethnicity text not null,
  death_date date,
  household text
);

create index citizens_by_name on citizens (given_name, full_name, id);
create index citizens_by_words on citizens using gin (folded_words);
create index citizens_by_household on citizens (household, serial);

-- Where people live and lived: the row without moved_on is the present (or, of the dead, the last) residence.
create table residences (
  citizen integer not null references citizens,
  since date not null,
  -- First day at the next residence.
  moved_on date check (moved_on > since),
  commune text not null check (commune ~ '^[0-9]{5}$'),
  address text not null check (address is nfc normalized),
  -- The gateway's request that recorded it, to be found in the ledger; null for imported rows.
  request_id text,
  primary key (citizen, since)
);

create unique index residences_present on residences (citizen) where moved_on is null;

-- What a relative is to a person; every link is there in both directions.
create table family_links (
  person integer not null references citizens,
  relative integer not null references citizens,
  role text not null check (role in ('GUARDIAN', 'CHILD', 'SPOUSE')),
  primary key (person, relative),
  check (person <> relative)
);
