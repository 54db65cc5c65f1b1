-- Takes over what 20261101000050_set_aside_origin.sql has set aside: each project of a user who exists, with its files,
-- as a project with an imported version. Only `id` of the forerunner's projects is assumed; any other column may be
-- there or not, under several names and of any type. The old tables stay as they are, with all their columns. What
-- could not be taken over is listed in glacia_origin.not_adopted with its reason: nothing is lost, and nothing that a
-- row holds stops the migration.

-- A row with all its columns, or null for one that jsonb cannot hold (a column of type json may have \u0000).
create function private.origin_row(p_row record) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return to_jsonb(p_row);
exception when others then
  return null;
end
$$;

-- The first of these columns that holds a text worth anything, control characters replaced.
create function private.origin_text(p_row jsonb, variadic p_names text[]) returns text
language sql immutable set search_path = ''
as $$
  select value from (
    select btrim(regexp_replace(p_row ->> name, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g')) as value, ordinality
    from unnest(p_names) with ordinality as t (name, ordinality)
  ) as found
  where value <> '' order by ordinality limit 1
$$;

-- What a file holds; null when it has none of the columns.
create function private.origin_content(p_row jsonb) returns text
language sql immutable set search_path = ''
as $$
  select coalesce(p_row ->> 'content', p_row ->> 'file_content', p_row ->> 'code', p_row ->> 'body')
$$;

-- A time out of a column, or null when it is none, in the future, or so long ago that it means nothing.
create function private.origin_time(p_row jsonb, variadic p_names text[]) returns timestamptz
language plpgsql stable set search_path = ''
as $$
declare
  v_at timestamptz := private.origin_text(p_row, variadic p_names);
begin
  return case when v_at between '2000-01-01' and clock_timestamp() then v_at end;
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
      coalesce(p_row ->> 'file_path', p_row ->> 'path', p_row ->> 'filePath') as path,
      coalesce(p_row ->> 'file_name', p_row ->> 'name', p_row ->> 'filename', p_row ->> 'fileName') as name
  ) as given
$$;

-- Files in a JSON value: an object of paths, of files or of folders, or a list of files and folders. A value that is
-- none of them comes out as a file without content, so that it is listed.
create function private.origin_tree(p_value jsonb, p_prefix text) returns table (path text, content text)
language plpgsql stable set search_path = ''
as $$
begin
  if length(p_prefix) > 1000 then
    return query select p_prefix, null;
  elsif jsonb_typeof(p_value) = 'array' then
    return query
    select f.path, f.content
    from jsonb_array_elements(p_value) as e (item)
    cross join lateral (select p_prefix || coalesce(private.origin_path(item), '') as at) as place
    cross join lateral (
      select at as path, private.origin_content(item) as content where jsonb_typeof(item -> 'children') is null
      union all
      select t.path, t.content from private.origin_tree(item -> 'children', at || '/') as t
      where jsonb_typeof(item -> 'children') is not null
    ) as f;
  elsif jsonb_typeof(p_value) = 'object' and private.origin_content(p_value) is null then
    return query
    select t.path, t.content
    from jsonb_each(p_value) as e (key, item)
    cross join lateral private.origin_tree(
      item, p_prefix || case when p_prefix <> '' then '/' else '' end || regexp_replace(key, '^(\./|/)+', '')
    ) as t;
  elsif jsonb_typeof(p_value) = 'object' then
    return query select p_prefix, private.origin_content(p_value);
  else
    return query select p_prefix, case when jsonb_typeof(p_value) = 'string' then p_value #>> '{}' end;
  end if;
end
$$;

-- A column that may hold files: JSON, or JSON in a text.
create function private.origin_json(p_value jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  return case when jsonb_typeof(p_value) = 'string' then (p_value #>> '{}')::jsonb else p_value end;
exception when others then
  return 'false';
end
$$;

-- Files that were kept on the project itself.
create function private.origin_json_files(p_project jsonb) returns table (path text, content text)
language sql stable set search_path = ''
as $$
  select case when jsonb_typeof(files) in ('object', 'array') then t.path else key end, t.content
  from jsonb_each(p_project) as c (key, value)
  cross join lateral private.origin_json(value) as kept
  cross join lateral (
    select case when jsonb_typeof(kept -> 'files') in ('object', 'array') then kept -> 'files' else kept end as files
  ) as unwrapped
  cross join lateral private.origin_tree(files, '') as t
  where key in ('files', 'generated_files', 'generated_code', 'file_tree', 'code_files', 'project_files')
    and jsonb_typeof(value) <> 'null'
$$;

-- Remembers something that could not be taken over.
create function private.origin_left(p_id text, p_path text, p_reason text) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into glacia_origin.not_adopted (origin_id, path, reason) values (p_id, left(p_path, 1000), p_reason);
end
$$;

-- Why a file cannot be one of ours, beside those that were taken; null when it can.
create function private.origin_objection(
  p_path text, p_content text, p_key text, p_paths text[], p_keys text[], p_size bigint
) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_path = any (p_paths) then 'older_version'
    when p_path is null or not private.is_file_path(p_path) then 'invalid_path'
    when p_content is null then 'no_content'
    when octet_length(p_content) > 1000000 then 'file_too_large'
    when exists (
      select from unnest(p_keys) as k where k = p_key or starts_with(k, p_key || '/') or starts_with(p_key, k || '/')
    ) then 'path_collision'
    when cardinality(p_paths) >= 500 then 'too_many_files'
    when p_size + octet_length(p_content) > 20000000 then 'project_too_large'
  end
$$;

-- Of a project's files those that a project of ours takes. The newest of each path comes first.
create function private.origin_files(p_id text) returns private.staged_file[]
language plpgsql set search_path = ''
as $$
declare
  v_file record;
  v_reason text;
  v_key text;
  v_keys text[] := '{}';
  v_paths text[] := '{}';
  v_size bigint := 0;
  v_staged private.staged_file[] := '{}';
begin
  for v_file in
    select r.path, r.content from pg_temp.origin_rows r where r.origin_id = p_id
    order by r.version desc, r.at desc nulls last, r.path collate "C"
  loop
    v_key := private.path_key(v_file.path);
    v_reason := private.origin_objection(v_file.path, v_file.content, v_key, v_paths, v_keys, v_size);
    if v_reason is not null then
      perform private.origin_left(p_id, v_file.path, v_reason);
      continue;
    end if;
    v_keys := array_append(v_keys, v_key);
    v_paths := array_append(v_paths, v_file.path);
    v_size := v_size + octet_length(v_file.content);
    v_staged := array_append(
      v_staged, row(v_file.path, v_file.content, private.content_hash(v_file.content))::private.staged_file
    );
  end loop;
  return v_staged;
end
$$;

-- One project, with its files as version 1. Keeps its id where that is a uuid, so addresses stay right.
create function private.adopt_origin_project(p_id text, p_row jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_user_id uuid := private.origin_user(p_row);
  v_name text := coalesce(
    private.origin_text(p_row, 'name', 'title', 'project_name', 'prompt', 'description'), 'Project'
  );
  v_changed timestamptz := private.origin_time(p_row, 'updated_at', 'updatedAt', 'created_at', 'createdAt');
  v_project public.projects;
  v_snapshot public.snapshots;
  v_staged private.staged_file[];
begin
  if p_row is null or v_user_id is null then
    perform private.origin_left(p_id, null, case when p_row is null then 'unreadable' else 'no_user' end);
    return;
  end if;
  perform private.ensure_profile(v_user_id);
  insert into public.projects (id, user_id, name)
  values (
    case when p_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_id::uuid else gen_random_uuid() end,
    v_user_id, private.check_project_name(left(v_name, 120))
  )
  returning * into v_project;
  insert into pg_temp.origin_rows (origin_id, path, content, version)
  select p_id, path, content, -1 from private.origin_json_files(p_row);
  v_staged := private.origin_files(p_id);
  if cardinality(v_staged) > 0 then
    v_snapshot.kind := 'import';
    v_snapshot.card := jsonb_build_object('title', v_project.name, 'added', 0, 'removed', 0);
    perform private.write_snapshot(v_project, v_staged, v_snapshot);
  end if;
  update public.projects
  set created_at = coalesce(least(private.origin_time(p_row, 'created_at', 'createdAt'), v_changed), created_at),
    updated_at = coalesce(v_changed, updated_at)
  where id = v_project.id;
  insert into glacia_origin.adopted (origin_id, project_id, file_count)
  values (p_id, v_project.id, cardinality(v_staged));
exception when others then
  perform private.origin_left(p_id, null, sqlerrm);
end
$$;

-- Reads the table of files, once: what is read per project must be quick to find.
create function private.read_origin_files() returns void
language plpgsql set search_path = ''
as $$
begin
  create temporary table origin_rows (
    origin_id text, path text, content text, version bigint not null default 0, at timestamptz
  ) on commit drop;
  if to_regclass('glacia_origin.project_files') is not null then
    execute $query$
      insert into pg_temp.origin_rows
      select file ->> 'project_id', private.origin_path(file), private.origin_content(file),
        coalesce((substring(file ->> 'version' from '^[0-9]{1,15}'))::bigint, 0),
        private.origin_time(file, 'updated_at', 'created_at')
      from glacia_origin.project_files t cross join lateral private.origin_row(t) as file
      where file is not null
    $query$;
    execute $query$
      insert into glacia_origin.not_adopted (path, reason)
      select left(t::text, 1000), 'unreadable' from glacia_origin.project_files t where private.origin_row(t) is null
    $query$;
  end if;
  create index on pg_temp.origin_rows (origin_id);
  analyze pg_temp.origin_rows;
end
$$;

-- All of it.
create function private.adopt_origin() returns void
language plpgsql set search_path = ''
as $$
declare
  v_found record;
begin
  create table glacia_origin.adopted (origin_id text primary key, project_id uuid not null, file_count integer not null);
  create table glacia_origin.not_adopted (origin_id text, path text, reason text not null);
  perform private.read_origin_files();
  if to_regclass('glacia_origin.projects') is not null then
    for v_found in execute 'select t.id::text as id, private.origin_row(t) as project from glacia_origin.projects t' loop
      perform private.adopt_origin_project(v_found.id, v_found.project);
    end loop;
  end if;
  insert into glacia_origin.not_adopted (origin_id, path, reason)
  select r.origin_id, left(r.path, 1000), 'no_project' from pg_temp.origin_rows r
  where not exists (select from glacia_origin.adopted a where a.origin_id = r.origin_id)
    and not exists (select from glacia_origin.not_adopted n where n.origin_id = r.origin_id and n.path is null);
  raise notice 'Taken over from Glacia-Coder: % projects. Left in schema glacia_origin: % rows, see its table not_adopted.',
    (select count(*) from glacia_origin.adopted), (select count(*) from glacia_origin.not_adopted);
  drop table pg_temp.origin_rows;
end
$$;

revoke execute on function
  private.origin_row(record), private.origin_text(jsonb, text[]), private.origin_content(jsonb),
  private.origin_time(jsonb, text[]), private.origin_user(jsonb), private.origin_path(jsonb),
  private.origin_tree(jsonb, text), private.origin_json(jsonb), private.origin_json_files(jsonb),
  private.origin_left(text, text, text), private.origin_objection(text, text, text, text[], text[], bigint),
  private.origin_files(text), private.adopt_origin_project(text, jsonb), private.read_origin_files(),
  private.adopt_origin()
from public, anon, authenticated, service_role;

-- A large project takes longer than a caller may.
select set_config('statement_timeout', '0', true);

do $$
begin
  if to_regnamespace('glacia_origin') is not null then
    perform private.adopt_origin();
  end if;
end
$$;

-- They were needed once.
drop function private.adopt_origin(), private.read_origin_files(), private.adopt_origin_project(text, jsonb),
  private.origin_files(text), private.origin_objection(text, text, text, text[], text[], bigint),
  private.origin_left(text, text, text), private.origin_json_files(jsonb), private.origin_json(jsonb),
  private.origin_tree(jsonb, text), private.origin_path(jsonb), private.origin_user(jsonb),
  private.origin_time(jsonb, text[]), private.origin_content(jsonb), private.origin_text(jsonb, text[]),
  private.origin_row(record);
