-- Templates of an agency: what drafts of a kind begin with. written: JSON, as a draft's. ended 0: it is in use.
create table templates (
  id text primary key,
  agency text not null,
  name text not null,
  written text not null,
  revision bigint not null,
  made bigint not null,
  made_by text not null,
  changed bigint not null,
  changed_by text not null,
  ended bigint not null
);
create index templates_of_agency on templates (agency, ended);
