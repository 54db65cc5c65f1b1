-- Writing a snapshot: all its files or none. Used by generations, restores and templates; callers hold the project
-- lock.

-- One path of the next state: a content, or null when the path goes away.
create type private.staged_file as (path text, content text, sha256 text);

-- Whether a text can be the path of a file: relative, forward slashes, no empty part, no `.` or `..`, no backslash,
-- no control character, at most 500 characters, each part at most 255.
create function private.is_file_path(p_path text) returns boolean
language sql immutable set search_path = ''
as $$
  select p_path is not null
    and char_length(p_path) between 1 and 500
    and p_path !~ '[\u0001-\u001f\u007f-\u009f\\]'
    and not exists (
      select from unnest(string_to_array(p_path, '/')) as part
      where part in ('', '.', '..') or char_length(part) > 255
    )
$$;

alter table public.file_versions add check (private.is_file_path(file_path));

-- Content's address: the SHA-256 of its UTF-8 bytes, in hex.
create function private.content_hash(p_content text) returns text
language sql immutable set search_path = ''
as $$ select encode(sha256(convert_to(p_content, 'UTF8')), 'hex') $$;

-- Reads changes `[{path, content|null, old_path?}]`. Of several for one path the last one holds; a path that was
-- renamed away is deleted, unless something else was written to it.
create function private.stage_changes(p_changes jsonb) returns private.staged_file[]
language plpgsql set search_path = ''
as $$
declare
  v_staged private.staged_file[];
begin
  if jsonb_typeof(p_changes) is distinct from 'array' then
    raise exception using errcode = 'PT422', message = 'invalid_files';
  end if;
  select coalesce(array_agg(row(path, content, private.content_hash(content))::private.staged_file), '{}')
  into v_staged
  from (
    select distinct on (path) path, content
    from (
      select c ->> 'path' as path, c ->> 'content' as content, ordinality
      from jsonb_array_elements(p_changes) with ordinality as t (c, ordinality)
      union all
      select c ->> 'old_path', null, 0 from jsonb_array_elements(p_changes) as c where c ->> 'old_path' is not null
    ) as changes
    order by path, ordinality desc
  ) as latest;
  if exists (select from unnest(v_staged) as s where not private.is_file_path(s.path)) then
    raise exception using errcode = 'PT422', message = 'invalid_path';
  elsif exists (select from unnest(v_staged) as s where octet_length(s.content) > 1000000) then
    raise exception using errcode = 'PT422', message = 'file_too_large';
  end if;
  return v_staged;
end
$$;

-- A list in a card, or an empty one where something else stands.
create function private.card_list(p_card jsonb, p_key text) returns jsonb
language sql immutable set search_path = ''
as $$ select case when jsonb_typeof(p_card -> p_key) = 'array' then p_card -> p_key else '[]' end $$;

-- A change card as models.ChangeCard: known fields only, of their types. It may come from a user, and it is read back
-- strictly: a stray field would make the project unreadable. Raises PT422 for a card without a title.
create function private.card_json(p_card jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(p_card -> 'title') is distinct from 'string' then
    raise exception using errcode = 'PT422', message = 'invalid_card';
  end if;
  return jsonb_build_object(
    'title', p_card -> 'title',
    'summary', (
      select coalesce(jsonb_agg(x), '[]') from jsonb_array_elements_text(private.card_list(p_card, 'summary')) as x
    ),
    'what_to_check', (
      select coalesce(jsonb_agg(x), '[]')
      from jsonb_array_elements_text(private.card_list(p_card, 'what_to_check')) as x
    ),
    'files', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'path', f.path, 'change', f.change, 'added', coalesce(f.added, 0), 'removed', coalesce(f.removed, 0),
        'old_path', f.old_path
      )), '[]')
      from jsonb_to_recordset(private.card_list(p_card, 'files'))
        as f (path text, change text, added integer, removed integer, old_path text)
      where f.path is not null and f.change in ('added', 'modified', 'deleted', 'renamed')
    ),
    'added', coalesce((p_card ->> 'added')::integer, 0),
    'removed', coalesce((p_card ->> 'removed')::integer, 0)
  );
end
$$;

-- Stores contents that are new to the project, and a version for every path whose content differs from the newest
-- snapshot's: an unchanged file keeps its version. A path's newest version is looked up by key (see
-- private.snapshot_files_json), and it is the current one if the path is in the newest snapshot.
create function private.store_versions(p_project public.projects, p_staged private.staged_file[], p_now timestamptz)
returns void
language sql set search_path = ''
as $$
  insert into public.blobs (project_id, sha256, user_id, content)
  select distinct on (s.sha256) p_project.id, s.sha256, p_project.user_id, s.content
  from unnest(p_staged) as s
  where s.content is not null
  on conflict do nothing;

  insert into public.file_versions (project_id, file_path, version, user_id, sha256, size, created_at)
  select p_project.id, s.path, coalesce(v.version, 0) + 1, p_project.user_id, s.sha256, octet_length(s.content), p_now
  from unnest(p_staged) as s
  left join lateral (
    select version, sha256 from public.file_versions
    where project_id = p_project.id and file_path = s.path
    order by version desc
    limit 1
  ) as v on true
  where s.content is not null
    and not (
      coalesce(v.sha256 = s.sha256, false)
      and exists (
        select from public.snapshot_files f
        where f.project_id = p_project.id and f.number = p_project.latest_snapshot and f.file_path = s.path
      )
    );
