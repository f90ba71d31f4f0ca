-- Machines: tokens by which a program works for one agency, and what it has asked for under which id.

-- secret: hash of what the program holds. scopes, addresses: words with spaces between; no address: from anywhere. ended 0: not ended.
create table machines (
  id text primary key,
  secret text not null unique,
  agency text not null,
  name text not null,
  scopes text not null,
  addresses text not null,
  made bigint not null,
  made_by text not null,
  expires bigint not null,
  ended bigint not null,
  ended_by text not null,
  used bigint not null,
  used_from text not null
);
create index machines_of_agency on machines (agency, made);

-- id: as the agency's program named it. asked: hash of what it asked for then; the same id with anything else is refused.
create table machine_items (
  agency text not null,
  id text not null,
  asked text not null,
  draft text not null,
  made bigint not null,
  primary key (agency, id)
);
