-- Locked files: what a user has locked changes in no way, whoever asks, until they unlock it. One check, in the one
-- function that writes snapshots; so a locked path is always a file of the newest snapshot.

create table public.file_locks (
  project_id uuid not null references public.projects (id) on delete cascade,
  file_path varchar(500) not null,
  user_id uuid not null,
  created_at timestamptz not null,
  primary key (project_id, file_path)
);
create index file_locks_user_id on public.file_locks (user_id);
comment on table public.file_locks is 'Written by set_file_lock only, under the lock of the project.';

alter table public.file_locks enable row level security;
alter table public.file_locks force row level security;
revoke all on public.file_locks from public, anon, authenticated, service_role;
grant select on public.file_locks to authenticated, service_role;
create policy file_locks_select on public.file_locks
  for select to authenticated using (user_id = (select auth.uid()));

-- The locks of a project in path order, as models.FileLock.
create function private.file_locks_json(p_project_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('path', file_path, 'created_at', created_at) order by file_path collate "C"
  ), '[]')
  from public.file_locks where project_id = p_project_id
$$;

-- For users: the locked files of a project of theirs. Raises PT404. Definer, as its answer is made of private helpers;
-- it filters on the caller.
create function public.list_file_locks(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('locks', private.file_locks_json(v_project.id));
end
$$;

-- For users: locks a file of the newest snapshot of a project of theirs, or unlocks it; either twice is as good as once.
-- A generation that runs meanwhile is measured by what is locked at its end: both hold the project. Raises PT404.
-- Definer, because users write no tables.
create function public.set_file_lock(p_project_id uuid, p_path text, p_is_locked boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.lock_own_project(p_project_id, private.caller());
begin
  if not exists (
    select from public.snapshot_files
    where project_id = v_project.id and number = v_project.latest_snapshot and file_path = p_path
  ) then
    raise exception using errcode = 'PT404', message = 'file_not_found';
  end if;
  if p_is_locked then
    insert into public.file_locks (project_id, file_path, user_id, created_at)
    values (v_project.id, p_path, v_project.user_id, clock_timestamp())
    on conflict do nothing;
  else
    delete from public.file_locks where project_id = v_project.id and file_path = p_path;
  end if;
  return jsonb_build_object('locks', private.file_locks_json(v_project.id));
end
$$;

-- Raises PT409 when a locked file would get another content or go away, which is also how a rename begins. The detail
-- names the first one.
create function private.check_file_locks(p_project public.projects, p_staged private.staged_file[]) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_path text;
begin
  select l.file_path into v_path
  from public.file_locks l
  join unnest(p_staged) as s on s.path = l.file_path
  where l.project_id = p_project.id and s.sha256 is distinct from (
    select v.sha256
    from public.snapshot_files f
    join public.file_versions v
      on v.project_id = f.project_id and v.file_path = f.file_path and v.version = f.version
    where f.project_id = p_project.id and f.number = p_project.latest_snapshot and f.file_path = l.file_path
  )
  order by l.file_path collate "C"
  limit 1;
  if found then
    raise exception using errcode = 'PT409', message = 'file_locked', detail = v_path;
  end if;
end
$$;

-- Makes the next snapshot of a project out of its newest one and the staged changes. Raises PT409 for a locked file, and
-- PT422 above the limits and for paths that cannot stand side by side. The project must be locked; `p_snapshot` carries
-- kind, card, generation_id and where it was restored from.
create or replace function private.write_snapshot(
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
  perform private.check_file_locks(p_project, p_staged);
  perform private.store_versions(p_project, p_staged, v_now);
  perform private.sync_project_files(p_project, p_staged, v_now);
  v_size := private.check_project(p_project.id, p_staged);
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

-- For the server: what the model is told beside the prompt: earlier turns that were answered, as
-- private.answered_turns gives them, the files it starts from, and which files are locked. Raises PT410 without the
-- lease. Definer, because the server reads them for every user.
create or replace function public.list_conversation(p_generation_id uuid, p_lease_token uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  if not exists (
    select from private.leases where generation_id = p_generation_id and lease_token = p_lease_token
  ) then
    raise exception using errcode = 'PT410', message = 'lease_lost';
  end if;
  select * into v_generation from public.generations where id = p_generation_id;
  return private.answered_turns(v_generation.project_id, v_generation.queue_no) || jsonb_build_object(
    'files', private.snapshot_files_json(v_generation.project_id, v_generation.base_snapshot, true),
    'locks', private.file_locks_json(v_generation.project_id)
  );
end
$$;

revoke execute on function
  private.file_locks_json(uuid), public.list_file_locks(uuid), public.set_file_lock(uuid, text, boolean),
  private.check_file_locks(public.projects, private.staged_file[])
from public, anon, authenticated, service_role;
grant execute on function public.list_file_locks(uuid), public.set_file_lock(uuid, text, boolean) to authenticated;
