-- Mail: where somebody gets it and which, what is still to be sent, and what they were told of already. Columns are text or
-- bigint, times are milliseconds since 1970 (0: not yet).

-- address: nothing until it was confirmed. asked: the address a link was sent to; asked_id: the hash of what stands in it.
-- wanted: each, daily, none. daily: when the newest daily letter was due.
create table mailboxes (
  account text primary key,
  address text not null,
  confirmed bigint not null,
  asked text not null,
  asked_id text not null,
  asked_until bigint not null,
  wanted text not null,
  language text not null,
  daily bigint not null
);

-- Gone once sent, or given up. secret: what stands in a link's address, which is kept nowhere else and no longer than this.
-- due: not before; whoever sends one moves it, so that nobody else does meanwhile. expires 0: never.
create table letters (
  id text primary key,
  account text not null,
  address text not null,
  kind text not null,
  language text not null,
  about text not null,
  secret text not null,
  made bigint not null,
  due bigint not null,
  expires bigint not null,
  tries bigint not null
);
create index letters_due on letters (due);

-- Who was told that a frozen version waits for them.
create table told (
  frozen text not null,
  account text not null,
  told bigint not null,
  primary key (frozen, account)
);

-- Hashes of the networks and browsers somebody has signed in from.
create table places (
  account text not null,
  place text not null,
  seen bigint not null,
  primary key (account, place)
);
