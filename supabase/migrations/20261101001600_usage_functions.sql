-- What users read about themselves: what is left, what was used, and every movement of their quota.

-- For users: who they are, their quota, their windows. Definer, because hits and roles lie in schema private; it
-- reads only what belongs to the caller. The quota row is locked only when a new month has to be opened.
create function public.get_me() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_quota public.quotas;
begin
  select * into v_quota from public.quotas where user_id = v_user_id;
  if v_quota.period_start < private.month_start(clock_timestamp()) then
    v_quota := private.lock_quota(v_user_id);
  end if;
  return jsonb_build_object('me', jsonb_build_object(
    'user', private.user_json(v_user_id),
    'quota', private.quota_json(v_quota),
    'windows', jsonb_build_array(
      private.window_json(private.read_window('generation', v_user_id::text)),
      private.window_json(private.read_window('api', v_user_id::text)) - 'hits'
    )
  ));
end
$$;

-- Raises PT422 unless [p_from, p_to) is a range.
create function private.check_range(p_from timestamptz, p_to timestamptz) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if p_from is null or p_to is null or p_from >= p_to then
    raise exception using errcode = 'PT422', message = 'invalid_range';
  end if;
end
$$;

-- For users: sums of their own usage in [p_from, p_to) per day, model, project or outcome, in the group's order. A
-- day is one of UTC; a project is named as today, or as it was last if it is deleted. Definer, because it names
-- deleted and present projects alike; it filters on the caller. It names columns, never whole rows, so that the
-- covering index answers it alone.
create function public.get_usage(p_from timestamptz, p_to timestamptz, p_group_by text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
begin
  perform private.check_range(p_from, p_to);
  if p_group_by is null or p_group_by not in ('day', 'model', 'project', 'outcome') then
    raise exception using errcode = 'PT422', message = 'invalid_group';
  end if;
  return jsonb_build_object('rows', (
    select coalesce(jsonb_agg(to_jsonb(r) order by r."group" collate "C"), '[]')
    from (
      select
        case p_group_by
          when 'day' then to_char(u.at at time zone 'UTC', 'YYYY-MM-DD')
          when 'model' then u.model
          when 'project' then coalesce((select p.name from public.projects p where p.id = u.project_id), u.project_name)
          else u.outcome
        end as "group",
        count(*) as generations,
        count(*) filter (where is_returned) as returned,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_tokens) as cache_write_tokens,
        trim_scale(sum(cost_usd))::text as cost_usd,
        sum(duration_ms) as duration_ms
      from public.usage_events u
      where u.user_id = v_user_id and u.at >= p_from and u.at < p_to
      group by 1
    ) as r
  ));
end
$$;

-- A bill as models.UsageEvent.
create function private.usage_event_json(p_event public.usage_events) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'at', p_event.at,
    'generation_id', p_event.generation_id,
    'project_id', p_event.project_id,
    'project_name', coalesce(
      (select p.name from public.projects p where p.id = p_event.project_id), p_event.project_name
    ),
    'model', p_event.model,
    'status', p_event.status,
    'outcome', p_event.outcome,
    'is_returned', p_event.is_returned,
    'usage', private.usage_json(p_event),
    'duration_ms', p_event.duration_ms,
    'day', (p_event.at at time zone 'UTC')::date
  )
$$;

-- For users: their own bills in [p_from, p_to), newest first. Definer, as get_usage.
create function public.list_usage_events(p_from timestamptz, p_to timestamptz, p_limit integer default 1000)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
begin
  perform private.check_range(p_from, p_to);
  return jsonb_build_object('events', (
    select coalesce(jsonb_agg(private.usage_event_json(e) order by e.at desc, e.generation_id), '[]')
    from (
      select * from public.usage_events
      where user_id = v_user_id and at >= p_from and at < p_to
      order by at desc, generation_id
      limit greatest(coalesce(p_limit, 1000), 0)
    ) as e
  ));
end
$$;

-- For users: the movements of their own quota, newest first, below the id `p_before`. Definer, as get_usage.
create function public.list_ledger(p_limit integer default 200, p_before bigint default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
begin
  return jsonb_build_object('rows', (
    select coalesce(jsonb_agg(to_jsonb(l) order by l.id desc), '[]')
    from (
      select q.id, q.at, q.kind, q.amount, q.balance, q.reason, q.generation_id, q.project_id,
        coalesce(p.name, q.project_name) as project_name
      from public.quota_ledger q left join public.projects p on p.id = q.project_id
      where q.user_id = v_user_id and (p_before is null or q.id < p_before)
      order by q.id desc
      limit greatest(coalesce(p_limit, 200), 0)
    ) as l
  ));
end
$$;

revoke execute on function
  public.get_me(), private.check_range(timestamptz, timestamptz),
  public.get_usage(timestamptz, timestamptz, text), private.usage_event_json(public.usage_events),
  public.list_usage_events(timestamptz, timestamptz, integer), public.list_ledger(integer, bigint)
from public, anon, authenticated, service_role;
grant execute on function
  public.get_me(), public.get_usage(timestamptz, timestamptz, text),
  public.list_usage_events(timestamptz, timestamptz, integer), public.list_ledger(integer, bigint)
to authenticated;
