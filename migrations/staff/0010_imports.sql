-- What somebody brought to be made drafts of: a table, a folder. It is theirs alone, and goes after a day. Columns are text or
-- bigint, times are milliseconds since 1970, hashes and ids are lowercase hexadecimal.

-- Whole 0: it is coming still. told: JSON, what was not taken. Its bytes lie in the drafts' folder, under brought/ and its id.
create table brought (
  id text primary key,
  account text not null,
  agency text not null,
  came bigint not null,
  whole bigint not null,
  told text not null
);
create index brought_by on brought (account, came);

-- name: where it lay in the folder.
create table brought_files (
  brought text not null,
  number bigint not null,
  name text not null,
  media text not null,
  size bigint not null,
  primary key (brought, number)
);

-- One for each draft that may come of it. place: the line of the table, or the file's name. written, files, told, personal: JSON.
-- draft: what came of it, or nothing yet.
create table brought_rows (
  brought text not null,
  number bigint not null,
  place text not null,
  written text not null,
  files text not null,
  told text not null,
  personal text not null,
  draft text not null,
  primary key (brought, number)
);
