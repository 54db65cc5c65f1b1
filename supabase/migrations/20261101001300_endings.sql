-- Ending a generation: finish, fail, drop, sweep. Whatever the way, private.end_generation does the same things in
-- one transaction: settle or refund, the slot, the replay, the message, the bill, the lease, the queue.

-- Locks a generation and what comes before it in the order of locks: its user's quota row and its project. Null for
-- one that does not exist (any more).
create function private.lock_generation(p_generation_id uuid) returns public.generations
language plpgsql set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  select * into v_generation from public.generations where id = p_generation_id;
  if not found then
    return null;
  end if;
  perform private.lock_quota(v_generation.user_id);
  perform private.lock_own_project(v_generation.project_id, v_generation.user_id);
  select * into v_generation from public.generations where id = p_generation_id for no key update;
  return v_generation;
end
$$;

-- Merges facts that only the database knows into the last event, and numbers it behind everything that was stored.
create function private.last_event(p_generation_id uuid, p_event jsonb, p_facts jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'seq', greatest(
      (p_event ->> 'seq')::integer,
      coalesce((select max(last_seq) from public.generation_events where generation_id = p_generation_id), 0) + 1
    ),
    'type', p_event -> 'type',
    'data', coalesce(p_event -> 'data', '{}') || p_facts
  )
$$;

