-- The order of precedence through the whole tree: each unit's path holds its parent's path, then its own rank and id.
-- Sorting by it lists a unit, then what is under it; a prefix finds a subtree; a path that holds one's own id is a cycle.
alter table units add constraint units_rank_check check (rank between 0 and 999999);
alter table units add column tree_path text collate "C" not null default '';

create function units_set_tree_path() returns trigger language plpgsql as $$
begin
  new.tree_path := coalesce(
      (select p.tree_path from units p where p.organization_id = new.organization_id and p.id = new.parent_id), '')
    || lpad(new.rank::text, 6, '0') || replace(new.id::text, '-', '') || '/';
  return new;
end $$;
create trigger units_set_tree_path before insert or update of parent_id, rank, tree_path on units
  for each row execute function units_set_tree_path();

create function units_pass_tree_path_on() returns trigger language plpgsql as $$
begin
  update units set tree_path = '' where organization_id = new.organization_id and parent_id = new.id;
  return null;
end $$;
create trigger units_pass_tree_path_on_insert after insert on units
  for each row execute function units_pass_tree_path_on();
create trigger units_pass_tree_path_on_update after update on units
  for each row when (old.tree_path is distinct from new.tree_path) execute function units_pass_tree_path_on();

update units set tree_path = '' where parent_id is null;
create unique index on units (organization_id, tree_path);
create index on units (organization_id, name collate "vi-x-icu", id);
-- Dead addresses are few; the filter must not read everybody.
create index on people (organization_id, given, family, middle, id) where email_dead_at is not null;
alter table positions add column search text not null generated always as (fold(title || ' ' || coalesce(title_en, ''))) stored;
create index positions_search on positions using gin (search gin_trgm_ops);
