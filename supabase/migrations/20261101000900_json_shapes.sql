-- How rows look to the app: each function gives exactly one shape of glacia_ui/core/models.py.

-- The newest event number of a generation: stored at its end, before that read from what has been flushed.
create function private.last_seq(p_generation public.generations) returns integer
language sql stable set search_path = ''
as $$
  select case
    when p_generation.finished_at is not null then p_generation.last_seq
    else coalesce(
      (select max(e.last_seq) from public.generation_events e where e.generation_id = p_generation.id), 0
    )
  end
$$;

-- Place in the project's queue, from 1; 0 when it runs or has ended.
create function private.queue_position(p_generation public.generations) returns integer
language sql stable set search_path = ''
as $$
  select count(*)::integer
  from public.generations g
  where p_generation.status = 'queued' and g.status = 'queued'
    and g.project_id = p_generation.project_id and g.queue_no <= p_generation.queue_no
$$;

-- A generation as models.Generation.
create function private.generation_json(p_generation public.generations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_generation.id,
    'project_id', p_generation.project_id,
    'status', p_generation.status,
    'outcome', p_generation.outcome,
    'prompt', p_generation.prompt,
    'model', p_generation.model,
    'position', private.queue_position(p_generation),
    'snapshot', p_generation.snapshot,
    'error_code', p_generation.error_code,
    'error_message', p_generation.error_message,
    'is_returned', p_generation.is_returned,
    'usage', (select private.usage_json(u) from public.usage_events u where u.generation_id = p_generation.id),
    'attempts', p_generation.attempts,
    'last_seq', private.last_seq(p_generation),
    'created_at', p_generation.created_at,
    'started_at', p_generation.started_at,
    'finished_at', p_generation.finished_at,
    'duration_ms', private.milliseconds(p_generation.started_at, p_generation.finished_at)
  )
$$;

-- A message as models.Message.
create function private.message_json(p_message public.messages, p_generation public.generations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'text', p_message.text,
    'thinking', p_message.thinking,
    'generation', private.generation_json(p_generation),
    'card', p_message.card,
    'created_at', p_message.created_at
  )
$$;

-- A snapshot as models.Snapshot.
create function private.snapshot_json(p_snapshot public.snapshots) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'number', p_snapshot.number,
    'kind', p_snapshot.kind,
    'card', p_snapshot.card,
    'prompt', (select g.prompt from public.generations g where g.id = p_snapshot.generation_id),
    'generation_id', p_snapshot.generation_id,
    'restored_from', p_snapshot.restored_from,
    'restored_path', p_snapshot.restored_path,
    'usage', (
      select private.usage_json(u) from public.usage_events u where u.generation_id = p_snapshot.generation_id
    ),
    'file_count', p_snapshot.file_count,
    'created_at', p_snapshot.created_at
  )
$$;

-- A project as models.Project.
create function private.project_json(p_project public.projects) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_project.id,
    'name', p_project.name,
    'latest_snapshot', p_project.latest_snapshot,
    'file_count', coalesce(s.file_count, 0),
    'latest_title', s.card ->> 'title',
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
$$;

-- A file as models.FileInfo, or with its content as models.File.
create function private.file_json(p_version public.file_versions, p_content text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'path', p_version.file_path,
    'size', p_version.size,
    'version', p_version.version,
    'sha256', p_version.sha256,
    'updated_at', p_version.created_at
  ) || case when p_content is null then '{}' else jsonb_build_object('content', p_content) end
$$;

-- The content of a file version.
create function private.content_of(p_version public.file_versions) returns text
language sql stable set search_path = ''
as $$
  select content from public.blobs where project_id = p_version.project_id and sha256 = p_version.sha256
$$;

-- The files of one snapshot in path order; an empty list for snapshot 0 and for one that does not exist. Each version
-- is looked up by its key, `limit 1` sees to that: while tables have no statistics yet, a plain join compares every
-- file with every other.
create function private.snapshot_files_json(p_project_id uuid, p_snapshot integer, p_has_content boolean) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(
    private.file_json(v, case when p_has_content then private.content_of(v) end) order by f.file_path collate "C"
  ), '[]')
  from public.snapshot_files f
  cross join lateral (
    select * from public.file_versions v
    where v.project_id = f.project_id and v.file_path = f.file_path and v.version = f.version
    limit 1
  ) as v
  where f.project_id = p_project_id and f.number = p_snapshot
$$;

revoke execute on function
  private.last_seq(public.generations), private.queue_position(public.generations),
  private.generation_json(public.generations), private.message_json(public.messages, public.generations),
  private.snapshot_json(public.snapshots), private.project_json(public.projects),
  private.file_json(public.file_versions, text), private.content_of(public.file_versions),
  private.snapshot_files_json(uuid, integer, boolean)
from public, anon, authenticated, service_role;
