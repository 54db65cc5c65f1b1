-- A draft is left by whatever ends a request on its way: the token limit, a stream that breaks off, Stop, a process
-- that stops. What it costs is the outcome's rule, as ever; keeping a draft costs nothing more.

-- Stores the draft in an end's result, if there is one that can be kept. Failing requests cost nothing, so a project
-- holds no more than the newest three that nobody has decided about. Called under the lock of the project. The outcomes
-- are those of glacia_ui/core/outcomes.py (`LEAVES_DRAFT`); a test holds the two to each other.
create or replace function private.store_generation_draft(p_generation public.generations, p_result jsonb)
returns void
language sql set search_path = ''
as $$
  insert into public.generation_drafts (
    generation_id, project_id, user_id, base_snapshot, changes, card, unfinished, created_at
  )
  select p_generation.id, p_generation.project_id, p_generation.user_id, p_generation.base_snapshot,
    d.draft -> 'changes', private.card_json(d.draft -> 'card'), private.card_list(d.draft, 'unfinished'),
    clock_timestamp()
  from (select p_result -> 'draft' as draft) as d
  where p_result ->> 'outcome' in ('truncated', 'upstream_error', 'stopped', 'interrupted')
    and jsonb_array_length(private.card_list(d.draft, 'changes')) > 0
    and octet_length((d.draft -> 'changes')::text) <= 25000000;

  delete from public.generation_drafts
  where generation_id in (
    select generation_id from public.generation_drafts
    where project_id = p_generation.project_id and snapshot is null
    order by created_at desc
    offset 3
  );
$$;
