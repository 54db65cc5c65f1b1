-- Health: what went wrong in the preview of a version, and what was asked of Claude about it.
--
-- A version never changes, so what went wrong in it once can go wrong again: errors are added up, and an `ok` never
-- takes one away. `ok` says that somebody looked for some seconds and saw no error; without a row nobody has looked.

create table public.snapshot_health (
  project_id uuid not null,
  number integer not null,
  user_id uuid not null,
  state text not null check (state in ('ok', 'broken')),
  errors jsonb not null check (jsonb_typeof(errors) = 'array' and jsonb_array_length(errors) <= 20),
  seen_at timestamptz not null,
  primary key (project_id, number),
  foreign key (project_id, number) references public.snapshots (project_id, number) on delete cascade
);
create index snapshot_health_user_id on public.snapshot_health (user_id);
comment on column public.snapshot_health.errors is
  'Different ones only, in the order in which they were first seen: [{kind, message, file, line, column, signature}].';

-- The requests that were made to fix the errors of a version with one click, and which errors those were.
create table public.generation_fixes (
  generation_id uuid primary key references public.generations (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null,
  snapshot integer not null,
  signatures text[] not null
);
create index generation_fixes_project_id on public.generation_fixes (project_id);
create index generation_fixes_user_id on public.generation_fixes (user_id);

alter table public.snapshot_health enable row level security;
alter table public.snapshot_health force row level security;
alter table public.generation_fixes enable row level security;
alter table public.generation_fixes force row level security;
revoke all on public.snapshot_health, public.generation_fixes from public, anon, authenticated, service_role;
grant select on public.snapshot_health, public.generation_fixes to authenticated, service_role;

create policy snapshot_health_select on public.snapshot_health
  for select to authenticated using (user_id = (select auth.uid()));
create policy generation_fixes_select on public.generation_fixes
  for select to authenticated using (user_id = (select auth.uid()));

-- A text from a preview as it is kept: on one line, and without the address of the preview, which is a key to it.
create function private.health_text(p_text text) returns text
language sql immutable set search_path = ''
as $$
  select btrim(regexp_replace(
    regexp_replace(p_text, '(https?://[^\s/]+)?/preview/[A-Za-z0-9_-]+/', '', 'g'), '\s+', ' ', 'g'
  ))
$$;

-- What makes two errors the same: kind, file, and the message without addresses and numbers, which differ from one
-- loading to the next, as lines and columns do from one version to the next.
create function private.error_signature(p_kind text, p_message text, p_file text) returns text
language sql immutable set search_path = ''
as $$
  select private.content_hash(concat_ws(
    chr(10), p_kind, regexp_replace(p_file, '[?#].*$', ''),
    regexp_replace(regexp_replace(p_message, '[A-Za-z][A-Za-z0-9+.-]*://\S+', '@', 'g'), '\d+', '#', 'g')
  ))
$$;

-- One error as it is kept. Raises PT422 for what is not of the shape {kind, message, file?, line?, column?}.
create function private.health_error(p_error jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  v_message text := private.health_text(p_error ->> 'message');
  v_file text := nullif(private.health_text(p_error ->> 'file'), '');
begin
  if jsonb_typeof(p_error) is distinct from 'object'
    or coalesce(p_error ->> 'kind', '') not in ('error', 'rejection', 'missing', 'unreadable', 'outside', 'console')
    or jsonb_typeof(p_error -> 'message') is distinct from 'string'
    or coalesce(jsonb_typeof(p_error -> 'file'), 'null') not in ('string', 'null')
    or char_length(p_error ->> 'message') > 500 or char_length(p_error ->> 'file') > 500
    or (coalesce(p_error ->> 'line', '0') || ' ' || coalesce(p_error ->> 'column', '0')) !~ '^\d{1,9} \d{1,9}$'
  then
    raise exception using errcode = 'PT422', message = 'invalid_health';
  end if;
  return jsonb_build_object(
    'kind', p_error -> 'kind', 'message', v_message, 'file', v_file,
    'line', nullif((p_error ->> 'line')::integer, 0), 'column', nullif((p_error ->> 'column')::integer, 0),
    'signature', private.error_signature(p_error ->> 'kind', v_message, v_file)
  );
end
$$;

-- What a report comes to: the errors in it, without files said to be missing that the version has (then the network was
-- at fault), and nothing if there is no error but only what the page wrote to its console. Raises PT422.
create function private.reported_errors(p_project_id uuid, p_snapshot integer, p_errors jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_errors jsonb;
begin
  if jsonb_typeof(p_errors) is distinct from 'array' or jsonb_array_length(p_errors) > 20 then
    raise exception using errcode = 'PT422', message = 'invalid_health';
  end if;
  select coalesce(jsonb_agg(e order by n), '[]') into v_errors
  from (
    select private.health_error(reported) as e, n from jsonb_array_elements(p_errors) with ordinality as t (reported, n)
  ) as read
  where e ->> 'kind' <> 'missing' or not exists (
    select from public.snapshot_files f
    where f.project_id = p_project_id and f.number = p_snapshot
      and f.file_path in (e ->> 'file', rtrim(e ->> 'file', '/') || '/index.html')
  );
  return case when private.error_signatures(v_errors) = '{}' then '[]' else v_errors end;
end
$$;

-- The signatures of what went wrong; what a page wrote to its console is a detail and no error.
create function private.error_signatures(p_errors jsonb) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce(array_agg(e ->> 'signature' order by n), '{}')
  from jsonb_array_elements(p_errors) with ordinality as t (e, n)
  where e ->> 'kind' <> 'console'
$$;

-- Two lists of errors as one of at most 20: each error once, as first seen; errors before details.
create function private.merge_errors(p_old jsonb, p_new jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_agg(e order by is_detail, n), '[]')
  from (
    select e, n, e ->> 'kind' = 'console' as is_detail
    from (
      select distinct on (e ->> 'signature') e, n
      from jsonb_array_elements(p_old || p_new) with ordinality as t (e, n)
      order by e ->> 'signature', n
    ) as different
    order by is_detail, n
    limit 20
  ) as kept
$$;

-- The loop breaker's rule. A version shows an error that Claude was asked to fix with one click before, in that version
-- or an earlier one, and the request was carried out: the same error twice, and another try is unlikely to help. A
-- version without errors in between ends it: then the error has come back for another reason.
create function private.is_fix_blocked(p_health public.snapshot_health) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.generation_fixes f
    join public.generations g on g.id = f.generation_id
    where f.project_id = p_health.project_id and f.snapshot <= p_health.number and g.status = 'succeeded'
      and f.signatures && private.error_signatures(p_health.errors)
      and not exists (
        select from public.snapshot_health h
        where h.project_id = f.project_id and h.number > f.snapshot and h.number < p_health.number and h.state = 'ok'
      )
  )
$$;

-- The version to go back to from this one: the newest before it that was seen without errors, else the newest that
-- nobody has looked at; null if all are broken. Not the one that this is a copy of.
create function private.last_working(p_project_id uuid, p_number integer) returns integer
language sql stable set search_path = ''
as $$
  select s.number
  from public.snapshots s
  left join public.snapshot_health h using (project_id, number)
  where s.project_id = p_project_id and s.number < p_number and coalesce(h.state, '') <> 'broken'
    and not exists (
      select from public.snapshots this
      where this.project_id = p_project_id and this.number = p_number and this.restored_from = s.number
        and this.restored_path is null
    )
  order by h.state is null, s.number desc
  limit 1
$$;

-- The health of a snapshot as models.SnapshotHealth.
create function private.health_json(p_project_id uuid, p_number integer) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_build_object(
        'state', h.state,
        'errors', (select coalesce(jsonb_agg(e - 'signature' order by n), '[]')
          from jsonb_array_elements(h.errors) with ordinality as t (e, n)),
        'is_fix_blocked', private.is_fix_blocked(h),
        'last_working', case when h.state = 'broken' then private.last_working(h.project_id, h.number) end,
        'seen_at', h.seen_at
      )
      from public.snapshot_health h where h.project_id = p_project_id and h.number = p_number
    ),
    jsonb_build_object(
      'state', 'unknown', 'errors', '[]'::jsonb, 'is_fix_blocked', false, 'last_working', null, 'seen_at', null
    )
  )
