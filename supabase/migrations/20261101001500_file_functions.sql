-- What users do with files and snapshots.

-- The number of a snapshot of this project: the newest one for null, 0 for the empty start. Raises PT404 for one that
-- does not exist.
create function private.find_snapshot(p_project public.projects, p_snapshot integer) returns integer
language plpgsql stable set search_path = ''
as $$
begin
  if p_snapshot is null then
    return p_project.latest_snapshot;
  elsif p_snapshot not between 0 and p_project.latest_snapshot then
    raise exception using errcode = 'PT404', message = 'snapshot_not_found';
  end if;
  return p_snapshot;
end
$$;

-- For users: the snapshots of a project of theirs, newest first. Definer, as its answer is made of private helpers;
-- it filters on the caller.
create function public.list_snapshots(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('snapshots', (
    select coalesce(jsonb_agg(private.snapshot_json(s) order by s.number desc), '[]')
    from public.snapshots s where s.project_id = v_project.id
  ));
end
$$;

-- For users: the files of a snapshot, without their contents. Raises PT404. Definer, as list_snapshots.
create function public.list_files(p_project_id uuid, p_snapshot integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
  v_number integer := private.find_snapshot(v_project, p_snapshot);
begin
  return jsonb_build_object(
    'snapshot', v_number, 'files', private.snapshot_files_json(v_project.id, v_number, false)
  );
end
$$;

-- For users: the files of a snapshot with their contents. Raises PT404. Definer, as list_snapshots.
create function public.get_snapshot_files(p_project_id uuid, p_snapshot integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
  v_number integer := private.find_snapshot(v_project, p_snapshot);
begin
  return jsonb_build_object(
    'snapshot', v_number, 'files', private.snapshot_files_json(v_project.id, v_number, true)
  );
end
$$;

-- For users: one file of a snapshot with its content. Raises PT404. Definer, as list_snapshots.
create function public.get_file(p_project_id uuid, p_path text, p_snapshot integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
  v_file jsonb;
begin
  select private.file_json(v, private.content_of(v)) into v_file
  from public.snapshot_files f
  join public.file_versions v
    on v.project_id = f.project_id and v.file_path = f.file_path and v.version = f.version
  where f.project_id = v_project.id and f.file_path = p_path
    and f.number = private.find_snapshot(v_project, p_snapshot);
  if not found then
    raise exception using errcode = 'PT404', message = 'file_not_found';
  end if;
  return jsonb_build_object('file', v_file);
end
$$;

-- For users: number and sizes of the current files of a project of theirs. Definer, as list_snapshots.
create function public.get_project_stats(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
  v_stats public.project_files_stats;
begin
  select * into v_stats from public.project_files_stats where project_id = v_project.id;
  return jsonb_build_object('stats', jsonb_build_object(
    'project_id', v_project.id,
    'file_count', coalesce(v_stats.file_count, 0),
    'total_size', coalesce(v_stats.total_size, 0),
    'largest_file_size', coalesce(v_stats.largest_file_size, 0),
    'last_updated_at', v_stats.last_updated_at
  ));
end
$$;

-- What must change for a project to be as in one of its snapshots, in all its files or in one.
create function private.stage_restore(p_project public.projects, p_snapshot integer, p_path text)
returns private.staged_file[]
language sql stable set search_path = ''
as $$
  select coalesce(array_agg(row(path, content, sha256)::private.staged_file), '{}')
  from (
    select v.file_path as path, private.content_of(v) as content, v.sha256
    from public.snapshot_files f
    cross join lateral (
      select * from public.file_versions v
      where v.project_id = f.project_id and v.file_path = f.file_path and v.version = f.version
      limit 1
    ) as v
    where f.project_id = p_project.id and f.number = p_snapshot and (p_path is null or f.file_path = p_path)
    union all
    select f.file_path, null, null
    from public.snapshot_files f
    where f.project_id = p_project.id and f.number = p_project.latest_snapshot
      and (p_path is null or f.file_path = p_path)
      and f.file_path not in (
        select t.file_path from public.snapshot_files t
        where t.project_id = p_project.id and t.number = p_snapshot
      )
  ) as target
$$;

-- For users: makes a project of theirs, or one file of it, as it was in a snapshot, as a new snapshot. `p_card` was
-- computed against `p_base_snapshot`, so it is refused with PT409 when that is not the newest any more, and while a
-- generation runs. Raises PT404. Definer, because users write no tables.
create function public.restore_snapshot(
  p_project_id uuid, p_snapshot integer, p_base_snapshot integer, p_card jsonb, p_path text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.lock_own_project(p_project_id, private.caller());
  v_snapshot public.snapshots;
  v_staged private.staged_file[];
begin
  if p_snapshot is null or p_snapshot not between 1 and v_project.latest_snapshot then
    raise exception using errcode = 'PT404', message = 'snapshot_not_found';
  elsif exists (select from public.generations where project_id = p_project_id and status = 'running') then
    raise exception using errcode = 'PT409', message = 'generation_running';
  elsif p_base_snapshot is distinct from v_project.latest_snapshot then
    raise exception using errcode = 'PT409', message = 'stale_snapshot';
  end if;
  v_staged := private.stage_restore(v_project, p_snapshot, p_path);
  if p_path is not null and cardinality(v_staged) = 0 then
    raise exception using errcode = 'PT404', message = 'file_not_found';
  end if;
  v_snapshot.kind := 'restore';
  v_snapshot.card := p_card;
  v_snapshot.restored_from := p_snapshot;
  v_snapshot.restored_path := p_path;
  v_snapshot := private.write_snapshot(v_project, v_staged, v_snapshot);
  return jsonb_build_object('snapshot', private.snapshot_json(v_snapshot));
end
$$;

revoke execute on function
  private.find_snapshot(public.projects, integer), public.list_snapshots(uuid), public.list_files(uuid, integer),
  public.get_snapshot_files(uuid, integer), public.get_file(uuid, text, integer), public.get_project_stats(uuid),
  private.stage_restore(public.projects, integer, text),
  public.restore_snapshot(uuid, integer, integer, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
  public.list_snapshots(uuid), public.list_files(uuid, integer), public.get_snapshot_files(uuid, integer),
  public.get_file(uuid, text, integer), public.get_project_stats(uuid),
  public.restore_snapshot(uuid, integer, integer, jsonb, text)
to authenticated;
