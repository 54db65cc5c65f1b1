-- Usage: the bill of every generation that ended, and its sums per day.

create table public.usage_events (
  generation_id uuid primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  project_id uuid references public.projects (id) on delete set null,
  project_name text not null,
  at timestamptz not null,
  model text not null,
  status text not null,
  outcome text not null,
  is_returned boolean not null,
  is_simulated boolean not null,
  input_tokens bigint not null check (input_tokens >= 0),
  output_tokens bigint not null check (output_tokens >= 0),
  cache_read_tokens bigint not null check (cache_read_tokens >= 0),
  cache_write_tokens bigint not null check (cache_write_tokens >= 0),
  cost_usd numeric not null check (cost_usd >= 0 and cost_usd < 1e9),
  duration_ms integer not null check (duration_ms >= 0)
);
comment on table public.usage_events is 'Outlives its project and its generation: no foreign key to the latter.';
create index usage_events_user_id_at on public.usage_events (user_id, at) include (
  model, outcome, is_returned, project_id, project_name, input_tokens, output_tokens, cache_read_tokens,
  cache_write_tokens, cost_usd, duration_ms
);
create index usage_events_project_id on public.usage_events (project_id);

-- Days in UTC. Kept by private.record_usage in the transaction that ends the generation.
create table public.usage_daily (
  user_id uuid not null references public.profiles (id) on delete cascade,
  day date not null,
  model text not null,
  outcome text not null,
  is_simulated boolean not null,
  generations integer not null,
  returned integer not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cache_read_tokens bigint not null,
  cache_write_tokens bigint not null,
  cost_usd numeric not null,
  duration_ms bigint not null,
  primary key (user_id, day, model, outcome, is_simulated)
);
create index usage_daily_day on public.usage_daily (day);

alter table public.usage_events enable row level security;
alter table public.usage_events force row level security;
alter table public.usage_daily enable row level security;
alter table public.usage_daily force row level security;
revoke all on public.usage_events, public.usage_daily from public, anon, authenticated, service_role;
grant select on public.usage_events, public.usage_daily to authenticated, service_role;

create policy usage_events_select on public.usage_events
  for select to authenticated using (user_id = (select auth.uid()));
create policy usage_daily_select on public.usage_daily
  for select to authenticated using (user_id = (select auth.uid()));

-- Writes the bill of a generation that has ended. Its user's quota row must be locked.
create function private.record_usage(p_generation public.generations, p_usage jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_event public.usage_events;
begin
  insert into public.usage_events values (
    p_generation.id, p_generation.user_id, p_generation.project_id,
    (select name from public.projects where id = p_generation.project_id),
    p_generation.finished_at, p_generation.model, p_generation.status, p_generation.outcome, p_generation.is_returned,
    coalesce((p_usage ->> 'is_simulated')::boolean, p_generation.is_simulated),
    coalesce((p_usage ->> 'input_tokens')::bigint, 0), coalesce((p_usage ->> 'output_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cache_read_tokens')::bigint, 0), coalesce((p_usage ->> 'cache_write_tokens')::bigint, 0),
    coalesce((p_usage ->> 'cost_usd')::numeric, 0),
    coalesce(private.milliseconds(p_generation.started_at, p_generation.finished_at), 0)
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

-- Whole milliseconds between two times, at most what an integer holds (24 days); null when one is missing. What a
-- crash left behind may be ended after months.
create function private.milliseconds(p_from timestamptz, p_to timestamptz) returns integer
language sql immutable set search_path = ''
as $$
  select case
    when num_nulls(p_from, p_to) = 0
    then least(greatest(extract(epoch from p_to - p_from) * 1000, 0), 2147483647)::integer
  end
$$;

-- A bill as models.Usage; the cost as text, so that no reader rounds it.
create function private.usage_json(p_event public.usage_events) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'input_tokens', p_event.input_tokens,
    'output_tokens', p_event.output_tokens,
    'cache_read_tokens', p_event.cache_read_tokens,
    'cache_write_tokens', p_event.cache_write_tokens,
    'cost_usd', trim_scale(p_event.cost_usd)::text,
    'is_simulated', p_event.is_simulated
  )
  where p_event.generation_id is not null
$$;

revoke execute on function
  private.record_usage(public.generations, jsonb), private.milliseconds(timestamptz, timestamptz),
  private.usage_json(public.usage_events)
from public, anon, authenticated, service_role;
