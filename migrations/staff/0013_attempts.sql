-- Old tries are looked for at each try.
create index attempts_newest on attempts (newest);
