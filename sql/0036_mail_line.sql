-- Where sending stands still, for all instances: one row for the server, one for each sender's domain it refuses. A row that has
-- ended stays: what a letter was refused for while others went through is that letter's own.
create table mail_stops (
  -- 'server', or 'from:' and a domain
  scope text primary key,
  -- how far the last letter came: 'none' where no way to send is set up
  stage text check (stage in ('none', 'connection', 'login', 'sender', 'recipient', 'message')),
  -- the server's own words
  reply text,
  -- null while letters flow
  since timestamptz,
  ended_at timestamptz,
  next_probe_at timestamptz not null default now(),
  -- the letter the last probe tried: the next one tries another
  probed uuid,
  warned_at timestamptz,
  -- refusals alike, one after another, and whose they were
  streak_key text,
  streak uuid[] not null default '{}'
);

-- Addresses a server said do not exist, whoever has them: a person, an invitation typed by hand, a substitute, a speaker.
create table dead_addresses (
  organization_id uuid not null references organizations (id) on delete cascade,
  -- in lower case
  address text not null,
  reply text,
  since timestamptz not null default now(),
  primary key (organization_id, address)
);
insert into dead_addresses (organization_id, address, since)
select organization_id, lower(email), min(email_dead_at) from people
where email_dead_at is not null and email is not null group by 1, 2;
-- people.email_dead_at is read no more; it stays while an older instance may run beside.

-- A letter that a newer one to the same address about the same event took the place of; not to be tried again.
alter table messages add column recalled boolean not null default false;
alter table messages add column replaced_by uuid;
-- The Date of every attempt.
alter table messages add column first_tried_at timestamptz;
-- Since when it waits because the line stood still at it.
alter table messages add column stopped_at timestamptz;
create index messages_lane on messages (organization_id, seminar_id, lower(to_address), id) where state in ('queued', 'sending');
