-- What a request had come to when it was cut off: kept beside the failed generation, and offered. Nothing of it is a
-- version until its owner says so, and then it costs nothing: by our rule they got only a part.

create table public.generation_drafts (
  generation_id uuid primary key references public.generations (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null,
  base_snapshot integer not null,
  changes jsonb,
  card jsonb not null,
  unfinished jsonb not null,
  snapshot integer,
  created_at timestamptz not null,
  check ((changes is null) = (snapshot is not null))
);
create index generation_drafts_project_id on public.generation_drafts (project_id);
create index generation_drafts_user_id on public.generation_drafts (user_id);
comment on column public.generation_drafts.changes is 'As finish_generation takes them; null once the draft was kept.';
comment on column public.generation_drafts.unfinished is 'Paths of files that end in the middle.';
comment on column public.generation_drafts.snapshot is 'The one that it became.';

alter table public.generation_drafts enable row level security;
alter table public.generation_drafts force row level security;
revoke all on public.generation_drafts from public, anon, authenticated, service_role;
grant select on public.generation_drafts to authenticated, service_role;
create policy generation_drafts_select on public.generation_drafts
  for select to authenticated using (user_id = (select auth.uid()));

-- Stores the draft in an end's result, if there is one that can be kept. Failing requests cost nothing, so a project
-- holds no more than the newest three that nobody has decided about. Called under the lock of the project.
create function private.store_generation_draft(p_generation public.generations, p_result jsonb) returns void
language sql set search_path = ''
as $$
  insert into public.generation_drafts (
    generation_id, project_id, user_id, base_snapshot, changes, card, unfinished, created_at
  )
  select p_generation.id, p_generation.project_id, p_generation.user_id, p_generation.base_snapshot,
    d.draft -> 'changes', private.card_json(d.draft -> 'card'), private.card_list(d.draft, 'unfinished'),
    clock_timestamp()
  from (select p_result -> 'draft' as draft) as d
  where p_result ->> 'outcome' = 'truncated'
    and jsonb_array_length(private.card_list(d.draft, 'changes')) > 0
    and octet_length((d.draft -> 'changes')::text) <= 25000000;

  delete from public.generation_drafts
  where generation_id in (
    select generation_id from public.generation_drafts
    where project_id = p_generation.project_id and snapshot is null
    order by created_at desc
    offset 3
  );
$$;

-- For the server: ends a generation that has delivered nothing to keep, with quota and slot by the rule of its
-- outcome. What a request that was cut off had come to is kept as its draft, in the same transaction. Raises PT410
-- without the lease. Definer, as finish_generation.
create or replace function public.fail_generation(p_generation_id uuid, p_lease_token uuid, p_result jsonb) returns jsonb
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
    perform private.store_generation_draft(v_generation, p_result);
  end if;
  return jsonb_build_object('failed', v_ended -> 'last', 'generation', v_ended -> 'generation');
end
$$;

-- For users: the drafts in a project of theirs that they have not decided about, the newest first, as
-- models.GenerationDraft. Raises PT404. Definer, as its answer is made of private helpers; it filters on the caller.
create function public.list_generation_drafts(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('drafts', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'generation_id', d.generation_id, 'card', d.card, 'unfinished', d.unfinished,
      'is_current', d.base_snapshot = v_project.latest_snapshot, 'created_at', d.created_at
    ) order by d.created_at desc), '[]')
    from public.generation_drafts d
    where d.project_id = v_project.id and d.snapshot is null
  ));
end
$$;

-- For users: makes a draft of theirs the next snapshot; asked again, it gives the same one. Its facts were computed
-- against the snapshot that it began with, so it is refused with PT409 when that is not the newest any more, while a
-- generation runs, and for a locked file. Raises PT404. Definer, because users write no tables.
create function public.keep_generation_draft(p_generation_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations := private.get_own_generation(p_generation_id, private.caller());
  v_project public.projects := private.lock_own_project(v_generation.project_id, v_generation.user_id);
  v_draft public.generation_drafts;
  v_snapshot public.snapshots;
begin
  select * into v_draft from public.generation_drafts where generation_id = p_generation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'draft_not_found';
  elsif v_draft.snapshot is not null then
    select * into v_snapshot from public.snapshots where project_id = v_project.id and number = v_draft.snapshot;
    return jsonb_build_object('snapshot', private.snapshot_json(v_snapshot));
  elsif exists (select from public.generations where project_id = v_project.id and status = 'running') then
    raise exception using errcode = 'PT409', message = 'generation_running';
  elsif v_draft.base_snapshot <> v_project.latest_snapshot then
    raise exception using errcode = 'PT409', message = 'stale_draft';
  end if;
  v_snapshot.kind := 'manual';
  v_snapshot.card := v_draft.card;
  v_snapshot.generation_id := p_generation_id;
  v_snapshot := private.write_snapshot(v_project, private.stage_changes(v_draft.changes), v_snapshot);
  update public.generation_drafts set changes = null, snapshot = v_snapshot.number
  where generation_id = p_generation_id;
  return jsonb_build_object('snapshot', private.snapshot_json(v_snapshot));
end
$$;

-- For users: forgets a draft of theirs; one that is gone already is as good as forgotten. Raises PT404 for somebody
-- else's generation, and PT409 when the draft was kept. Definer, because users write no tables.
create function public.discard_generation_draft(p_generation_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations := private.get_own_generation(p_generation_id, private.caller());
begin
  perform private.lock_own_project(v_generation.project_id, v_generation.user_id);
  if exists (
    select from public.generation_drafts where generation_id = p_generation_id and snapshot is not null
  ) then
    raise exception using errcode = 'PT409', message = 'draft_kept';
  end if;
  delete from public.generation_drafts where generation_id = p_generation_id;
  return jsonb_build_object('ok', true);
end
$$;

revoke execute on function
  private.store_generation_draft(public.generations, jsonb), public.list_generation_drafts(uuid),
  public.keep_generation_draft(uuid), public.discard_generation_draft(uuid)
from public, anon, authenticated, service_role;
grant execute on function
  public.list_generation_drafts(uuid), public.keep_generation_draft(uuid), public.discard_generation_draft(uuid)
to authenticated;
