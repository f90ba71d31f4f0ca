-- The chain: one head row, entries, tiles, every checkpoint served, and what the sequencer must find again by key.

create table head (
    one integer primary key check (one = 1),
    origin text not null,
    size bigint not null,
    leaf bytea not null,
    time bigint not null,
    checkpoint text not null,
    -- Written by every sequencing transaction before it reads anything: the compare-and-set of the head.
    claim bigint not null
);

create table entries (
    idx bigint primary key,
    bytes bytea not null
);

-- SHA-256 over signer and statement id: a second submission of the same statement finds the first.
create table submissions (
    key bytea primary key,
    idx bigint not null
);

create table tiles (
    level bigint not null,
    number bigint not null,
    bytes bytea not null,
    primary key (level, number)
);

create table checkpoints (
    size bigint primary key,
    note text not null,
    time bigint not null
);

create table registrations (
    idx bigint primary key,
    id text not null,
    leaf bytea not null
);

-- Newest step of each approval case.
create table cases (
    agency text not null,
    "case" text not null,
    idx bigint not null,
    leaf bytea not null,
    primary key (agency, "case")
);

-- One row for each version of each document, derived from its entry.
create table items (
    idx bigint primary key,
    leaf bytea not null,
    document bigint not null,
    newest bigint not null,
    agency text not null,
    genre text not null,
    theme text,
    language text not null,
    stated text,
    stated_agency text
);
create index items_by_document on items (document, idx);
create index items_by_stated on items (stated, idx) where newest = 1;
create index items_by_agency on items (agency, idx);

-- Statuses and redactions by the version they speak of.
create table events (
    idx bigint primary key,
    target bigint not null,
    kind text not null,
    instrument bigint
);
create index events_by_target on events (target, idx);
create index events_by_instrument on events (instrument, idx) where instrument is not null;

-- Parts up to 100 KB lie here; of larger ones `bytes` is null and the object store has them.
create table contents (
    entry bigint not null,
    part bigint not null,
    commitment bytea not null unique,
    media text not null,
    size bigint not null,
    salt bytea,
    bytes bytea,
    -- The redaction that removed salt and bytes.
    removed_by bigint,
    primary key (entry, part)
);
