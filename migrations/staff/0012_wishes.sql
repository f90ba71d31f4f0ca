-- What an agency wishes for all that it publishes. names 1: each text names who holds the posts that approve it.
create table wishes (
  agency text primary key,
  names bigint not null,
  changed bigint not null,
  changed_by text not null
);
