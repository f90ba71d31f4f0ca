-- The journal is a log of its own. Rows of `journal` wait for their place in it, those written before it began first: id is the
-- statement's, salt its part's; both are empty in a row that nobody has prepared yet.
alter table journal add column id text not null default '';
alter table journal add column salt text not null default '';

-- The newest row that was logged: its number and hash, which the next one names. number 0: none.
create table journal_logged (one bigint primary key, number bigint not null, hash text not null);
insert into journal_logged (one, number, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- Where each logged row stands.
create table journal_places (number bigint primary key, idx bigint not null);
