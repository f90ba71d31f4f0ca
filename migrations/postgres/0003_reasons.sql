-- Reasons of steps that may be read, by the entry of the step; others stay closed. Nothing derives them: they are not in the entries.

create table reasons (
    -- Only ever added behind the last, so that no page is divided and keeps a copy of what is closed later.
    number bigserial primary key,
    step bigint not null unique,
    -- The publication that opens the step.
    act bigint not null,
    salt bytea not null,
    text text not null
);
create index reasons_by_act on reasons (act);
