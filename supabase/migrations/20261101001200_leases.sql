-- Running: which process runs which generation, and the events it flushes.
--
-- A lease is held for 30 s and extended by a timer. One that has run out is still its holder's until a sweep ends the
-- generation: the row lock on the lease decides who was first.

-- For the server: takes what may run now: the head of each queue that is not held, in projects where nothing runs, at
-- most `p_max`, the oldest first; with a project, only its own head. Projects that somebody else has locked are left
-- for the next call. Definer, because only the owner may write generations and leases.
create function public.claim_generations(p_process_id uuid, p_max integer, p_project_id uuid default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project_id uuid;
  v_claimed jsonb := '[]';
  v_one jsonb;
begin
  for v_project_id in
    select g.project_id
    from public.generations g join public.projects p on p.id = g.project_id
    where g.status = 'queued' and not p.is_held and (p_project_id is null or g.project_id = p_project_id)
      and not exists (
        select from public.generations r where r.project_id = g.project_id and r.status = 'running'
      )
    group by g.project_id
    order by min(g.queue_no)
    limit greatest(p_max, 0)
  loop
    v_one := private.claim_head(v_project_id, p_process_id, p_project_id is not null);
    if v_one is not null then
      v_claimed := v_claimed || v_one;
    end if;
  end loop;
  return jsonb_build_object('generations', v_claimed);
end
$$;

-- Claims the head of one project's queue, as models.ClaimedGeneration; null when there is nothing to claim any more.
-- It waits for the project's lock only when the caller asked for this one project and so holds no other.
create function private.claim_head(p_project_id uuid, p_process_id uuid, p_waits boolean) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_project public.projects;
  v_generation public.generations;
  v_token uuid := gen_random_uuid();
begin
  if p_waits then
    select * into v_project from public.projects where id = p_project_id and not is_held for no key update;
  else
    select * into v_project from public.projects where id = p_project_id and not is_held
    for no key update skip locked;
  end if;
  if not found or exists (
    select from public.generations where project_id = p_project_id and status = 'running'
  ) then
    return null;
  end if;
  update public.generations
  set status = 'running', started_at = clock_timestamp(), base_snapshot = v_project.latest_snapshot
  where id = (
    select id from public.generations where project_id = p_project_id and status = 'queued' order by queue_no limit 1
  ) and status = 'queued'
  returning * into v_generation;
  if not found then
    return null;
  end if;
  insert into private.leases (generation_id, user_id, lease_token, process_id, expires_at, reserved_until)
  values (
    v_generation.id, v_generation.user_id, v_token, p_process_id, clock_timestamp() + interval '30 seconds', 200
  );
  return jsonb_build_object(
    'id', v_generation.id, 'project_id', v_generation.project_id, 'user_id', v_generation.user_id,
    'prompt', v_generation.prompt, 'model', v_generation.model, 'lease_token', v_token,
    'base_snapshot', v_generation.base_snapshot, 'last_seq', 0
  );
end
$$;

-- For the server: keeps leases for another 30 s, all of a process's in one call. Says which are lost, and for which
-- ones Stop was asked. A lease that is locked just now is being written by its own process and skipped: it has time
-- until the next call. Definer, because schema private is closed to every client; each lease is found by its token.
create function public.extend_leases(p_leases jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  with mine as (
    select l.generation_id
    from jsonb_to_recordset(p_leases) as c (generation_id uuid, lease_token uuid)
    join private.leases l using (generation_id, lease_token)
    for update of l skip locked
  )
  update private.leases l set expires_at = clock_timestamp() + interval '30 seconds'
  from mine where l.generation_id = mine.generation_id;
  select coalesce(array_agg(generation_id), '{}') into v_ids
  from jsonb_to_recordset(p_leases) as c (generation_id uuid);
  return jsonb_build_object(
    'lost', private.lost_leases(p_leases),
    'cancelled', public.find_cancelled(v_ids) -> 'cancelled'
  );
end
$$;

-- The generations of these `[{generation_id, lease_token}]` whose lease has another token or is gone.
create function private.lost_leases(p_leases jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(c.generation_id), '[]')
  from jsonb_to_recordset(p_leases) as c (generation_id uuid, lease_token uuid)
  where not exists (
    select from private.leases l where l.generation_id = c.generation_id and l.lease_token = c.lease_token
  )
$$;

-- For the server: which of these running generations their users want to stop. Definer, because the server reads them
-- for every user.
create function public.find_cancelled(p_generation_ids uuid[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('cancelled', coalesce(jsonb_agg(id), '[]'))
  from public.generations
  where id = any (p_generation_ids) and status = 'running' and cancel_requested_at is not null
$$;

-- For the server: stores the events of one flush, of all generations of a process in one call, and how far their
-- numbers are reserved. Says which leases are lost; their events are not stored. Storing the same events twice
-- changes nothing: a numbered event is never rewritten. Definer, because only the owner may write events; each batch
-- is checked against its lease. Leases are locked in the order of their ids, so that two flushes never wait for each
-- other in a circle.
create function public.append_events(p_batches jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_batch record;
  v_user_id uuid;
begin
  for v_batch in
    select * from jsonb_to_recordset(p_batches)
      as b (generation_id uuid, lease_token uuid, events jsonb, reserved_until integer)
    order by generation_id
  loop
    update private.leases
    set reserved_until = greatest(reserved_until, v_batch.reserved_until)
    where generation_id = v_batch.generation_id and lease_token = v_batch.lease_token
    returning user_id into v_user_id;
    if found then
      perform private.store_events(v_batch.generation_id, v_user_id, v_batch.events);
    end if;
  end loop;
  return jsonb_build_object('lost', private.lost_leases(p_batches));
end
$$;

-- Stores those of the events that are numbered above everything stored already, as one row.
create function private.store_events(p_generation_id uuid, p_user_id uuid, p_events jsonb) returns void
language sql set search_path = ''
as $$
  insert into public.generation_events (generation_id, last_seq, user_id, events)
  select p_generation_id, max((e ->> 'seq')::integer), p_user_id, jsonb_agg(e order by (e ->> 'seq')::integer)
  from jsonb_array_elements(p_events) as e
  where (e ->> 'seq')::integer > coalesce(
    (select max(last_seq) from public.generation_events where generation_id = p_generation_id), 0
  )
  having count(*) > 0
$$;

-- Every stored event of a generation above a number, in order: flushed ones, or those of the replay once it has
-- ended.
create function private.events_json(p_generation_id uuid, p_after integer) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(e order by (e ->> 'seq')::integer), '[]')
  from (
    select events from public.generation_events where generation_id = p_generation_id and last_seq > p_after
    union all
    select events from public.generation_replays where generation_id = p_generation_id
  ) as stored, jsonb_array_elements(stored.events) as e
  where (e ->> 'seq')::integer > p_after
$$;

-- For the server: what is new since a number, for many generations `[{generation_id, after}]` in one call. Unknown
-- ones are left out. Definer, because the server reads events for every user; it has checked whose they are.
create function public.events_since(p_cursors jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('generations', coalesce(jsonb_agg(jsonb_build_object(
    'id', g.id, 'status', g.status, 'events', private.events_json(g.id, coalesce(c.after, 0))
  )), '[]'))
  from jsonb_to_recordset(p_cursors) as c (generation_id uuid, after integer)
  join public.generations g on g.id = c.generation_id
$$;

-- Raises PT410 unless this lease is held now; locks it. Called under the locks of quota, project and generation.
create function private.lock_lease(p_generation_id uuid, p_lease_token uuid) returns private.leases
language plpgsql set search_path = ''
as $$
declare
  v_lease private.leases;
begin
  select * into v_lease from private.leases
  where generation_id = p_generation_id and lease_token = p_lease_token
  for update;
  if not found then
    raise exception using errcode = 'PT410', message = 'lease_lost';
  end if;
  return v_lease;
end
$$;

-- For the server: what the model is told beside the prompt: earlier turns that were answered, oldest first (the
-- newest hundred), and the files it starts from. A turn that only changed files speaks by the title of its change.
-- Raises PT410 without the lease. Definer, because the server reads them for every user.
create function public.list_conversation(p_generation_id uuid, p_lease_token uuid) returns jsonb
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
  return jsonb_build_object(
    'messages', private.answered_turns(v_generation.project_id, v_generation.queue_no),
    'files', private.snapshot_files_json(v_generation.project_id, v_generation.base_snapshot, true)
  );
end
$$;

-- The newest hundred turns before this place in the queue that have an answer, as `[{role, text}]`, oldest first.
create function private.answered_turns(p_project_id uuid, p_before bigint) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('role', m.role, 'text', case when m.text = '' then m.card ->> 'title' else m.text end)
    order by t.queue_no, m.role = 'assistant'
  ), '[]')
  from (
    select g.id, g.queue_no
    from public.generations g
    join public.messages a on a.generation_id = g.id and a.role = 'assistant'
    where g.project_id = p_project_id and g.queue_no < p_before and (a.text <> '' or a.card is not null)
    order by g.queue_no desc
    limit 100
  ) as t
  join public.messages m on m.generation_id = t.id
$$;

revoke execute on function
  public.claim_generations(uuid, integer, uuid), private.claim_head(uuid, uuid, boolean),
  public.extend_leases(jsonb), private.lost_leases(jsonb), public.find_cancelled(uuid[]),
  public.append_events(jsonb), private.store_events(uuid, uuid, jsonb), private.events_json(uuid, integer),
  public.events_since(jsonb), private.lock_lease(uuid, uuid), public.list_conversation(uuid, uuid),
  private.answered_turns(uuid, bigint)
from public, anon, authenticated, service_role;
grant execute on function
  public.claim_generations(uuid, integer, uuid), public.extend_leases(jsonb), public.find_cancelled(uuid[]),
  public.append_events(jsonb), public.events_since(jsonb), public.list_conversation(uuid, uuid)
to service_role;
