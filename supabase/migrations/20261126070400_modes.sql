-- Two ways to ask. In *build* the model changes files; in *ask* it answers about the project and changes nothing, and
-- the database has the last word on that: no snapshot can belong to a question.

alter table public.generations add column mode text not null default 'build' check (mode in ('build', 'ask'));

-- Both are made anew below, with other arguments.
drop function private.repeated_answer(uuid, uuid, text, text);
drop function public.begin_generation(uuid, text, text, text, boolean);

-- Refuses a snapshot that a question would have made, whoever writes it.
create function private.refuse_snapshot_of_question() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if exists (select from public.generations where id = new.generation_id and mode = 'ask') then
    raise exception using errcode = 'PT422', message = 'question_changes_nothing';
  end if;
  return new;
end
$$;

create trigger snapshots_are_not_of_questions
  before insert on public.snapshots
  for each row when (new.generation_id is not null) execute function private.refuse_snapshot_of_question();

-- A generation as models.Generation.
create or replace function private.generation_json(p_generation public.generations) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_generation.id,
    'project_id', p_generation.project_id,
    'status', p_generation.status,
    'outcome', p_generation.outcome,
    'prompt', p_generation.prompt,
    'model', p_generation.model,
    'mode', p_generation.mode,
    'position', private.queue_position(p_generation),
    'snapshot', p_generation.snapshot,
    'error_code', p_generation.error_code,
    'error_message', p_generation.error_message,
    'is_returned', p_generation.is_returned,
    'usage', (select private.usage_json(u) from public.usage_events u where u.generation_id = p_generation.id),
    'attempts', p_generation.attempts,
    'last_seq', private.last_seq(p_generation),
    'created_at', p_generation.created_at,
    'started_at', p_generation.started_at,
    'finished_at', p_generation.finished_at,
    'duration_ms', private.milliseconds(p_generation.started_at, p_generation.finished_at)
  )
$$;

-- The answer to an idempotency key that was used already, or null: the same generation for the same prompt in the same
-- mode, else a refusal. Takes the generation that is asked for as a whole: the old one took prompt and key alone.
create function private.repeated_answer(p_asked public.generations) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  select * into v_generation from public.generations
  where user_id = p_asked.user_id and project_id = p_asked.project_id and idempotency_key = p_asked.idempotency_key;
  if not found then
    return null;
  elsif (v_generation.prompt, v_generation.mode) <> (p_asked.prompt, p_asked.mode) then
    return jsonb_build_object('ok', false, 'reason', 'idempotency_conflict');
  end if;
  return jsonb_build_object('ok', true, 'repeated', true, 'generation', private.generation_json(v_generation));
end
$$;

-- Stores the generation, its message, its reservation and its hit, and forgets the draft. Quota row and window are
-- checked and locked. A brake without a queue behind it is released, or the new prompt would wait for nobody.
create or replace function private.enqueue(p_generation public.generations, p_window private.rate_window)
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
  insert into public.generations
    (project_id, user_id, prompt, model, mode, idempotency_key, is_simulated, created_at)
  values (
    p_generation.project_id, p_generation.user_id, p_generation.prompt, p_generation.model, p_generation.mode,
    p_generation.idempotency_key, p_generation.is_simulated, v_now
  ) returning * into v_generation;
  insert into public.messages (project_id, user_id, generation_id, role, text, created_at)
  values (v_generation.project_id, v_generation.user_id, v_generation.id, 'user', v_generation.prompt, v_now);
  perform private.reserve_quota(v_generation.user_id, v_generation.id, v_generation.project_id);
  perform private.store_hit(p_window, v_generation.user_id::text, v_generation.id);
  return v_generation;
end
$$;

-- The part of begin_generation that holds the user's quota row and the project.
create or replace function private.begin_locked(p_generation public.generations) returns jsonb
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
    private.repeated_answer(p_generation),
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

-- For users: asks for one generation in a project of theirs. Answers with it, or with whose limit stands in the way
-- and until when; then the prompt is kept as the draft. Definer, because users write neither quotas nor hits nor
-- generations; every row is found by auth.uid(). The caller passes neither limit nor window.
-- Dropped and made anew, because it has one argument more.
create function public.begin_generation(
  p_project_id uuid, p_prompt text, p_model text, p_idempotency_key text default null,
  p_is_simulated boolean default false, p_mode text default 'build'
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
  elsif p_mode is null or p_mode not in ('build', 'ask') then
    raise exception using errcode = 'PT422', message = 'invalid_mode';
  end if;
  perform private.get_own_project(p_project_id, v_user_id);
  v_generation.project_id := p_project_id;
  v_generation.user_id := v_user_id;
  v_generation.prompt := p_prompt;
  v_generation.model := p_model;
  v_generation.mode := p_mode;
  v_generation.idempotency_key := p_idempotency_key;
  v_generation.is_simulated := coalesce(p_is_simulated, false);

  -- A full window is noticed before the lock, so that refusals do not queue up behind each other. The key is looked up
  -- after it: a generation whose hit was counted is visible by then.
  v_answer := private.window_refusal(private.read_window('generation', v_user_id::text));
  if v_answer is null then
    v_answer := private.begin_locked(v_generation);
  else
    v_answer := coalesce(private.repeated_answer(v_generation), v_answer);
  end if;
  if v_answer ->> 'reason' in ('rate_limited', 'quota_exhausted') then
    perform private.keep_draft(p_project_id, p_prompt, v_answer ->> 'reason');
  end if;
  return v_answer;
end
$$;

-- Claims the head of one project's queue, as models.ClaimedGeneration; null when there is nothing to claim any more.
-- It waits for the project's lock only when the caller asked for this one project and so holds no other.
create or replace function private.claim_head(p_project_id uuid, p_process_id uuid, p_waits boolean) returns jsonb
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
    'prompt', v_generation.prompt, 'model', v_generation.model, 'mode', v_generation.mode, 'lease_token', v_token,
    'base_snapshot', v_generation.base_snapshot, 'last_seq', 0
  );
end
$$;

revoke execute on function
  private.refuse_snapshot_of_question(), private.repeated_answer(public.generations),
  public.begin_generation(uuid, text, text, text, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function public.begin_generation(uuid, text, text, text, boolean, text) to authenticated;
