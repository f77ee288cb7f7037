-- When backups were made, newest last: for who watches the service. Not part of a backup: what is restored has none yet.
create table backups (
  made_at timestamptz primary key default now(),
  -- where it was written, as the machine that made it calls it
  place text not null,
  files integer not null,
  bytes bigint not null
);

-- What did not arrive is counted at each look at the figures.
create index messages_not_sent on messages (state) where state in ('bounced', 'failed');
