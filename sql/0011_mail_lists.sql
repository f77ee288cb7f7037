-- The console's list of messages: found by name or address, and those that need a hand without reading what was sent.
alter table messages add column search text not null
  generated always as (fold(coalesce(to_name, '') || ' ' || to_address || ' ' || subject)) stored;
create index messages_search on messages using gin (search gin_trgm_ops);
create index messages_open on messages (organization_id, state, id desc) where state <> 'sent';
