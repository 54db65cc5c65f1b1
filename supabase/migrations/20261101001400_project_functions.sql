-- What users do with projects and their queue.

-- For users: makes a project, empty or with the files of a template as snapshot 1. Definer, because users write no
-- tables; the row gets the caller's id.
create function public.create_project(
  p_name text, p_template text default null, p_files jsonb default '[]', p_card jsonb default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_project public.projects;
  v_snapshot public.snapshots;
  v_staged private.staged_file[] := private.stage_changes(coalesce(p_files, '[]'));
begin
  if char_length(p_template) > 100 then
    raise exception using errcode = 'PT422', message = 'invalid_template';
  end if;
  insert into public.projects (user_id, name, template)
  values (v_user_id, private.check_project_name(p_name), p_template)
  returning * into v_project;
  if cardinality(v_staged) > 0 then
    v_snapshot.kind := 'template';
    v_snapshot.card := coalesce(p_card, jsonb_build_object('title', v_project.name));
    perform private.write_snapshot(v_project, v_staged, v_snapshot);
    select * into v_project from public.projects where id = v_project.id;
  end if;
  return jsonb_build_object('project', private.project_json(v_project));
end
$$;

-- For users: their projects, the one that changed last first. Definer, as its answer is made of private helpers; it
-- filters on the caller.
create function public.list_projects() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
begin
  return jsonb_build_object('projects', (
    select coalesce(jsonb_agg(private.project_json(p) order by p.updated_at desc, p.id), '[]')
    from public.projects p where p.user_id = v_user_id
  ));
end
$$;

-- For users: one project of theirs. Raises PT404. Definer, as list_projects.
create function public.get_project(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  return jsonb_build_object(
    'project', private.project_json(private.get_own_project(p_project_id, private.caller()))
  );
end
$$;

-- For users: renames a project of theirs. Raises PT404 and PT422. Definer, because users write no tables.
create function public.update_project(p_project_id uuid, p_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.lock_own_project(p_project_id, private.caller());
begin
  update public.projects
  set name = private.check_project_name(p_name), updated_at = clock_timestamp()
  where id = v_project.id
  returning * into v_project;
  return jsonb_build_object('project', private.project_json(v_project));
end
$$;

-- For users: deletes a project of theirs with all its files and messages. What waits in its queue is dropped first,
-- which gives quota and slots back; while one runs, it is refused with PT409. Ledger and usage stay, with the
-- project's name. Definer, because users write no tables.
create function public.delete_project(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_generation public.generations;
begin
  perform private.lock_quota(v_user_id);
  perform private.lock_own_project(p_project_id, v_user_id);
  if exists (select from public.generations where project_id = p_project_id and status = 'running') then
    raise exception using errcode = 'PT409', message = 'generation_running';
  end if;
  for v_generation in
    select * from public.generations where project_id = p_project_id and status = 'queued' order by queue_no
    for no key update
  loop
    perform private.drop_generation(v_generation);
  end loop;
  delete from public.projects where id = p_project_id;
  return jsonb_build_object('ok', true);
end
$$;

-- For users: keeps what was typed in a project of theirs; null or '' forgets it. Raises PT404 and PT422. Definer,
-- because users write no tables.
create function public.save_draft(p_project_id uuid, p_prompt text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.lock_own_project(p_project_id, private.caller());
  if coalesce(p_prompt, '') = '' then
    update public.projects
    set draft_prompt = null, draft_reason = null, draft_kept_at = null
    where id = p_project_id;
  else
    perform private.check_prompt(p_prompt);
    perform private.keep_draft(p_project_id, p_prompt, 'saved');
  end if;
  return jsonb_build_object('ok', true);
end
$$;

-- For users: the chat of a project of theirs, oldest first: each request, then its answer. Definer, as list_projects.
create function public.list_messages(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('messages', (
    select coalesce(jsonb_agg(private.message_json(m, g) order by g.queue_no, m.role = 'assistant'), '[]')
    from public.messages m join public.generations g on g.id = m.generation_id
    where m.project_id = v_project.id
  ));
end
$$;

-- A generation of this user, not locked. Raises PT404, also for somebody else's.
create function private.get_own_generation(p_generation_id uuid, p_user_id uuid) returns public.generations
language plpgsql stable set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  select * into v_generation from public.generations where id = p_generation_id and user_id = p_user_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'generation_not_found';
  end if;
  return v_generation;
end
$$;

-- For users: one generation of theirs. Raises PT404. Definer, as list_projects.
create function public.get_generation(p_generation_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  return jsonb_build_object(
    'generation', private.generation_json(private.get_own_generation(p_generation_id, private.caller()))
  );
end
$$;

-- For users: stops a generation of theirs. A queued one ends at once, and quota and slot come back; of a running one
-- it is noted, and its process ends it; an ended one stays as it is. Definer, because users write no tables.
create function public.cancel_generation(p_generation_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  perform private.get_own_generation(p_generation_id, private.caller());
  v_generation := private.lock_generation(p_generation_id);
  if v_generation.status = 'queued' then
    perform private.drop_generation(v_generation);
  elsif v_generation.status = 'running' then
    update public.generations
    set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
    where id = p_generation_id;
  end if;
  return public.get_generation(p_generation_id);
end
$$;

-- For users: lets the queue of a project of theirs go on after a failure. Definer, because users write no tables.
create function public.continue_queue(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.lock_own_project(p_project_id, private.caller());
  update public.projects set is_held = false where id = p_project_id;
  return jsonb_build_object('ok', true);
end
$$;

revoke execute on function
  public.create_project(text, text, jsonb, jsonb), public.list_projects(), public.get_project(uuid),
  public.update_project(uuid, text), public.delete_project(uuid), public.save_draft(uuid, text),
  public.list_messages(uuid), private.get_own_generation(uuid, uuid), public.get_generation(uuid),
  public.cancel_generation(uuid), public.continue_queue(uuid)
from public, anon, authenticated, service_role;
grant execute on function
  public.create_project(text, text, jsonb, jsonb), public.list_projects(), public.get_project(uuid),
  public.update_project(uuid, text), public.delete_project(uuid), public.save_draft(uuid, text),
  public.list_messages(uuid), public.get_generation(uuid), public.cancel_generation(uuid),
  public.continue_queue(uuid)
to authenticated;
