-- One click on "Fix this": an ordinary generation that remembers which errors it is to fix.

-- For users: asks Claude to fix what went wrong in the newest snapshot of a project of theirs, with `p_prompt`, which
-- names the errors. Window and quota are begin_generation's. Refused as fix_loop, with the version to go back to, when
-- it was tried before and the same error is still there. Raises PT404, and PT409 while something is asked already, when
-- a newer version is there, and when nothing is known to be wrong. A repeated key gets the same generation again.
-- Definer, because users write no tables; it filters on the caller.
create function public.begin_fix(
  p_project_id uuid, p_snapshot integer, p_prompt text, p_model text, p_idempotency_key text default null,
  p_is_simulated boolean default false
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_project public.projects := private.get_own_project(p_project_id, v_user_id);
  v_health public.snapshot_health;
  v_answer jsonb;
begin
  perform private.lock_quota(v_user_id);
  v_project := private.lock_own_project(p_project_id, v_user_id);
  v_answer := private.repeated_fix(v_project, p_snapshot, p_idempotency_key);
  if v_answer is not null then
    return v_answer;
  end if;
  v_health := private.fixable_health(v_project, p_snapshot);
  if private.is_fix_blocked(v_health) then
    return jsonb_build_object(
      'ok', false, 'reason', 'fix_loop', 'last_working', private.last_working(p_project_id, p_snapshot)
    );
  end if;
  v_answer := public.begin_generation(
    p_project_id => p_project_id, p_prompt => p_prompt, p_model => p_model, p_idempotency_key => p_idempotency_key,
    p_is_simulated => p_is_simulated
  );
  if (v_answer ->> 'ok')::boolean then
    insert into public.generation_fixes (generation_id, project_id, user_id, snapshot, signatures)
    values (
      (v_answer -> 'generation' ->> 'id')::uuid, p_project_id, v_user_id, p_snapshot,
      private.error_signatures(v_health.errors)
    )
    on conflict do nothing;
  end if;
  return v_answer;
end
$$;

-- The answer to a key under which this fix was begun already, or null.
create function private.repeated_fix(p_project public.projects, p_snapshot integer, p_key text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('ok', true, 'repeated', true, 'generation', private.generation_json(g))
  from public.generations g join public.generation_fixes f on f.generation_id = g.id
  where g.user_id = p_project.user_id and g.project_id = p_project.id and g.idempotency_key = p_key
    and f.snapshot = p_snapshot
$$;

-- The health of the newest snapshot, if there is something to fix in it and nothing is asked already. Raises PT404 and
-- PT409.
create function private.fixable_health(p_project public.projects, p_snapshot integer) returns public.snapshot_health
language plpgsql stable set search_path = ''
as $$
declare
  v_health public.snapshot_health;
begin
  if private.check_snapshot(p_project, p_snapshot) <> p_project.latest_snapshot then
    raise exception using errcode = 'PT409', message = 'stale_snapshot';
  elsif exists (
    select from public.generations where project_id = p_project.id and status in ('queued', 'running')
  ) then
    raise exception using errcode = 'PT409', message = 'generation_running';
  end if;
  select * into v_health from public.snapshot_health
  where project_id = p_project.id and number = p_snapshot and state = 'broken';
  if not found then
    raise exception using errcode = 'PT409', message = 'nothing_to_fix';
  end if;
  return v_health;
end
$$;

revoke execute on function
  public.begin_fix(uuid, integer, text, text, text, boolean),
  private.repeated_fix(public.projects, integer, text), private.fixable_health(public.projects, integer)
from public, anon, authenticated, service_role;
grant execute on function public.begin_fix(uuid, integer, text, text, text, boolean) to authenticated;
