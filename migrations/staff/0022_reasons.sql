-- Whether whoever took a step lets the public read its reason, once the text is published.
alter table steps add column opened bigint not null default 0;
