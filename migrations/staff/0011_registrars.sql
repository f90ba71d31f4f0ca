-- What waits for registrars: who has brought a signature on a registration's text as it is, and who was told that it waits for them.
-- Both are forgotten when the text is written anew, or the registration has come to its end.
create table registration_signers (
  registration text not null,
  account text not null,
  primary key (registration, account)
);
create table registrations_told (
  registration text not null,
  account text not null,
  told bigint not null,
  primary key (registration, account)
);
