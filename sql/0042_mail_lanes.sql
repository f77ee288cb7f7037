-- Letters to one address about one event, found by one key that no other index has a part of: where the statistics of a table are
-- old, a bulk would else read all letters of the event for each of its own. Not only those that wait, for the same reason.
drop index messages_lane;
create index messages_lane on messages ((seminar_id::text || ' ' || lower(to_address)), id);
-- The primary key again.
drop index messages_organization_id_id_idx;
