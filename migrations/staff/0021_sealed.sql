-- What an agency that keeps its own seal made of a text that was approved: the sealed note, until it is published or the text is sealed no
-- more.
alter table frozen add column sealed text not null default '';
