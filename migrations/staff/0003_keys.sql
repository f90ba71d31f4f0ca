-- Registrations that wait for registrars: what is asked for (JSON), the text that it gives over what is registered, and the same
-- text with the signatures it has so far. settled 0: it waits. entry: where it came to stand; -1: nowhere.
create table registrations (
  id text primary key,
  kind text not null,
  subject text not null,
  agency text not null,
  change text not null,
  note text not null,
  asked bigint not null,
  asked_by text not null,
  settled bigint not null,
  settled_by text not null,
  entry bigint not null
);
create index registrations_waiting on registrations (settled, agency);
