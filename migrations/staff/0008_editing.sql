-- Files on their way to a draft, piece by piece. Columns are text or bigint, times are milliseconds
-- since 1970, hashes and ids are lowercase hexadecimal.

-- Begun by one account, which alone goes on with it. came: bytes that are here. digest: SHA-256 of the whole, as it was announced.
create table draft_uploads (
  id text primary key,
  draft text not null,
  account text not null,
  name text not null,
  size bigint not null,
  digest text not null,
  came bigint not null,
  begun bigint not null,
  touched bigint not null
);
create index uploads_of_draft on draft_uploads (draft, begun);
create index uploads_touched on draft_uploads (touched);

-- Where each piece begins in the file, and where its bytes lie in the drafts' folder.
create table draft_pieces (
  upload text not null,
  start bigint not null,
  path text not null,
  primary key (upload, start)
);
