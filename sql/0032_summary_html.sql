-- The draft's body as HTML, one element a top-level block: made when it is saved. A published text holds its own
-- (published.blocks). Null, or without blocks: written before there was any; a task makes it.
alter table summaries add column body_html text[];
alter table summaries alter column body_html set default '{}';

-- An older build that still runs knows nothing of it: HTML never outlives the text it was made from.
create function summaries_forget_html() returns trigger language plpgsql as $$
begin
  if new.body is distinct from old.body and new.body_html is not distinct from old.body_html then
    new.body_html := null;
  end if;
  return new;
end $$;
create trigger summaries_forget_html before update of body on summaries
  for each row execute function summaries_forget_html();

create index summaries_without_html on summaries (organization_id, id)
  where body_html is null or not published ? 'blocks';
