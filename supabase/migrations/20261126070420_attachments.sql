-- Pictures and text files that go with a prompt.
--
-- One is uploaded first and belongs to its project; a prompt then names it. It is kept as long as its project once a
-- generation has used it, and any later generation of the project may name it again; one that nobody used within a day
-- is removed at the next upload. The app has decoded every picture and written it anew before it comes here.

create table public.attachments (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null,
  generation_id uuid references public.generations (id) on delete cascade,
  kind text not null check (kind in ('image', 'text')),
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'text/plain')),
  name text not null check (char_length(name) between 1 and 200),
  content bytea not null,
  size integer not null check (size between 1 and 5000000),
  width integer check (width between 1 and 10000),
  height integer check (height between 1 and 10000),
  created_at timestamptz not null,
  check ((kind = 'image') = (width is not null and height is not null)),
  check ((kind = 'text') = (media_type = 'text/plain'))
);
comment on column public.attachments.generation_id is 'The first one that used it; null until then.';
create index attachments_project_id on public.attachments (project_id);
create index attachments_user_id on public.attachments (user_id);
create index attachments_generation_id on public.attachments (generation_id);

alter table public.attachments enable row level security;
alter table public.attachments force row level security;
revoke all on public.attachments from public, anon, authenticated, service_role;
grant select on public.attachments to authenticated, service_role;
create policy attachments_select on public.attachments
  for select to authenticated using (user_id = (select auth.uid()));

alter table public.generations add column attachment_ids uuid[] not null default '{}'
  check (cardinality(attachment_ids) <= 5);
comment on column public.generations.attachment_ids is 'What goes with the prompt, in order.';

-- Made anew below, with one argument more.
drop function public.begin_generation(uuid, text, text, text, boolean, text);

-- An attachment as models.Attachment, without its content.
create function private.attachment_json(p_attachment public.attachments) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_attachment.id,
    'kind', p_attachment.kind,
    'media_type', p_attachment.media_type,
    'name', p_attachment.name,
    'size', p_attachment.size,
    'width', p_attachment.width,
    'height', p_attachment.height
  )
$$;

-- The same with its content in base64, as models.AttachmentContent.
create function private.attachment_content_json(p_attachment public.attachments) returns jsonb
language sql stable set search_path = ''
as $$
  select private.attachment_json(p_attachment)
    || jsonb_build_object('content', translate(encode(p_attachment.content, 'base64'), E'\n', ''))
$$;

-- What goes with a prompt, in its order.
create function private.attachments_json(p_ids uuid[]) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(private.attachment_json(a) order by t.n), '[]')
  from unnest(p_ids) with ordinality as t (id, n) join public.attachments a on a.id = t.id
$$;

-- What a later prompt is told of them: "(picture: logo.png)", a line for each, behind the prompt; else nothing.
create function private.attachments_note(p_ids uuid[]) returns text
language sql stable set search_path = ''
as $$
  select coalesce(string_agg(
    E'\n(' || case a.kind when 'image' then 'picture' else 'text file' end || ': ' || a.name || ')', '' order by t.n
  ), '')
  from unnest(p_ids) with ordinality as t (id, n) join public.attachments a on a.id = t.id
$$;

-- Whether these bytes begin as what they are said to be. The app has decoded them; this is for whoever calls past it.
create function private.is_of_type(p_content bytea, p_media_type text) returns boolean
language sql immutable set search_path = ''
as $$
  select case p_media_type
    when 'image/png' then substr(p_content, 1, 8) = '\x89504e470d0a1a0a'::bytea
    when 'image/jpeg' then substr(p_content, 1, 3) = '\xffd8ff'::bytea
    when 'text/plain' then octet_length(p_content) <= 400000 and position('\x00'::bytea in p_content) = 0
    else false
  end
$$;

-- The reason why no more can be uploaded, or null: at most 20 unused ones and 50 MB in a project, 200 MB of one user.
create function private.attachments_refusal(p_project public.projects, p_size integer) returns text
language sql stable set search_path = ''
as $$
  select case
    when count(*) filter (where project_id = p_project.id and generation_id is null) >= 20 then 'too_many_unused'
    when coalesce(sum(size) filter (where project_id = p_project.id), 0) + p_size > 50000000 then 'attachments_full'
    when coalesce(sum(size), 0) + p_size > 200000000 then 'attachments_full'
  end
  from public.attachments where user_id = p_project.user_id
$$;