-- Compacts the flushed events, those not flushed yet and the last one into the one replay record.
create function private.store_replay(p_generation public.generations, p_events jsonb, p_last jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.store_events(p_generation.id, p_generation.user_id, p_events - (-1));
  perform private.store_events(p_generation.id, p_generation.user_id, jsonb_build_array(p_last));
  insert into public.generation_replays (generation_id, user_id, events)
  values (p_generation.id, p_generation.user_id, private.events_json(p_generation.id, 0));
  delete from public.generation_events where generation_id = p_generation.id;
end
$$;

-- Stores the assistant's message, if there is anything to show.
create function private.store_answer(p_generation public.generations, p_result jsonb) returns void
language sql set search_path = ''
as $$
  insert into public.messages (project_id, user_id, generation_id, role, text, thinking, card, created_at)
  select p_generation.project_id, p_generation.user_id, p_generation.id, 'assistant',
    coalesce(p_result ->> 'text', ''), coalesce(p_result ->> 'thinking', ''),
    nullif(p_result -> 'card', 'null'), clock_timestamp()
  where p_generation.status = 'succeeded' or coalesce(p_result ->> 'text', '') <> ''
    or coalesce(p_result ->> 'thinking', '') <> ''
$$;

-- Lets the queue behind an ended generation go on, or holds it: after a failure that may repeat itself, the user
-- decides. An empty queue is never held.
create function private.release_queue(p_generation public.generations) returns void
language sql set search_path = ''
as $$
  update public.projects p
  set updated_at = clock_timestamp(),
    is_held = (p.is_held or (p_generation.status = 'failed' and p_generation.outcome <> 'interrupted'))
      and exists (select from public.generations g where g.project_id = p.id and g.status = 'queued')
  where p.id = p_generation.project_id
$$;

-- Ends a generation by the rule of its outcome. The generation is locked with what comes before it, and was queued or
-- runs. `p_result` is what finish_generation and fail_generation are given. Returns {"last": Event, "generation":
-- Generation}. Raises PT422 for an outcome that does not exist or a list of events without an end.
create function private.end_generation(p_generation public.generations, p_result jsonb, p_snapshot integer)
returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rule private.outcome_rules;
  v_generation public.generations;
  v_is_returned boolean;
  v_last jsonb := p_result -> 'events' -> -1;
begin
  select * into v_rule from private.outcome_rules where outcome = p_result ->> 'outcome';
  if not found then
    raise exception using errcode = 'PT422', message = 'invalid_outcome';
  elsif coalesce(v_last ->> 'type', '') <> (case v_rule.status when 'succeeded' then 'done' else 'failed' end) then
    raise exception using errcode = 'PT422', message = 'invalid_events';
  end if;
  v_is_returned := private.close_reservation(
    p_generation.user_id, p_generation.id, p_generation.project_id, v_rule.returns_quota, v_rule.outcome
  );
  if v_rule.releases_slot then
    delete from private.rate_hits where generation_id = p_generation.id;
  end if;
  v_last := private.last_event(p_generation.id, v_last, case v_rule.status
    when 'succeeded' then jsonb_build_object('snapshot', p_snapshot)
    else jsonb_build_object('returned', v_is_returned)
  end);
  perform private.store_replay(p_generation, p_result -> 'events', v_last);
  update public.generations
  set status = v_rule.status, outcome = v_rule.outcome, snapshot = p_snapshot, is_returned = v_is_returned,
    error_code = p_result ->> 'code', error_message = p_result ->> 'message',
    model = coalesce(p_result ->> 'model', model), attempts = coalesce((p_result ->> 'attempts')::integer, 0),
    last_seq = (v_last ->> 'seq')::integer, finished_at = clock_timestamp()
  where id = p_generation.id
  returning * into v_generation;
  perform private.store_answer(v_generation, p_result);
  perform private.record_usage(v_generation, p_result -> 'usage');
  with ended as (delete from private.leases where generation_id = v_generation.id returning generation_id, lease_token)
  insert into private.ended_leases select generation_id, lease_token from ended;
  perform private.release_queue(v_generation);
  return jsonb_build_object('last', v_last, 'generation', private.generation_json(v_generation));
end
$$;

-- The answer to an end that was stored already under this lease, for whoever lost it on the way; null otherwise.
create function private.repeated_end(p_generation public.generations, p_lease_token uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('last', r.events -> -1, 'generation', private.generation_json(p_generation))
  from private.ended_leases e join public.generation_replays r using (generation_id)
  where e.generation_id = p_generation.id and e.lease_token = p_lease_token
$$;

-- For the server: stores what a generation produced, all of it in one transaction: file versions and snapshot,
-- message, usage, settlement, last events. Raises PT410 without the lease. Definer, because only the owner may write
-- any of it; the lease token is the proof that the caller runs it.
create function public.finish_generation(p_generation_id uuid, p_lease_token uuid, p_result jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations := private.lock_generation(p_generation_id);
  v_ended jsonb := private.repeated_end(v_generation, p_lease_token);
  v_snapshot integer;
begin
  if v_ended is null then
    perform private.lock_lease(p_generation_id, p_lease_token);
    if p_result ->> 'outcome' = 'committed' then
      v_snapshot := private.commit_changes(v_generation, p_result);
    elsif p_result ->> 'outcome' is distinct from 'answered' then
      raise exception using errcode = 'PT422', message = 'invalid_outcome';
    end if;
    v_ended := private.end_generation(v_generation, p_result, v_snapshot);
  end if;
  return jsonb_build_object(
    'snapshot', v_ended -> 'generation' -> 'snapshot', 'done', v_ended -> 'last', 'generation', v_ended -> 'generation'
  );
end
$$;

-- Writes the snapshot of a generation; its number.
create function private.commit_changes(p_generation public.generations, p_result jsonb) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_project public.projects := private.lock_own_project(p_generation.project_id, p_generation.user_id);
  v_snapshot public.snapshots;
begin
  v_snapshot.kind := 'generation';
  v_snapshot.card := p_result -> 'card';
  v_snapshot.generation_id := p_generation.id;
  v_snapshot := private.write_snapshot(v_project, private.stage_changes(p_result -> 'changes'), v_snapshot);
  return v_snapshot.number;
end
$$;

-- For the server: ends a generation that has delivered nothing to keep, with quota and slot by the rule of its
-- outcome. Raises PT410 without the lease. Definer, as finish_generation.
create function public.fail_generation(p_generation_id uuid, p_lease_token uuid, p_result jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations := private.lock_generation(p_generation_id);
  v_ended jsonb := private.repeated_end(v_generation, p_lease_token);
begin
  if v_ended is null then
    perform private.lock_lease(p_generation_id, p_lease_token);
    if p_result ->> 'outcome' in ('committed', 'answered', 'dropped') then
      raise exception using errcode = 'PT422', message = 'invalid_outcome';
    end if;
    v_ended := private.end_generation(v_generation, p_result, null);
  end if;
  return jsonb_build_object('failed', v_ended -> 'last', 'generation', v_ended -> 'generation');
end
$$;

-- Takes a queued generation out of its queue: quota and slot come back. It is locked with what comes before it.
create function private.drop_generation(p_generation public.generations) returns jsonb
language sql set search_path = ''
as $$
  select private.end_generation(p_generation, jsonb_build_object(
    'outcome', 'dropped', 'code', 'dropped', 'message', '',
    'events', jsonb_build_array(jsonb_build_object('seq', 1, 'type', 'failed', 'data', jsonb_build_object(
      'outcome', 'dropped', 'code', 'dropped', 'message', ''
    )))
  ), null)
$$;

-- What a crash left of a generation, as fail_generation takes it: the text that was flushed, and the last usage.
create function private.interrupted_result(p_generation_id uuid, p_reserved_until integer) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'outcome', 'interrupted', 'code', 'interrupted', 'message', '', 'attempts', 1,
    'text', string_agg(e -> 'data' ->> 'text', '' order by n) filter (where e ->> 'type' = 'message.delta'),
    'thinking', string_agg(e -> 'data' ->> 'text', '' order by n) filter (where e ->> 'type' = 'thinking.delta'),
    'usage', (array_agg(e -> 'data' order by n desc) filter (where e ->> 'type' = 'usage'))[1],
    'events', jsonb_build_array(jsonb_build_object(
      'seq', p_reserved_until + 1, 'type', 'failed',
      'data', jsonb_build_object('outcome', 'interrupted', 'code', 'interrupted', 'message', '')
    ))
  )
  from jsonb_array_elements(private.events_json(p_generation_id, 0)) with ordinality as t (e, n)
$$;

-- For the server: ends every running generation whose lease has run out, because its process is gone, and gives its
-- quota back. Queued ones are left alone. A user whose quota row is locked, and a lease that is being extended, are
-- left for the next sweep: a sweep holds the locks of many users, so it never waits for one. Definer, because it acts
-- for all.
create function public.sweep_stale_generations() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_stale private.leases;
  v_ended jsonb;
  v_swept jsonb := '[]';
begin
  for v_stale in
    select * from private.leases where expires_at <= clock_timestamp() order by expires_at limit 100
  loop
    v_ended := private.sweep_one(v_stale);
    if v_ended is not null then
      v_swept := v_swept || jsonb_build_object('generation', v_ended -> 'generation', 'failed', v_ended -> 'last');
    end if;
  end loop;
  return jsonb_build_object('swept', v_swept);
end
$$;

-- Ends one stale generation; null when somebody was faster or holds a lock.
create function private.sweep_one(p_stale private.leases) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_lease private.leases;
  v_generation public.generations;
begin
  perform from public.quotas where user_id = p_stale.user_id for no key update skip locked;
  if not found then
    return null;
  end if;
  v_generation := private.lock_generation(p_stale.generation_id);
  select * into v_lease from private.leases
  where generation_id = p_stale.generation_id and lease_token = p_stale.lease_token
    and expires_at <= clock_timestamp()
  for update skip locked;
  if not found then
    return null;
  end if;
  -- Deleted here and not by end_generation, which would remember its token: whoever held it must learn that it is lost.
  delete from private.leases where generation_id = v_lease.generation_id;
  return private.end_generation(
    v_generation, private.interrupted_result(v_generation.id, v_lease.reserved_until), null
  );
end
$$;

revoke execute on function
  private.lock_generation(uuid), private.last_event(uuid, jsonb, jsonb),
  private.store_replay(public.generations, jsonb, jsonb), private.store_answer(public.generations, jsonb),
  private.release_queue(public.generations), private.end_generation(public.generations, jsonb, integer),
  private.repeated_end(public.generations, uuid), public.finish_generation(uuid, uuid, jsonb),
  private.commit_changes(public.generations, jsonb), public.fail_generation(uuid, uuid, jsonb),
  private.drop_generation(public.generations), private.interrupted_result(uuid, integer),
  public.sweep_stale_generations(), private.sweep_one(private.leases)
from public, anon, authenticated, service_role;
grant execute on function
  public.finish_generation(uuid, uuid, jsonb), public.fail_generation(uuid, uuid, jsonb),
  public.sweep_stale_generations()
to service_role;
