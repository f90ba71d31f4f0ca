-- People: accounts, what they may do, how they come in, and what was done. One text for SQLite and PostgreSQL: columns are
-- text or bigint, times are milliseconds since 1970 (0: not yet), hashes and ids are lowercase hexadecimal.

-- Whoever writes takes the turn first, so that no two writers have read what the other is about to change.
create table turn (one bigint primary key, taken bigint not null);
insert into turn (one, taken) values (1, 0);

create table accounts (
  id text primary key,
  login text not null unique,
  name text not null,
  password text not null,
  password_set bigint not null,
  created bigint not null,
  created_by text not null,
  ended bigint not null
);

-- agency '': the whole portal.
create table roles (
  account text not null,
  role text not null,
  agency text not null,
  given bigint not null,
  given_by text not null,
  primary key (account, role, agency)
);
create index roles_of_agency on roles (agency);

-- Failed sign-ins by the name that was typed, of which only the hash is kept: there need be no such account.
create table attempts (
  login text primary key,
  failures bigint not null,
  newest bigint not null,
  until bigint not null
);

-- id: SHA-256 of what the browser holds. strength 1: password; 2: second factor too.
create table sessions (
  id text primary key,
  account text not null,
  begun bigint not null,
  seen bigint not null,
  strength bigint not null,
  address text not null,
  agent text not null
);
create index sessions_of_account on sessions (account);

-- id: SHA-256 of what stands in the address. roles: JSON, what an invited account will have.
create table links (
  id text primary key,
  kind text not null,
  account text not null,
  agency text not null,
  roles text not null,
  note text not null,
  made bigint not null,
  made_by text not null,
  expires bigint not null,
  used bigint not null
);

-- One-time codes of an app: the secret, since when it counts (0: not confirmed yet), and the newest step that was used.
create table authenticators (
  account text primary key,
  secret text not null,
  confirmed bigint not null,
  newest bigint not null
);

-- id: SHA-256 of the code.
create table recovery_codes (
  account text not null,
  id text not null,
  used bigint not null,
  primary key (account, id)
);

create table passkeys (
  id text primary key,
  account text not null,
  name text not null,
  key text not null,
  added bigint not null,
  used bigint not null
);
create index passkeys_of_account on passkeys (account);

-- Each row names the hash of the one before.
create table journal (
  number bigint primary key,
  time bigint not null,
  who text not null,
  what text not null,
  about text not null,
  details text not null,
  previous text not null,
  hash text not null
);
