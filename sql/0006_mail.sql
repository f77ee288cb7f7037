-- The outbox: rendered once, claimed with SKIP LOCKED under a lease, retried with growing delay.
create table messages (
  organization_id uuid not null references organizations (id) on delete cascade,
  id uuid not null default new_id(),
  seminar_id uuid,
  invitation_id uuid,
  kind text not null,
  locale text not null default 'vi',
  to_name text,
  to_address text not null,
  from_name text,
  from_address text not null,
  reply_to text,
  subject text not null,
  -- bodies hold marks ⟦link:purpose:target:generation⟧, filled in at the moment of sending
  text text not null,
  html text not null,
  calendar text,
  calendar_method text check (calendar_method in ('REQUEST', 'CANCEL', 'REPLY')),
  headers jsonb not null default '{}',
  -- our own Message-ID, the same at every attempt
  message_id text not null unique,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'bounced', 'failed', 'cancelled')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_until timestamptz,
  lease_by text,
  last_reply text,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade
);
create index messages_due on messages (next_attempt_at, id) where state in ('queued', 'sending');
create index on messages (organization_id, id desc);
create index on messages (organization_id, seminar_id, id desc);
create index on messages (organization_id, invitation_id, id desc);

-- Messages that belong to the deployment rather than an organisation's outbox do not exist: a password reset is sent
-- in the name of the member's organisation.

-- Demo mode: the mailbox keeps every message as it went out.
create table mailbox_messages (
  id uuid primary key default new_id(),
  message_id text not null unique,
  to_address text not null,
  to_name text,
  from_address text not null,
  subject text not null,
  raw bytea not null,
  received_at timestamptz not null default now()
);
create index on mailbox_messages (to_address, id desc);

-- Which worker last ran: if messages wait and nobody runs, the console says so.
create table task_runs (
  task text primary key,
  worker text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  error text
);
