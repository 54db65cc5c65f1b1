-- Projects: what a user works on. The row also holds the draft (a prompt that was refused) and the queue's brake.

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 120),
  template text check (char_length(template) <= 100),
  latest_snapshot integer not null default 0 check (latest_snapshot >= 0),
  is_held boolean not null default false,
  draft_prompt text check (char_length(draft_prompt) between 1 and 100000),
  draft_reason text,
  draft_kept_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (num_nulls(draft_prompt, draft_reason, draft_kept_at) in (0, 3))
);
create index projects_user_id_updated_at on public.projects (user_id, updated_at desc);
comment on column public.projects.latest_snapshot is '0 while the project is empty.';
comment on column public.projects.is_held is 'Queued generations wait for "continue", because the one before failed.';

alter table public.projects enable row level security;
alter table public.projects force row level security;
revoke all on public.projects from public, anon, authenticated, service_role;
grant select on public.projects to authenticated, service_role;

create policy projects_select on public.projects
  for select to authenticated using (user_id = (select auth.uid()));

-- A user's project, not locked. Raises PT404, also for somebody else's.
create function private.get_own_project(p_project_id uuid, p_user_id uuid) returns public.projects
language plpgsql stable set search_path = ''
as $$
declare
  v_project public.projects;
begin
  select * into v_project from public.projects where id = p_project_id and user_id = p_user_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'project_not_found';
  end if;
  return v_project;
end
$$;

-- A user's project, locked: whoever changes the queue, the snapshots or the draft of a project holds this lock.
-- Raises PT404, also for somebody else's.
create function private.lock_own_project(p_project_id uuid, p_user_id uuid) returns public.projects
language plpgsql set search_path = ''
as $$
declare
  v_project public.projects;
begin
  select * into v_project from public.projects
  where id = p_project_id and user_id = p_user_id
  for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'project_not_found';
  end if;
  return v_project;
end
$$;

-- Raises PT422 unless the text can be a project's name: 1 to 120 characters, none of them a control character.
create function private.check_project_name(p_name text) returns text
language plpgsql immutable set search_path = ''
as $$
declare
  v_name text := btrim(p_name);
begin
  if v_name is null or char_length(v_name) not between 1 and 120 or v_name ~ '[\u0001-\u001f\u007f-\u009f]' then
    raise exception using errcode = 'PT422', message = 'invalid_name';
  end if;
  return v_name;
end
$$;

revoke execute on function
  private.get_own_project(uuid, uuid), private.lock_own_project(uuid, uuid), private.check_project_name(text)
from public, anon, authenticated, service_role;