$$;

-- The number of a snapshot that exists. Raises PT404.
create function private.check_snapshot(p_project public.projects, p_snapshot integer) returns integer
language plpgsql stable set search_path = ''
as $$
begin
  if p_snapshot is null or p_snapshot not between 1 and p_project.latest_snapshot then
    raise exception using errcode = 'PT404', message = 'snapshot_not_found';
  end if;
  return p_snapshot;
end
$$;

-- For users: notes what went wrong in a preview of a snapshot of theirs; an empty list says that nothing did. Answers
-- with its health as it then is. Raises PT404 and PT422. Definer, because users write no tables; it filters on the
-- caller.
create function public.note_health(p_project_id uuid, p_snapshot integer, p_errors jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
  v_number integer := private.check_snapshot(v_project, p_snapshot);
  v_errors jsonb := private.reported_errors(v_project.id, v_number, p_errors);
  v_health public.snapshot_health;
begin
  insert into public.snapshot_health (project_id, number, user_id, state, errors, seen_at)
  values (v_project.id, v_number, v_project.user_id, 'ok', '[]', clock_timestamp())
  on conflict do nothing;
  select * into v_health from public.snapshot_health
  where project_id = v_project.id and number = v_number
  for no key update;
  v_errors := private.merge_errors(v_health.errors, v_errors);
  update public.snapshot_health
  set errors = v_errors, state = case when v_errors = '[]' then 'ok' else 'broken' end, seen_at = clock_timestamp()
  where project_id = v_project.id and number = v_number;
  return jsonb_build_object('health', private.health_json(v_project.id, v_number));
end
$$;

-- For users: the health of a snapshot of theirs. Raises PT404. Definer, as list_snapshots.
create function public.get_health(p_project_id uuid, p_snapshot integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object(
    'health', private.health_json(v_project.id, private.check_snapshot(v_project, p_snapshot))
  );
end
$$;

-- For users: the snapshots of a project of theirs, newest first, each with its health, which is new here. Definer, as
-- its answer is made of private helpers; it filters on the caller.
create or replace function public.list_snapshots(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('snapshots', (
    select coalesce(jsonb_agg(
      private.snapshot_json(s) || jsonb_build_object('health', private.health_json(s.project_id, s.number))
      order by s.number desc
    ), '[]')
    from public.snapshots s where s.project_id = v_project.id
  ));
end
$$;

revoke execute on function
  private.health_text(text), private.error_signature(text, text, text), private.health_error(jsonb),
  private.reported_errors(uuid, integer, jsonb), private.error_signatures(jsonb), private.merge_errors(jsonb, jsonb),
  private.is_fix_blocked(public.snapshot_health), private.last_working(uuid, integer),
  private.health_json(uuid, integer), private.check_snapshot(public.projects, integer),
  public.note_health(uuid, integer, jsonb), public.get_health(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.note_health(uuid, integer, jsonb), public.get_health(uuid, integer) to authenticated;
