-- What agencies' figures are counted from, derived from the entries, and how many of these are counted.

create table counted (
    one integer primary key check (one = 1),
    size bigint not null
);
-- A chain that is here already is counted from behind when it is served; so is any, once this is put back to 0.
insert into counted (one, size) values (1, 0);

-- What agencies published, but for first versions that nobody approved.
create table acts (
    idx bigint primary key,
    agency text not null,
    -- `disclosure`, `version`, `redaction`, or what a status says became of its target.
    kind text not null,
    -- The case that approved it.
    "case" text
);
create index acts_by_agency on acts (agency, kind, "case");
create index acts_by_case on acts ("case", idx) where "case" is not null;

-- The steps by which they were approved, and those that were rejections on the way.
create table decisions (
    step bigint primary key,
    act bigint not null,
    agency text not null,
    code text not null,
    decision text not null,
    -- Milliseconds since all that it waited for was there; null where nothing says so.
    took bigint
);
create index decisions_by_agency on decisions (agency, code, took, decision);
