-- A person of whom the department holds a right. `id` is the federated id, the same in every department; the personal
-- number is unknown for a receiver whom the counter named by that id alone, until the dossier's papers are entered.
create table holders (
  id text primary key,
  personal_number text unique check (personal_number ~ '^[0-9]{12}$')
);

-- `version` counts the changes of a parcel: a writer hands back the one it read.
create table parcels (
  id uuid primary key default gen_random_uuid(),
  commune text not null check (commune ~ '^[0-9]{5}$'),
  sheet integer not null check (sheet >= 1),
  number integer not null check (number >= 1),
  version integer not null default 1 check (version >= 1),
  unique (commune, sheet, number)
);

-- A parcel's area is the sum of its uses and is therefore stored nowhere else.
create table parcel_uses (
  parcel_id uuid not null references parcels,
  code text not null check (code in ('ONT', 'ODT', 'LUC', 'LUK', 'CLN', 'HNK', 'RSX', 'RPH')),
  area numeric(12, 1) not null check (area > 0),
  primary key (parcel_id, code)
);

-- History is kept: a row holds from version `from_version` up to, not including, `until_version`; null means it still
-- does. Shares are exact fractions, because thirds have no decimal.
create table rights (
  id bigint generated always as identity primary key,
  parcel_id uuid not null references parcels,
  holder_id text not null references holders on update cascade,
  share_numerator integer not null check (share_numerator >= 1),
  share_denominator integer not null check (share_denominator >= share_numerator),
  origin text not null check (origin in ('ALLOCATION', 'RECOGNITION', 'INHERITANCE', 'TRANSFER')),
  since date not null,
  from_version integer not null default 1,
  until_version integer check (until_version > from_version)
);
create unique index rights_current on rights (parcel_id, holder_id) where until_version is null;
create index rights_of_holder on rights (holder_id) where until_version is null;
create index rights_history on rights (parcel_id, from_version);

create table encumbrances (
  id bigint generated always as identity primary key,
  parcel_id uuid not null references parcels,
  kind text not null check (kind in ('MORTGAGE', 'SEIZURE')),
  creditor text not null,
  since date not null,
  released date check (released >= since)
);
create index encumbrances_of_parcel on encumbrances (parcel_id, since);

-- One certificate a parcel; a change of holders is noted on it and does not replace it.
create table certificates (
  parcel_id uuid primary key references parcels,
  serial text not null unique,
  issued_on date not null
);
