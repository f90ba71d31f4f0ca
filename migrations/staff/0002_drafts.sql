-- Drafts: what is being written, what was frozen for approval, and the steps taken about it. Columns are text or bigint, times
-- are milliseconds since 1970 (0: not yet), hashes and ids are lowercase hexadecimal, indexes of entries are -1 where there is none.

-- kind: disclosure, status, redaction. state: writing, frozen, published, dropped. written: JSON, all that can be typed.
-- frozen: the newest frozen version, or nothing.
create table drafts (
  id text primary key,
  agency text not null,
  kind text not null,
  state text not null,
  revision bigint not null,
  written text not null,
  title text not null,
  author text not null,
  made bigint not null,
  saved bigint not null,
  saved_by text not null,
  frozen text not null
);
create index drafts_of_agency on drafts (agency, saved);

-- Everybody who ever wrote something of it: none of them may approve it.
create table draft_authors (
  draft text not null,
  account text not null,
  primary key (draft, account)
);

-- What somebody wrote on top of an older revision: refused, and kept.
create table draft_asides (
  id text primary key,
  draft text not null,
  revision bigint not null,
  written text not null,
  kept bigint not null,
  kept_by text not null
);
create index asides_of_draft on draft_asides (draft, kept);

-- Files that go with a draft. Their bytes lie in the drafts' own folder, under the draft's id and theirs.
create table draft_files (
  id text primary key,
  draft text not null,
  name text not null,
  media text not null,
  size bigint not null,
  added bigint not null,
  added_by text not null
);
create index files_of_draft on draft_files (draft, added);

-- Whose hands a post is in.
create table post_holders (
  post text not null,
  account text not null,
  given bigint not null,
  given_by text not null,
  primary key (post, account)
);
create index posts_of_account on post_holders (account);

-- id: the statement's. number: of the draft's frozen versions, from 1. state: open, sealing, published, withdrawn. due: not before; ready 1: what the rule asks for was there
-- when it was looked at last. told: what became of the last try.
create table frozen (
  id text primary key,
  draft text not null,
  number bigint not null,
  "case" text not null,
  agency text not null,
  kind text not null,
  genre text not null,
  title text not null,
  core text not null,
  state text not null,
  made bigint not null,
  made_by text not null,
  due bigint not null,
  released_by text not null,
  ready bigint not null,
  tried bigint not null,
  told text not null,
  idx bigint not null,
  published bigint not null
);
create unique index frozen_of_draft on frozen (draft, number);
create index frozen_of_case on frozen ("case", number);
create index frozen_ready on frozen (ready, state, due);

-- Parts with their salts, in the statement's order. path: where the bytes lie until they are published.
create table frozen_parts (
  frozen text not null,
  number bigint not null,
  role text not null,
  media text not null,
  language text not null,
  name text not null,
  size bigint not null,
  commitment text not null,
  salt text not null,
  path text not null,
  primary key (frozen, number)
);

-- Steps of a case in order. idx -1: on its way to the log. opening: salt and text of what it commits to.
create table steps (
  "case" text not null,
  number bigint not null,
  frozen text not null,
  note text not null,
  salt text not null,
  opening text not null,
  reason_salt text not null,
  reason text not null,
  account text not null,
  post text not null,
  code text not null,
  decision text not null,
  taken bigint not null,
  idx bigint not null,
  leaf text not null,
  primary key ("case", number)
);
