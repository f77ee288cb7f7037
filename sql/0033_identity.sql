-- Which deployment this database is: its file store bears the same id, so that neither is ever taken for another's.
create table deployment (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now()
);

-- The keys that personal links were made with, by what tells them apart (an HMAC; the key itself lies nowhere). One is in use.
create table link_keys (
  fingerprint text primary key,
  taken_at timestamptz not null default now(),
  replaced_at timestamptz
);
create unique index link_keys_in_use on link_keys ((true)) where replaced_at is null;
