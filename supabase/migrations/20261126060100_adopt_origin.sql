-- Takes over what 20261101000050_set_aside_origin.sql has set aside: each project of a user who exists, with its files,
-- as a project with an imported version. Only `id` of the forerunner's projects is assumed; any other column may be
-- there or not, under several names. The old tables stay as they are, with all their columns. What could not be taken
-- over is listed in glacia_origin.not_adopted with its reason: nothing is lost, and nothing stops the migration.

-- The first of these columns that holds a text worth anything.
create function private.origin_text(p_row jsonb, variadic p_names text[]) returns text
language sql immutable set search_path = ''
as $$
  select value from (
    select p_row ->> name as value, ordinality from unnest(p_names) with ordinality as t (name, ordinality)
  ) as found
  where btrim(value) <> '' order by ordinality limit 1
$$;

-- A time out of a column, or null when it is none.
create function private.origin_time(p_row jsonb, variadic p_names text[]) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return private.origin_text(p_row, variadic p_names)::timestamptz;
exception when others then
  return null;
end
$$;

-- Whose project it was, or null when that person does not exist any more.
create function private.origin_user(p_row jsonb) returns uuid
language sql stable set search_path = ''
as $$
  select id from auth.users
  where id::text = lower(private.origin_text(p_row, 'user_id', 'owner_id', 'created_by', 'owner', 'profile_id'))
$$;

-- Names of files as the forerunner wrote them: a folder and a name, or a whole path, perhaps from the root.
create function private.origin_path(p_row jsonb) returns text
language sql immutable set search_path = ''
as $$
  select regexp_replace(
    case
      when name is not null and (path is null or path ~ '/$') then coalesce(path, '') || name
      else path
    end,
    '^(\./|/)+', ''
  )
  from (
    select
      private.origin_text(p_row, 'file_path', 'path', 'filePath') as path,
      private.origin_text(p_row, 'file_name', 'name', 'filename', 'fileName') as name
  ) as given
$$;

-- Files that were kept as JSON on the project itself: an object of paths, or a list.
create function private.origin_json_files(p_project jsonb) returns table (path text, content text)
language sql stable set search_path = ''
as $$
  with kept as (
    select coalesce(nullif(value -> 'files', 'null'), value) as files
    from jsonb_each(p_project)
    where key in ('files', 'generated_files', 'file_tree', 'code_files', 'project_files')
      and jsonb_typeof(value) in ('object', 'array')
  )
  select regexp_replace(e.key, '^(\./|/)+', ''),
    case jsonb_typeof(e.value)
      when 'string' then e.value #>> '{}'
      when 'object' then private.origin_text(e.value, 'content', 'code', 'body')
    end
  from kept, jsonb_each(case when jsonb_typeof(files) = 'object' then files else '{}' end) as e
  union all
  select private.origin_path(e), private.origin_text(e, 'content', 'code', 'body')
  from kept, jsonb_array_elements(case when jsonb_typeof(files) = 'array' then files else '[]' end) as e
  where jsonb_typeof(e) = 'object'
$$;

-- Remembers something that could not be taken over.
create function private.origin_left(p_id text, p_path text, p_reason text) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into glacia_origin.not_adopted (origin_id, path, reason) values (p_id, p_path, p_reason);
end
$$;

