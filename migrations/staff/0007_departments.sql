-- Sign-in by departments: who is whose account there, and ways out to a department that nobody has come back from yet. Columns
-- are text or bigint, times are milliseconds since 1970 (0: not yet).

-- shown: as the department calls them.
create table identities (
  issuer text not null,
  subject text not null,
  account text not null,
  department text not null,
  shown text not null,
  added bigint not null,
  used bigint not null,
  primary key (issuer, subject)
);
create index identities_of_account on identities (account);

-- id: the hash of what the browser keeps meanwhile. kind: in, join, bind. held: of a join the hash of its link, of a bind its session's.
create table ways (
  id text primary key,
  department text not null,
  kind text not null,
  held text not null,
  login text not null,
  name text not null,
  language text not null,
  page text not null,
  made bigint not null
);
