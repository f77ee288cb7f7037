-- Người cần gọi điện: who must be told something and cannot be written to. One open call a person and seminar; it gathers what
-- there is to say. The words are made from present facts when it is read, so that an old call tells nothing stale.
create table calls (
  organization_id uuid not null,
  id uuid not null default new_id(),
  seminar_id uuid not null,
  invitation_id uuid not null,
  -- set where it is the invitee's substitute who is told
  substitution_id uuid,
  reasons text[] not null check (cardinality(reasons) > 0 and reasons <@
    array['invitation', 'change', 'postponement', 'cancellation', 'withdrawal', 'place_given', 'consent']),
  -- when the last reason joined
  asked_at timestamptz not null default now(),
  outcome text check (outcome in ('reached', 'left_word', 'otherwise', 'not_reached', 'answered', 'letter', 'moot')),
  is_open boolean not null generated always as (outcome is null or outcome = 'not_reached') stored,
  note text,
  tries integer not null default 0,
  recorded_at timestamptz,
  recorded_by text,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, seminar_id) references seminars (organization_id, id) on delete cascade,
  foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade,
  foreign key (organization_id, substitution_id) references substitutions (organization_id, id) on delete cascade
);
create unique index calls_open_once on calls (organization_id, invitation_id, substitution_id) nulls not distinct where is_open;
create index on calls (organization_id, invitation_id);
create index on calls (organization_id, substitution_id) where substitution_id is not null;
create index on calls (organization_id, seminar_id, id);
-- Letters that did not arrive, for the task that makes calls of them.
create index messages_not_arrived on messages (organization_id, invitation_id, id) where state in ('bounced', 'failed') and invitation_id is not null;

-- Who was passed over by a sending before there were calls, and may still be told.
insert into calls (organization_id, seminar_id, invitation_id, reasons)
select i.organization_id, i.seminar_id, i.id, array['invitation']
from invitations i join seminars s on s.organization_id = i.organization_id and s.id = i.seminar_id
where i.status = 'sent' and i.email is null and i.answer is null and i.opened_at is null
  and s.state in ('scheduled', 'postponed') and (s.starts_at is null or s.starts_at > now());
