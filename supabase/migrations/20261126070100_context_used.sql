-- How much of what a model can hold the newest request took: kept with the bill, so that a page can show it again.

alter table public.usage_events
  add column context_tokens bigint not null default 0 check (context_tokens >= 0),
  add column context_share numeric not null default 0 check (context_share between 0 and 1);
comment on column public.usage_events.context_tokens is 'Prompt and answer of the newest request.';
comment on column public.usage_events.context_share is 'The same as a part of the context window of the model, 0 to 1.';

-- Writes the bill of a generation that has ended, now with the context it used. Its user's quota row must be locked.
create or replace function private.record_usage(p_generation public.generations, p_usage jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_event public.usage_events;
begin
  insert into public.usage_events (
    generation_id, user_id, project_id, project_name, at, model, status, outcome, is_returned, is_simulated,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd, duration_ms, context_tokens,
    context_share
  ) values (
    p_generation.id, p_generation.user_id, p_generation.project_id,
    (select name from public.projects where id = p_generation.project_id),
    p_generation.finished_at, p_generation.model, p_generation.status, p_generation.outcome, p_generation.is_returned,
    coalesce((p_usage ->> 'is_simulated')::boolean, p_generation.is_simulated),
    coalesce((p_usage ->> 'input_tokens')::bigint, 0), coalesce((p_usage ->> 'output_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cache_read_tokens')::bigint, 0), coalesce((p_usage ->> 'cache_write_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cost_usd')::numeric, 0),
    coalesce(private.milliseconds(p_generation.started_at, p_generation.finished_at), 0),
    coalesce((p_usage ->> 'context_tokens')::bigint, 0), coalesce((p_usage ->> 'context_share')::numeric, 0)
  ) returning * into v_event;
  insert into public.usage_daily as d values (
    v_event.user_id, (v_event.at at time zone 'UTC')::date, v_event.model, v_event.outcome, v_event.is_simulated,
    1, v_event.is_returned::integer, v_event.input_tokens, v_event.output_tokens, v_event.cache_read_tokens,
    v_event.cache_write_tokens, v_event.cost_usd, v_event.duration_ms
  )
  on conflict (user_id, day, model, outcome, is_simulated) do update set
    generations = d.generations + 1,
    returned = d.returned + excluded.returned,
    input_tokens = d.input_tokens + excluded.input_tokens,
    output_tokens = d.output_tokens + excluded.output_tokens,
    cache_read_tokens = d.cache_read_tokens + excluded.cache_read_tokens,
    cache_write_tokens = d.cache_write_tokens + excluded.cache_write_tokens,
    cost_usd = d.cost_usd + excluded.cost_usd,
    duration_ms = d.duration_ms + excluded.duration_ms;
end
$$;

-- A bill as models.Usage, now with the context; the cost as text, so that no reader rounds it.
create or replace function private.usage_json(p_event public.usage_events) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'input_tokens', p_event.input_tokens,
    'output_tokens', p_event.output_tokens,
    'cache_read_tokens', p_event.cache_read_tokens,
    'cache_write_tokens', p_event.cache_write_tokens,
    'cost_usd', trim_scale(p_event.cost_usd)::text,
    'is_simulated', p_event.is_simulated,
    'context_tokens', p_event.context_tokens,
    'context_share', p_event.context_share
  )
  where p_event.generation_id is not null
$$;
