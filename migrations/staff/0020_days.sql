-- On which day (since 1970) a token read a revision: to read it again on another day is a new reading.
alter table machine_reads add column day bigint not null default 0;
