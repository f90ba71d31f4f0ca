-- Which revision of a draft each token has read whole: to ask for its state again is no new reading.
create table machine_reads (
  machine text not null,
  draft text not null,
  revision bigint not null,
  primary key (machine, draft)
);
