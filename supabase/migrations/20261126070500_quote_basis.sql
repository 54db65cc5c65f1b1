-- What a quote rests on: how the caller's own requests turned out, what is left, and what the model would be told.

alter table public.usage_events
  add column first_prompt_tokens bigint check (first_prompt_tokens >= 0),
  add column was_empty boolean,
  add column mode text check (mode in ('build', 'ask'));
comment on column public.usage_events.first_prompt_tokens is
  'All input of the first request, from the cache or not. Null for what ended before it was kept, or without a word.';
comment on column public.usage_events.was_empty is 'The project had no version yet: such requests write far more.';

-- Quotes are no calls (PRODUCT), but each one reads a project and asks Anthropic to count: so they have a window of
-- their own.
insert into private.rate_policies (name, max_hits, window_seconds) values ('quote', 60, 60);

-- Writes the bill of a generation that has ended. Its user's quota row must be locked. Replaces the function of
-- 20261126070100: the columns above are filled, too.
create or replace function private.record_usage(p_generation public.generations, p_usage jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_event public.usage_events;
begin
  insert into public.usage_events (
    generation_id, user_id, project_id, project_name, at, model, status, outcome, is_returned, is_simulated,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd, duration_ms, context_tokens,
    context_share, first_prompt_tokens, was_empty, mode
  ) values (
    p_generation.id, p_generation.user_id, p_generation.project_id,
    (select name from public.projects where id = p_generation.project_id),
    p_generation.finished_at, p_generation.model, p_generation.status, p_generation.outcome, p_generation.is_returned,
    coalesce((p_usage ->> 'is_simulated')::boolean, p_generation.is_simulated),
    coalesce((p_usage ->> 'input_tokens')::bigint, 0), coalesce((p_usage ->> 'output_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cache_read_tokens')::bigint, 0), coalesce((p_usage ->> 'cache_write_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cost_usd')::numeric, 0),
    coalesce(private.milliseconds(p_generation.started_at, p_generation.finished_at), 0),
    coalesce((p_usage ->> 'context_tokens')::bigint, 0), coalesce((p_usage ->> 'context_share')::numeric, 0),
    nullif((p_usage ->> 'first_prompt_tokens')::bigint, 0), p_generation.base_snapshot = 0, p_generation.mode
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

-- How a user's newest requests of one kind turned out, newest first, as core/quote.py's PastResult: the last hundred
-- with this model, or with any while there are fewer than ten. A kind is: a question, the first version of a project, a
-- change. Only those that succeeded: the others cost nothing, or less than was meant.
create function private.past_results(
  p_user_id uuid, p_model text, p_mode text, p_was_empty boolean, p_is_simulated boolean
) returns jsonb
language sql stable set search_path = ''
as $$
  with newest as (
    select u.at, u.model, u.first_prompt_tokens, u.output_tokens, u.cost_usd, u.duration_ms,
      count(*) filter (where u.model = p_model) over () as same
    from (
      select * from public.usage_events
      where user_id = p_user_id and status = 'succeeded' and is_simulated = p_is_simulated
        and mode = p_mode and (p_mode = 'ask' or was_empty = p_was_empty) and first_prompt_tokens > 0
      order by at desc
      limit 400
    ) as u
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'model', r.model, 'first_prompt_tokens', r.first_prompt_tokens, 'output_tokens', r.output_tokens,
    'cost_usd', trim_scale(r.cost_usd)::text, 'duration_ms', r.duration_ms
  ) order by r.at desc), '[]')
  from (select * from newest where same < 10 or model = p_model order by at desc limit 100) as r
$$;

-- For users: all that a quote for one request in a project of theirs rests on. Answers with it, or with how long to
-- wait when too many were asked for. Definer, because hits and blobs are closed to users; everything is found by
-- auth.uid(). The quota row is locked only when a new month has to be opened.
create function public.get_quote_basis(
  p_project_id uuid, p_model text, p_mode text default 'build', p_is_simulated boolean default false
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_project public.projects := private.get_own_project(p_project_id, v_user_id);
  v_counted record := private.count_hit('quote', v_user_id::text);
  v_window private.rate_window := v_counted.o_window;
  v_quota public.quotas;
begin
  if not v_counted.o_is_allowed then
    return jsonb_build_object(
      'ok', false, 'limit', v_window.max_hits, 'window_seconds', v_window.window_seconds,
      'retry_after', v_window.retry_after
    );
  end if;
  select * into v_quota from public.quotas where user_id = v_user_id;
  if v_quota.period_start < private.month_start(clock_timestamp()) then
    v_quota := private.lock_quota(v_user_id);
  end if;
  return private.answered_turns(p_project_id, 9223372036854775807) || jsonb_build_object(
    'ok', true,
    'remaining', v_quota.remaining,
    'is_empty', v_project.latest_snapshot = 0,
    'results', private.past_results(
      v_user_id, p_model, p_mode, v_project.latest_snapshot = 0, coalesce(p_is_simulated, false)
    ),
    'files', private.snapshot_files_json(p_project_id, v_project.latest_snapshot, true)
  );
end
$$;

revoke execute on function
  private.record_usage(public.generations, jsonb), private.past_results(uuid, text, text, boolean, boolean),
  public.get_quote_basis(uuid, text, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.get_quote_basis(uuid, text, text, boolean) to authenticated;
