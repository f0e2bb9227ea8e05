create table files (
  code text primary key,
  title text not null check (title <> 'forbidden'),
  opened date not null,
  commune text not null
);

create table notes (
  id bigint generated always as identity primary key,
  file text not null references files,
  text text not null
);

create index on notes (file);