-- Of these files (newest first for each path) those that a project of ours takes, as changes for private.stage_changes.
create function private.origin_changes(p_id text, p_files jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_file jsonb;
  v_path text;
  v_key text;
  v_keys text[] := '{}';
  v_paths text[] := '{}';
  v_size bigint := 0;
  v_reason text;
  v_changes jsonb := '[]';
begin
  for v_file in select value from jsonb_array_elements(p_files) loop
    v_path := v_file ->> 'path';
    v_reason := case
      when v_path is null or not private.is_file_path(v_path) then 'invalid_path'
      when v_path = any (v_paths) then 'older_version'
      when v_file ->> 'content' is null then 'no_content'
      when octet_length(v_file ->> 'content') > 1000000 then 'file_too_large'
      when cardinality(v_paths) >= 500 then 'too_many_files'
      when v_size + octet_length(v_file ->> 'content') > 20000000 then 'project_too_large'
    end;
    if v_reason is null then
      v_key := private.path_key(v_path);
      if exists (
        select from unnest(v_keys) as k
        where k = v_key or starts_with(k, v_key || '/') or starts_with(v_key, k || '/')
      ) then
        v_reason := 'path_collision';
      end if;
    end if;
    if v_reason is not null then
      perform private.origin_left(p_id, v_path, v_reason);
    else
      v_keys := v_keys || v_key;
      v_paths := v_paths || v_path;
      v_size := v_size + octet_length(v_file ->> 'content');
      v_changes := v_changes || jsonb_build_object('path', v_path, 'content', v_file ->> 'content');
    end if;
  end loop;
  return v_changes;
end
$$;

-- One project, with its files as version 1. Keeps its id where that is a uuid, so addresses stay right.
create function private.adopt_origin_project(p_row jsonb, p_rows jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_id text := p_row ->> 'id';
  v_user_id uuid := private.origin_user(p_row);
  v_name text := regexp_replace(
    coalesce(private.origin_text(p_row, 'name', 'title', 'project_name', 'prompt', 'description'), 'Project'),
    '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g'
  );
  v_project public.projects;
  v_snapshot public.snapshots;
  v_changes jsonb;
begin
  if v_user_id is null then
    perform private.origin_left(v_id, null, 'no_user');
    return;
  end if;
  perform private.ensure_profile(v_user_id);
  insert into public.projects (id, user_id, name)
  values (
    case when v_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then v_id::uuid else gen_random_uuid() end,
    v_user_id, private.check_project_name(left(btrim(v_name), 120))
  )
  returning * into v_project;
  v_changes := private.origin_changes(v_id, p_rows || coalesce((
    select jsonb_agg(jsonb_build_object('path', path, 'content', content)) from private.origin_json_files(p_row)
  ), '[]'));
  if v_changes <> '[]' then
    v_snapshot.kind := 'import';
    v_snapshot.card := jsonb_build_object('title', v_project.name, 'added', 0, 'removed', 0);
    perform private.write_snapshot(v_project, private.stage_changes(v_changes), v_snapshot);
  end if;
  update public.projects set
    created_at = coalesce(private.origin_time(p_row, 'created_at', 'createdAt'), created_at),
    updated_at = coalesce(private.origin_time(p_row, 'updated_at', 'updatedAt', 'created_at'), updated_at)
  where id = v_project.id;
  insert into glacia_origin.adopted (origin_id, project_id, file_count)
  values (v_id, v_project.id, jsonb_array_length(v_changes));
exception when others then
  perform private.origin_left(v_id, null, sqlerrm);
end
$$;

-- All of them. Newer rows of one path come first: by version, then by time.
create function private.adopt_origin() returns void
language plpgsql set search_path = ''
as $$
declare
  v_row jsonb;
begin
  create table glacia_origin.adopted (origin_id text primary key, project_id uuid not null, file_count integer not null);
  create table glacia_origin.not_adopted (origin_id text, path text, reason text not null);
  create temporary table origin_rows (origin_id text, file jsonb) on commit drop;
  if to_regclass('glacia_origin.project_files') is not null then
    execute $query$
      insert into pg_temp.origin_rows
      select f ->> 'project_id', jsonb_build_object(
        'path', private.origin_path(f),
        'content', coalesce(f ->> 'content', f ->> 'file_content', f ->> 'code', f ->> 'body'),
        'rank', jsonb_build_array(
          coalesce((substring(f ->> 'version' from '^[0-9]{1,9}$'))::integer, 0),
          coalesce(extract(epoch from private.origin_time(f, 'updated_at', 'created_at')), 0)
        )
      )
      from (select to_jsonb(t) as f from glacia_origin.project_files t) as rows
    $query$;
  end if;
  create index on pg_temp.origin_rows (origin_id);
  analyze pg_temp.origin_rows;
  for v_row in execute 'select to_jsonb(t) from glacia_origin.projects t' loop
    perform private.adopt_origin_project(v_row, coalesce((
      select jsonb_agg(r.file order by r.file -> 'rank' desc) from pg_temp.origin_rows r
      where r.origin_id = v_row ->> 'id'
    ), '[]'));
  end loop;
  insert into glacia_origin.not_adopted (origin_id, path, reason)
  select r.origin_id, r.file ->> 'path', 'no_project' from pg_temp.origin_rows r
  where not exists (select from glacia_origin.adopted a where a.origin_id = r.origin_id)
    and not exists (select from glacia_origin.not_adopted n where n.origin_id = r.origin_id and n.path is null);
  raise notice 'adopted % projects; see glacia_origin.not_adopted for % things that stayed behind',
    (select count(*) from glacia_origin.adopted), (select count(*) from glacia_origin.not_adopted);
end
$$;

revoke execute on function
  private.origin_text(jsonb, text[]), private.origin_time(jsonb, text[]), private.origin_user(jsonb),
  private.origin_path(jsonb), private.origin_json_files(jsonb), private.origin_left(text, text, text),
  private.origin_changes(text, jsonb), private.adopt_origin_project(jsonb, jsonb), private.adopt_origin()
from public, anon, authenticated, service_role;

do $$
begin
  if to_regclass('glacia_origin.projects') is not null then
    perform private.adopt_origin();
  end if;
end
$$;

-- They were needed once.
drop function private.adopt_origin(), private.adopt_origin_project(jsonb, jsonb), private.origin_changes(text, jsonb),
  private.origin_left(text, text, text), private.origin_json_files(jsonb), private.origin_path(jsonb),
  private.origin_user(jsonb), private.origin_time(jsonb, text[]), private.origin_text(jsonb, text[]);
