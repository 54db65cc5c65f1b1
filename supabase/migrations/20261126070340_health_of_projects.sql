-- A project as models.Project, with the health of its newest snapshot, which is new; null while it is empty.
create or replace function private.project_json(p_project public.projects) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_project.id,
    'name', p_project.name,
    'latest_snapshot', p_project.latest_snapshot,
    'file_count', coalesce(s.file_count, 0),
    'latest_title', s.card ->> 'title',
    'latest_health', case when p_project.latest_snapshot > 0 then coalesce(h.state, 'unknown') end,
    'active_generation_id', (
      select g.id from public.generations g
      where g.project_id = p_project.id and g.status in ('queued', 'running')
      order by g.status = 'running' desc, g.queue_no
      limit 1
    ),
    'is_held', p_project.is_held,
    'draft', case when p_project.draft_prompt is not null then jsonb_build_object(
      'prompt', p_project.draft_prompt, 'reason', p_project.draft_reason, 'kept_at', p_project.draft_kept_at
    ) end,
    'template', p_project.template,
    'created_at', p_project.created_at,
    'updated_at', p_project.updated_at
  )
  from (select 1) as one
  left join public.snapshots s on s.project_id = p_project.id and s.number = p_project.latest_snapshot
  left join public.snapshot_health h on h.project_id = s.project_id and h.number = s.number
$$;
