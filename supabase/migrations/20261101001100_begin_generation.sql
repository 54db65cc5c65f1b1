-- Beginning a generation: ownership, idempotency, window, quota, in this order, under the lock of the user's quota
-- row.

-- Raises PT422 unless the text can be a prompt: 1 to 100,000 characters, not all of them white space.
create function private.check_prompt(p_prompt text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if p_prompt is null or char_length(p_prompt) > 100000 or p_prompt !~ '\S' then
    raise exception using errcode = 'PT422', message = 'invalid_prompt';
  end if;
end
$$;

-- Keeps a prompt as the draft of its project; the last one wins.
create function private.keep_draft(p_project_id uuid, p_prompt text, p_reason text) returns void
language sql set search_path = ''
as $$
  update public.projects
  set draft_prompt = p_prompt, draft_reason = p_reason, draft_kept_at = clock_timestamp()
  where id = p_project_id
$$;

-- The answer to an idempotency key that was used already, or null: the same generation for the same prompt, else a
-- refusal.
create function private.repeated_answer(p_user_id uuid, p_project_id uuid, p_key text, p_prompt text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  select * into v_generation from public.generations
  where user_id = p_user_id and project_id = p_project_id and idempotency_key = p_key;
  if not found then
    return null;
  elsif v_generation.prompt <> p_prompt then
    return jsonb_build_object('ok', false, 'reason', 'idempotency_conflict');
  end if;
  return jsonb_build_object('ok', true, 'repeated', true, 'generation', private.generation_json(v_generation));
end
$$;

-- The refusal by a full window, or null while a slot is free.
create function private.window_refusal(p_window private.rate_window) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'ok', false, 'reason', 'rate_limited', 'limit', p_window.max_hits, 'window_seconds', p_window.window_seconds,
    'retry_after', p_window.retry_after
  )
  where p_window.retry_after > 0
$$;

-- The refusal by a quota that is used up, or null while something remains.
create function private.quota_refusal(p_quota public.quotas) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'ok', false, 'reason', 'quota_exhausted', 'limit', p_quota.quota_limit,
    'resets_at', (p_quota.period_start + interval '1 month') at time zone 'UTC'
  )
  where p_quota.remaining <= 0
$$;

-- Stores the generation, its message, its reservation and its hit, and forgets the draft. Quota row and window are
-- checked and locked. A brake without a queue behind it is released, or the new prompt would wait for nobody.
create function private.enqueue(p_generation public.generations, p_window private.rate_window)
returns public.generations
language plpgsql set search_path = ''
as $$
declare
  v_generation public.generations;
  v_now timestamptz := clock_timestamp();
begin
  update public.projects p
  set draft_prompt = null, draft_reason = null, draft_kept_at = null, updated_at = v_now,
    is_held = p.is_held and exists (
      select from public.generations g where g.project_id = p.id and g.status = 'queued'
    )
  where id = p_generation.project_id;
  insert into public.generations (project_id, user_id, prompt, model, idempotency_key, is_simulated, created_at)
  values (
    p_generation.project_id, p_generation.user_id, p_generation.prompt, p_generation.model,
    p_generation.idempotency_key, p_generation.is_simulated, v_now
  ) returning * into v_generation;
  insert into public.messages (project_id, user_id, generation_id, role, text, created_at)
  values (v_generation.project_id, v_generation.user_id, v_generation.id, 'user', v_generation.prompt, v_now);
  perform private.reserve_quota(v_generation.user_id, v_generation.id, v_generation.project_id);
  perform private.store_hit(p_window, v_generation.user_id::text, v_generation.id);
  return v_generation;
end
$$;

-- For users: asks for one generation in a project of theirs. Answers with it, or with whose limit stands in the way
-- and until when; then the prompt is kept as the draft. Definer, because users write neither quotas nor hits nor
-- generations; every row is found by auth.uid(). The caller passes neither limit nor window.
create function public.begin_generation(
  p_project_id uuid, p_prompt text, p_model text, p_idempotency_key text default null,
  p_is_simulated boolean default false
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_generation public.generations;
  v_answer jsonb;
begin
  perform private.check_prompt(p_prompt);
  if p_model is null or char_length(p_model) not between 1 and 100 then
    raise exception using errcode = 'PT422', message = 'invalid_model';
  elsif char_length(p_idempotency_key) not between 1 and 200 then
    raise exception using errcode = 'PT422', message = 'invalid_idempotency_key';
  end if;
  perform private.get_own_project(p_project_id, v_user_id);
  v_generation.project_id := p_project_id;
  v_generation.user_id := v_user_id;
  v_generation.prompt := p_prompt;
  v_generation.model := p_model;
  v_generation.idempotency_key := p_idempotency_key;
  v_generation.is_simulated := coalesce(p_is_simulated, false);

  -- A full window is noticed before the lock, so that refusals do not queue up behind each other. The key is looked up
  -- after it: a generation whose hit was counted is visible by then.
  v_answer := private.window_refusal(private.read_window('generation', v_user_id::text));
  if v_answer is null then
    v_answer := private.begin_locked(v_generation);
  else
    v_answer := coalesce(private.repeated_answer(v_user_id, p_project_id, p_idempotency_key, p_prompt), v_answer);
  end if;
  if v_answer ->> 'reason' in ('rate_limited', 'quota_exhausted') then
    perform private.keep_draft(p_project_id, p_prompt, v_answer ->> 'reason');
  end if;
  return v_answer;
end
$$;

-- The part of begin_generation that holds the user's quota row and the project.
create function private.begin_locked(p_generation public.generations) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_quota public.quotas := private.lock_quota(p_generation.user_id);
  v_window private.rate_window;
  v_generation public.generations;
  v_answer jsonb;
begin
  perform private.lock_own_project(p_generation.project_id, p_generation.user_id);
  v_window := private.read_window('generation', p_generation.user_id::text);
  v_answer := coalesce(
    private.repeated_answer(
      p_generation.user_id, p_generation.project_id, p_generation.idempotency_key, p_generation.prompt
    ),
    private.window_refusal(v_window),
    private.quota_refusal(v_quota)
  );
  if v_answer is not null then
    return v_answer;
  end if;
  v_generation := private.enqueue(p_generation, v_window);
  return jsonb_build_object('ok', true, 'repeated', false, 'generation', private.generation_json(v_generation));
end
$$;

revoke execute on function
  private.check_prompt(text), private.keep_draft(uuid, text, text),
  private.repeated_answer(uuid, uuid, text, text), private.window_refusal(private.rate_window),
  private.quota_refusal(public.quotas), private.enqueue(public.generations, private.rate_window),
  private.begin_locked(public.generations),
  public.begin_generation(uuid, text, text, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.begin_generation(uuid, text, text, text, boolean) to authenticated;
