-- How far the log was read for redactions: what they took from the chain's store goes from these tables in the same turn.
create table erased (one bigint primary key, size bigint not null);
insert into erased (one, size) values (1, 0);
create index parts_by_commitment on frozen_parts (commitment);

-- What is published is the chain's to keep, and of what was taken back nobody signs the parts any more.
update frozen_parts set salt = '' where frozen in (select id from frozen where state in ('published', 'withdrawn'));
delete from draft_asides where draft in (select id from drafts where state = 'published');
