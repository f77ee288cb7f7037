-- The log by who did it.
create index on audit_events (organization_id, actor_id, id);
