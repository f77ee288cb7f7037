-- `editing`: an organizer has taken a paper up. What was told to a speaker to remind them is marked at the speech itself.
alter table presentations drop constraint presentations_state_check;
alter table presentations add constraint presentations_state_check
  check (state in ('requested', 'accepted', 'declined', 'received', 'editing', 'returned', 'approved', 'withdrawn'));

alter table presentations
  -- since when it stands in its state: since when somebody waits
  add column state_since timestamptz not null default now(),
  -- who last took it up; the id is a member's user
  add column editor_id text,
  add column editor_name text,
  -- the version that is being edited; still there in `received` when a newer one came in between
  add column editing_version integer,
  -- the deadline that the reminder before it, and after it, was sent for: moved, it is reminded of anew
  add column reminded_before timestamptz,
  add column reminded_after timestamptz,
  -- the last reminder of any kind, also by hand
  add column reminded_at timestamptz;

update presentations set state_since = case
  when state in ('received') then coalesce(received_at, updated_at)
  when state in ('returned', 'approved') then coalesce(decided_at, updated_at)
  when state = 'requested' then requested_at
  else updated_at end;

-- What the task that reminds speakers looks through, over all organisations.
create index presentations_waited_for on presentations (deadline_at) where state in ('requested', 'accepted', 'returned');
