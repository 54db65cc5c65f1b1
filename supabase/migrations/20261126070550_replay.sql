-- Replays: a generation that has ended plays back from its compacted record, which outlives the raw events.
--
-- A stored event now also says when it was: `at_ms`, milliseconds since its run began. Older records have no times.

-- Merges facts that only the database knows into the last event, and numbers it behind everything that was stored; its
-- time stays.
create or replace function private.last_event(p_generation_id uuid, p_event jsonb, p_facts jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'seq', greatest(
      (p_event ->> 'seq')::integer,
      coalesce((select max(last_seq) from public.generation_events where generation_id = p_generation_id), 0) + 1
    ),
    'type', p_event -> 'type',
    'data', coalesce(p_event -> 'data', '{}') || p_facts
  ) || jsonb_strip_nulls(jsonb_build_object('at_ms', p_event -> 'at_ms'))
$$;

-- For users: a generation of theirs that has ended, with all of its events in order. Raises PT409 while it waits or
-- runs: then it is followed. Definer, as get_generation.
create function public.get_replay(p_generation_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_generation public.generations := private.get_own_generation(p_generation_id, private.caller());
begin
  if v_generation.finished_at is null then
    raise exception using errcode = 'PT409', message = 'generation_running';
  end if;
  return jsonb_build_object(
    'generation', private.generation_json(v_generation),
    'events', coalesce(
      (select r.events from public.generation_replays r where r.generation_id = v_generation.id), '[]'
    )
  );
end
$$;

revoke execute on function private.last_event(uuid, jsonb, jsonb), public.get_replay(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.get_replay(uuid) to authenticated;