-- For users: stores a picture or a text (`p_content` in base64) for a prompt in a project of theirs, and removes what
-- they uploaded more than a day ago and never used. Raises PT404, PT422, and PT409 above the limits. Definer, because
-- users write no tables; it filters on the caller.
create function public.store_attachment(
  p_project_id uuid, p_kind text, p_media_type text, p_name text, p_content text, p_width integer default null,
  p_height integer default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.lock_own_project(p_project_id, private.caller());
  v_content bytea;
  v_attachment public.attachments;
  v_reason text;
begin
  delete from public.attachments
  where user_id = v_project.user_id and generation_id is null and created_at < clock_timestamp() - interval '1 day';
  begin
    v_content := decode(p_content, 'base64');
    if not private.is_of_type(v_content, p_media_type) then
      raise exception using errcode = 'PT422', message = 'invalid_attachment';
    end if;
    v_reason := private.attachments_refusal(v_project, octet_length(v_content));
    if v_reason is null then
      insert into public.attachments
        (project_id, user_id, kind, media_type, name, content, size, width, height, created_at)
      values (
        v_project.id, v_project.user_id, p_kind, p_media_type, p_name, v_content, octet_length(v_content), p_width,
        p_height, clock_timestamp()
      ) returning * into v_attachment;
    end if;
  exception when invalid_parameter_value or check_violation or not_null_violation then
    raise exception using errcode = 'PT422', message = 'invalid_attachment';
  end;
  if v_reason is not null then
    raise exception using errcode = 'PT409', message = v_reason;
  end if;
  return jsonb_build_object('attachment', private.attachment_json(v_attachment));
end
$$;

-- An attachment of this user, not locked. Raises PT404, also for somebody else's.
create function private.get_own_attachment(p_attachment_id uuid, p_user_id uuid) returns public.attachments
language plpgsql stable set search_path = ''
as $$
declare
  v_attachment public.attachments;
begin
  select * into v_attachment from public.attachments where id = p_attachment_id and user_id = p_user_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'attachment_not_found';
  end if;
  return v_attachment;
end
$$;

-- For users: one attachment of theirs with its content. Raises PT404. Definer, as its answer is made of private
-- helpers; it filters on the caller.
create function public.get_attachment(p_attachment_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  return jsonb_build_object(
    'attachment', private.attachment_content_json(private.get_own_attachment(p_attachment_id, private.caller()))
  );
end
$$;

-- For users: removes an attachment of theirs that no prompt has used yet; a used one stays with its prompt, and the
-- answer says so. Raises PT404. Definer, because users write no tables.
create function public.drop_attachment(p_attachment_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_attachment public.attachments := private.get_own_attachment(p_attachment_id, private.caller());
begin
  perform private.lock_own_project(v_attachment.project_id, v_attachment.user_id);
  delete from public.attachments where id = p_attachment_id and generation_id is null;
  return jsonb_build_object('ok', found);
end
$$;

-- For the server: what goes with the prompt of a generation, with content, in its order. Raises PT410 without the
-- lease. Definer, because the server reads them for every user.
create function public.list_attachments(p_generation_id uuid, p_lease_token uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (
    select from private.leases where generation_id = p_generation_id and lease_token = p_lease_token
  ) then
    raise exception using errcode = 'PT410', message = 'lease_lost';
  end if;
  return jsonb_build_object('attachments', (
    select coalesce(jsonb_agg(private.attachment_content_json(a) order by t.n), '[]')
    from public.generations g, unnest(g.attachment_ids) with ordinality as t (id, n), public.attachments a
    where g.id = p_generation_id and a.id = t.id
  ));
end
$$;

-- Ties attachments to the generation that uses them. Raises PT422 when one of them is not of this user and project, or
-- is named twice. The project is locked, so none can be removed meanwhile.
create function private.use_attachments(p_generation public.generations) returns void
language plpgsql set search_path = ''
as $$
declare
  v_found integer;
begin
  update public.attachments set generation_id = coalesce(generation_id, p_generation.id)
  where id = any (p_generation.attachment_ids)
    and project_id = p_generation.project_id and user_id = p_generation.user_id;
  get diagnostics v_found = row_count;
  if v_found <> cardinality(p_generation.attachment_ids) then
    raise exception using errcode = 'PT422', message = 'attachment_gone';
  end if;
end
$$;

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
    'attachments', private.attachments_json(p_generation.attachment_ids),
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

-- Made anew here, now with what goes with the prompt: the same generation for what was sent under this key,
-- else a refusal; null for a key that is new.
create or replace function private.repeated_answer(p_asked public.generations) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_generation public.generations;
begin
  select * into v_generation from public.generations
  where user_id = p_asked.user_id and project_id = p_asked.project_id and idempotency_key = p_asked.idempotency_key;
  if not found then
    return null;
  elsif (coalesce(v_generation.sent_prompt, v_generation.prompt), v_generation.mode, v_generation.attachment_ids)
    <> (p_asked.prompt, p_asked.mode, p_asked.attachment_ids)
  then
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
    (project_id, user_id, prompt, model, mode, idempotency_key, is_simulated, attachment_ids, created_at)
  values (
    p_generation.project_id, p_generation.user_id, p_generation.prompt, p_generation.model, p_generation.mode,
    p_generation.idempotency_key, p_generation.is_simulated, p_generation.attachment_ids, v_now
  ) returning * into v_generation;
  perform private.use_attachments(v_generation);
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
-- Dropped and made anew, because it has one argument more.
create function public.begin_generation(
  p_project_id uuid, p_prompt text, p_model text, p_idempotency_key text default null,
  p_is_simulated boolean default false, p_mode text default 'build', p_attachments uuid[] default '{}'
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
  elsif cardinality(p_attachments) > 5 then
    raise exception using errcode = 'PT422', message = 'too_many_attachments';
  end if;
  perform private.get_own_project(p_project_id, v_user_id);
  v_generation.project_id := p_project_id;
  v_generation.user_id := v_user_id;
  v_generation.prompt := p_prompt;
  v_generation.model := p_model;
  v_generation.mode := p_mode;
  v_generation.attachment_ids := coalesce(p_attachments, '{}');
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
    'base_snapshot', v_generation.base_snapshot, 'last_seq', 0,
    'has_attachments', v_generation.attachment_ids <> '{}'
  );
end
$$;

-- Made anew here: a prompt names what went with it. The turns before this place in the queue that have an answer, oldest first, as `{"turns": [{prompt, reply,
-- reply_size, card, version}], "omitted": n}`, sizes in characters. A reply with 200,000 characters of newer ones after
-- it is null: it will not be told in full. Requests and cards are handed over whole, at least a million characters of
-- the newest; what lies before that is omitted, a million characters at once, because a beginning that moved with every
-- turn would be in no cache.
create or replace function private.answered_turns(p_project_id uuid, p_before bigint) returns jsonb
language sql stable set search_path = ''
as $$
  with turns as (
    select g.queue_no, g.snapshot, q.text || private.attachments_note(g.attachment_ids) as prompt, a.text as reply, a.card,
      char_length(a.text) as reply_size,
      sum(char_length(a.text)) over (order by g.queue_no desc) - char_length(a.text) as replies_after,
      sum(char_length(q.text) + coalesce(char_length(a.card::text), 0)) over (order by g.queue_no) as kept_until
    from public.generations g
    join public.messages q on q.generation_id = g.id and q.role = 'user'
    join public.messages a on a.generation_id = g.id and a.role = 'assistant'
    where g.project_id = p_project_id and g.queue_no < p_before and (a.text <> '' or a.card is not null)
  ), beginning as (
    select coalesce(greatest(floor(max(kept_until) / 1000000) - 1, 0), 0) * 1000000 as at from turns
  )
  select jsonb_build_object(
    'turns', coalesce(jsonb_agg(
      jsonb_build_object(
        'prompt', t.prompt,
        'reply', case when t.replies_after < 200000 then t.reply end,
        'reply_size', t.reply_size,
        'card', t.card,
        'version', t.snapshot
      ) order by t.queue_no
    ) filter (where t.kept_until > b.at), '[]'),
    'omitted', count(*) filter (where t.kept_until <= b.at)
  )
  from turns t cross join beginning b
$$;

revoke execute on function
  private.attachment_json(public.attachments), private.attachment_content_json(public.attachments),
  private.attachments_json(uuid[]), private.attachments_note(uuid[]), private.is_of_type(bytea, text),
  private.attachments_refusal(public.projects, integer),
  public.store_attachment(uuid, text, text, text, text, integer, integer),
  private.get_own_attachment(uuid, uuid), public.get_attachment(uuid), public.drop_attachment(uuid),
  public.list_attachments(uuid, uuid), private.use_attachments(public.generations),
  public.begin_generation(uuid, text, text, text, boolean, text, uuid[])
from public, anon, authenticated, service_role;
grant execute on function
  public.store_attachment(uuid, text, text, text, text, integer, integer), public.get_attachment(uuid),
  public.drop_attachment(uuid), public.begin_generation(uuid, text, text, text, boolean, text, uuid[])
to authenticated;
grant execute on function public.list_attachments(uuid, uuid) to service_role;
