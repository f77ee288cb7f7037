-- The processes that serve or work: each gives a sign of life every two seconds. What one holds (a request's key, letters, a task)
-- is free again as soon as it is known to be gone. Where none is known (Workers) claims end by their age, as before.
create table instances (
  -- as in messages.lease_by and task_runs.worker
  id text primary key,
  kind text not null check (kind in ('node', 'worker')),
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- set when it ended in order
  ended_at timestamptz
);

-- Whether an instance is known and gone: it ended, or has given no sign for ten seconds.
create function is_gone(instance text) returns boolean language sql stable as $$
  select exists (select from instances where id = instance and (ended_at is not null or seen_at < now() - interval '10 seconds'))
$$;

alter table idempotency_keys add column instance text;