$$;

-- Lists the files of a new snapshot: those of the newest one, less the staged paths, and the newest versions of
-- those.
create function private.list_next_files(p_project public.projects, p_number integer, p_staged private.staged_file[])
returns void
language sql set search_path = ''
as $$
  insert into public.snapshot_files (project_id, number, file_path, user_id, version)
  select f.project_id, p_number, f.file_path, f.user_id, f.version
  from public.snapshot_files f
  where f.project_id = p_project.id and f.number = p_project.latest_snapshot
    and f.file_path::text not in (select s.path from unnest(p_staged) as s);

  insert into public.snapshot_files (project_id, number, file_path, user_id, version)
  select p_project.id, p_number, s.path, p_project.user_id, v.version
  from unnest(p_staged) as s
  cross join lateral (
    select version from public.file_versions
    where project_id = p_project.id and file_path = s.path
    order by version desc
    limit 1
  ) as v
  where s.content is not null;
$$;

-- Makes project_files equal to the newest snapshot, as far as the staged paths go.
create function private.sync_project_files(
  p_project public.projects, p_staged private.staged_file[], p_now timestamptz
) returns void
language sql set search_path = ''
as $$
  delete from public.project_files
  where project_id = p_project.id
    and file_path = any (array(select s.path from unnest(p_staged) as s where s.content is null));

  insert into public.project_files
    (project_id, user_id, file_path, file_name, content, version, created_at, updated_at)
  select p_project.id, p_project.user_id, s.path, regexp_replace(s.path, '^.*/', ''), s.content, v.version, p_now, p_now
  from unnest(p_staged) as s
  cross join lateral (
    select version from public.file_versions
    where project_id = p_project.id and file_path = s.path
    order by version desc
    limit 1
  ) as v
  where s.content is not null
  on conflict (project_id, file_path) do update
  set content = excluded.content, version = excluded.version, updated_at = excluded.updated_at
  where project_files.version <> excluded.version;
$$;

-- Number and total size of the current files. Raises PT422 above 500 files or 20 MB.
create function private.check_project_size(p_project_id uuid, out o_files integer, out o_size integer)
language plpgsql stable set search_path = ''
as $$
declare
  v_size bigint;
begin
  select count(*), coalesce(sum(file_size), 0) into o_files, v_size
  from public.project_files where project_id = p_project_id;
  if o_files > 500 then
    raise exception using errcode = 'PT422', message = 'too_many_files';
  elsif v_size > 20000000 then
    raise exception using errcode = 'PT422', message = 'project_too_large';
  end if;
  o_size := v_size;
end
$$;

-- Makes the next snapshot of a project out of its newest one and the staged changes. Raises PT422 above the limits.
-- The project must be locked; `p_snapshot` carries kind, card, generation_id and where it was restored from.
create function private.write_snapshot(
  p_project public.projects, p_staged private.staged_file[], p_snapshot public.snapshots
) returns public.snapshots
language plpgsql set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_number integer := p_project.latest_snapshot + 1;
  v_snapshot public.snapshots;
  v_size record;
begin
  perform private.store_versions(p_project, p_staged, v_now);
  perform private.sync_project_files(p_project, p_staged, v_now);
  v_size := private.check_project_size(p_project.id);
  insert into public.snapshots (
    project_id, number, user_id, kind, card, generation_id, restored_from, restored_path, file_count, total_size,
    created_at
  ) values (
    p_project.id, v_number, p_project.user_id, p_snapshot.kind, private.card_json(p_snapshot.card),
    p_snapshot.generation_id, p_snapshot.restored_from, p_snapshot.restored_path, v_size.o_files, v_size.o_size, v_now
  ) returning * into v_snapshot;
  perform private.list_next_files(p_project, v_number, p_staged);
  update public.projects set latest_snapshot = v_number, updated_at = v_now where id = p_project.id;
  return v_snapshot;
end
$$;

revoke execute on function
  private.is_file_path(text), private.content_hash(text), private.stage_changes(jsonb),
  private.card_list(jsonb, text), private.card_json(jsonb),
  private.store_versions(public.projects, private.staged_file[], timestamptz),
  private.list_next_files(public.projects, integer, private.staged_file[]),
  private.sync_project_files(public.projects, private.staged_file[], timestamptz),
  private.check_project_size(uuid),
  private.write_snapshot(public.projects, private.staged_file[], public.snapshots)
from public, anon, authenticated, service_role;
