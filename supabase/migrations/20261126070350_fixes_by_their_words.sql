-- A fix is known by its words. Asked for while a limit stood in the way, it is kept as the draft and sent later like any
-- request; after a failure it is tried again like any request; what was cut off can be kept as a version. All of that is
-- the same fix, so it is remembered with the snapshot that it is for, not with one generation.

drop table public.generation_fixes;

create table public.snapshot_fixes (
  project_id uuid not null,
  number integer not null,
  prompt_sha256 text not null,
  user_id uuid not null,
  signatures text[] not null,
  primary key (project_id, number, prompt_sha256),
  foreign key (project_id, number) references public.snapshots (project_id, number) on delete cascade
);
create index snapshot_fixes_user_id on public.snapshot_fixes (user_id);

alter table public.snapshot_fixes enable row level security;
alter table public.snapshot_fixes force row level security;
revoke all on public.snapshot_fixes from public, anon, authenticated, service_role;
grant select on public.snapshot_fixes to authenticated, service_role;

create policy snapshot_fixes_select on public.snapshot_fixes
  for select to authenticated using (user_id = (select auth.uid()));

-- The loop breaker's rule. A version shows an error that Claude was asked to fix with one click before, in that version
-- or an earlier one, and the request was carried out, or what it had come to was kept: the same error twice, and another
-- try is unlikely to help. A version without errors in between ends it: then the error has come back for another reason.
create or replace function private.is_fix_blocked(p_health public.snapshot_health) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.snapshot_fixes f
    join public.generations g on g.project_id = f.project_id and private.content_hash(g.prompt) = f.prompt_sha256
    where f.project_id = p_health.project_id and f.number <= p_health.number
      and f.signatures && private.error_signatures(p_health.errors)
      and (g.status = 'succeeded' or exists (select from public.snapshots s where s.generation_id = g.id))
      and not exists (
        select from public.snapshot_health h
        where h.project_id = f.project_id and h.number > f.number and h.number < p_health.number and h.state = 'ok'
      )
  )
$$;

-- The answer to a key under which this fix was begun already, or null.
create or replace function private.repeated_fix(p_project public.projects, p_snapshot integer, p_key text)
returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('ok', true, 'repeated', true, 'generation', private.generation_json(g))
  from public.generations g
  where g.user_id = p_project.user_id and g.project_id = p_project.id and g.idempotency_key = p_key
    and exists (
      select from public.snapshot_fixes f
      where f.project_id = g.project_id and f.number = p_snapshot
        and f.prompt_sha256 = private.content_hash(g.prompt)
    )
$$;

-- For users: asks Claude to fix what went wrong in the newest snapshot of a project of theirs, with `p_prompt`, which
-- names the errors. Window and quota are begin_generation's; what they refuse is kept as the draft, and is this fix when
-- it is sent. Refused as fix_loop, with the version to go back to, when it was tried before and the same error is still
-- there. Raises PT404, and PT409 while something is asked already, when a newer version is there, and when nothing is
-- known to be wrong. A repeated key gets the same generation again. Definer, because users write no tables; it filters
-- on the caller.
create or replace function public.begin_fix(
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
  perform private.check_prompt(p_prompt);
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
  insert into public.snapshot_fixes (project_id, number, prompt_sha256, user_id, signatures)
  values (
    p_project_id, p_snapshot, private.content_hash(p_prompt), v_user_id, private.error_signatures(v_health.errors)
  )
  on conflict (project_id, number, prompt_sha256) do update set signatures = excluded.signatures;
  return public.begin_generation(
    p_project_id => p_project_id, p_prompt => p_prompt, p_model => p_model, p_idempotency_key => p_idempotency_key,
    p_is_simulated => p_is_simulated
  );
end
$$;
