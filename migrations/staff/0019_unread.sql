-- What of a row's files was not looked through for personal data, and why: JSON.
alter table brought_rows add column unread text not null default '[]';
