-- The conversation that a model is told: how much of it is told, and how it is shortened, is decided in
-- glacia_ui/core/history.py, which gets each request with its change card. Here only what can no longer be told is held
-- back, so that the answer stays small however long a project lives.

-- The turns before this place in the queue that have an answer, oldest first, as `{"turns": [{prompt, reply,
-- reply_size, card, version}], "omitted": n}`, sizes in characters. A reply with 200,000 characters of newer ones after
-- it is null: it will not be told in full. Requests and cards are handed over whole, at least a million characters of
-- the newest; what lies before that is omitted, a million characters at once, because a beginning that moved with every
-- turn would be in no cache.
create or replace function private.answered_turns(p_project_id uuid, p_before bigint) returns jsonb
language sql stable set search_path = ''
as $$
  with turns as (
    select g.queue_no, g.snapshot, q.text as prompt, a.text as reply, a.card,
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

-- For the server: what the model is told beside the prompt: earlier turns that were answered, as
-- private.answered_turns gives them, and the files it starts from. Raises PT410 without the lease. Definer, because the
-- server reads them for every user.
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
    'files', private.snapshot_files_json(v_generation.project_id, v_generation.base_snapshot, true)
  );
end
$$;
