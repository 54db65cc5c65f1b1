-- Moving quota: every change of public.quotas goes together with the ledger row that explains it, under the lock of
-- private.lock_quota.

-- First day of the month in UTC.
create function private.month_start(p_at timestamptz) returns date
language sql immutable set search_path = ''
as $$ select date_trunc('month', p_at at time zone 'UTC')::date $$;

-- Writes one movement. Call it after the change of public.quotas that it explains, under the same lock.
create function private.write_ledger(
  p_user_id uuid, p_kind text, p_amount integer, p_balance integer, p_reason text,
  p_generation_id uuid default null, p_project_id uuid default null
) returns void
language sql set search_path = ''
as $$
  insert into public.quota_ledger
    (user_id, at, kind, amount, balance, reason, generation_id, project_id, project_name)
  values (
    p_user_id, clock_timestamp(), p_kind, p_amount, p_balance, p_reason, p_generation_id, p_project_id,
    (select name from public.projects where id = p_project_id)
  )
$$;

-- The first quota of a user: the default limit, granted for the current month.
create function private.open_quota(p_user_id uuid) returns void
language plpgsql set search_path = ''
as $$
declare
  v_limit integer := (select quota_limit from private.quota_defaults);
begin
  insert into public.quotas (user_id, quota_limit, remaining, period_start)
  values (p_user_id, v_limit, v_limit, private.month_start(clock_timestamp()))
  on conflict do nothing;
  if found then
    perform private.write_ledger(p_user_id, 'grant', v_limit, v_limit, 'period_started');
  end if;
end
$$;

-- Ends a month: what was reserved in it and what was left of it expires, and the new month is granted. The quota row
-- must be locked. A generation that runs across the turn has its reservation expired, so a later refund finds
-- nothing.
create function private.turn_period(p_quota public.quotas, p_month date) returns public.quotas
language plpgsql set search_path = ''
as $$
declare
  v_quota public.quotas;
  v_generation_id uuid;
begin
  for v_generation_id in
    delete from private.reservations where user_id = p_quota.user_id returning generation_id
  loop
    perform private.write_ledger(
      p_quota.user_id, 'expire', 0, p_quota.remaining, 'period_ended', v_generation_id,
      (select project_id from public.generations where id = v_generation_id)
    );
  end loop;
  perform private.write_ledger(p_quota.user_id, 'expire', -p_quota.remaining, 0, 'period_ended');
  update public.quotas
  set used = 0, reserved = 0, remaining = quota_limit, period_start = p_month, updated_at = clock_timestamp()
  where user_id = p_quota.user_id
  returning * into v_quota;
  perform private.write_ledger(v_quota.user_id, 'grant', v_quota.quota_limit, v_quota.remaining, 'period_started');
  return v_quota;
end
$$;

-- The user's quota row, locked and in the current month. The first lock of every function that takes several.
create function private.lock_quota(p_user_id uuid) returns public.quotas
language plpgsql set search_path = ''
as $$
declare
  v_quota public.quotas;
  v_month date;
begin
  select * into v_quota from public.quotas where user_id = p_user_id for no key update;
  -- The clock is read after the lock: while waiting for it, a month may have ended.
  v_month := private.month_start(clock_timestamp());
  if v_quota.period_start < v_month then
    v_quota := private.turn_period(v_quota, v_month);
  end if;
  return v_quota;
end
$$;

-- Takes one generation out of the quota. False when nothing is left. The quota row must be locked.
create function private.reserve_quota(p_user_id uuid, p_generation_id uuid, p_project_id uuid) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_remaining integer;
begin
  update public.quotas
  set reserved = reserved + 1, remaining = remaining - 1, updated_at = clock_timestamp()
  where user_id = p_user_id and remaining > 0
  returning remaining into v_remaining;
  if not found then
    return false;
  end if;
  insert into private.reservations (user_id, generation_id, reserved_at)
  values (p_user_id, p_generation_id, clock_timestamp());
  perform private.write_ledger(p_user_id, 'reserve', -1, v_remaining, 'requested', p_generation_id, p_project_id);
  return true;
end
$$;

-- Ends a reservation that has just been deleted: it becomes used, or comes back. The quota row must be locked.
create function private.end_reservation(
  p_user_id uuid, p_is_returned boolean, p_reason text, p_generation_id uuid default null,
  p_project_id uuid default null
) returns void
language plpgsql set search_path = ''
as $$
declare
  v_back integer := p_is_returned::integer;
  v_remaining integer;
begin
  update public.quotas
  set reserved = reserved - 1, used = used + 1 - v_back, remaining = remaining + v_back, updated_at = clock_timestamp()
  where user_id = p_user_id
  returning remaining into v_remaining;
  perform private.write_ledger(
    p_user_id, case when p_is_returned then 'refund' else 'settle' end, v_back, v_remaining, p_reason,
    p_generation_id, p_project_id
  );
end
$$;

-- Settles or refunds a generation. True when the quota came back by this call; false also when a settlement, a refund
-- or the end of the month came first. The quota row must be locked.
create function private.close_reservation(
  p_user_id uuid, p_generation_id uuid, p_project_id uuid, p_is_returned boolean, p_reason text
) returns boolean
language plpgsql set search_path = ''
as $$
begin
  delete from private.reservations where generation_id = p_generation_id;
  if not found then
    return false;
  end if;
  perform private.end_reservation(p_user_id, p_is_returned, p_reason, p_generation_id, p_project_id);
  return p_is_returned;
end
$$;

-- A quota as models.Quota.
create function private.quota_json(p_quota public.quotas) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'limit', p_quota.quota_limit,
    'used', p_quota.used,
    'reserved', p_quota.reserved,
    'remaining', p_quota.remaining,
    'resets_at', (p_quota.period_start + interval '1 month') at time zone 'UTC'
  )
$$;

-- For the server: reserves one generation of a user's quota outside of begin_generation, which shares
-- private.reserve_quota() with it. Definer, because only the owner may write quotas.
create function public.decrement_quota(p_user_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_quota public.quotas;
  v_is_reserved boolean;
begin
  perform private.ensure_profile(p_user_id);
  v_quota := private.lock_quota(p_user_id);
  v_is_reserved := private.reserve_quota(p_user_id, null, null);
  return jsonb_build_object('ok', v_is_reserved, 'remaining', v_quota.remaining - v_is_reserved::integer);
end
$$;

-- For the server: gives back one reservation made by decrement_quota, never one of a generation: those end with it.
-- Not ok when there is none. Definer, because only the owner may write quotas.
create function public.increment_quota(p_user_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_quota public.quotas;
  v_is_returned boolean;
begin
  perform private.ensure_profile(p_user_id);
  v_quota := private.lock_quota(p_user_id);
  delete from private.reservations
  where id = (select min(id) from private.reservations where user_id = p_user_id and generation_id is null);
  v_is_returned := found;
  if v_is_returned then
    perform private.end_reservation(p_user_id, true, 'returned');
  end if;
  return jsonb_build_object('ok', v_is_returned, 'remaining', v_quota.remaining + v_is_returned::integer);
end
$$;

-- For admins: the monthly limit of one user, or, with a null user, of users who come later. Definer, because only the
-- owner may write quotas; private.admin_caller() refuses everybody who is no admin.
create function public.set_quota_limit(p_user_id uuid, p_limit integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_quota public.quotas;
begin
  perform private.admin_caller();
  if p_limit is null or p_limit not between 0 and 1000000 then
    raise exception using errcode = 'PT422', message = 'invalid_limit';
  elsif p_user_id is null then
    update private.quota_defaults set quota_limit = p_limit;
    return jsonb_build_object('ok', true);
  elsif not exists (select from auth.users where id = p_user_id) then
    raise exception using errcode = 'PT404', message = 'user_not_found';
  end if;
  perform private.ensure_profile(p_user_id);
  v_quota := private.lock_quota(p_user_id);
  if v_quota.quota_limit <> p_limit then
    update public.quotas
    set quota_limit = p_limit, remaining = remaining + p_limit - quota_limit, updated_at = clock_timestamp()
    where user_id = p_user_id;
    perform private.write_ledger(
      p_user_id, 'grant', p_limit - v_quota.quota_limit, v_quota.remaining + p_limit - v_quota.quota_limit,
      'limit_changed'
    );
  end if;
  return jsonb_build_object('ok', true);
end
$$;

revoke execute on function
  private.month_start(timestamptz), private.write_ledger(uuid, text, integer, integer, text, uuid, uuid),
  private.open_quota(uuid), private.turn_period(public.quotas, date), private.lock_quota(uuid),
  private.reserve_quota(uuid, uuid, uuid), private.end_reservation(uuid, boolean, text, uuid, uuid),
  private.close_reservation(uuid, uuid, uuid, boolean, text), private.quota_json(public.quotas),
  public.decrement_quota(uuid), public.increment_quota(uuid), public.set_quota_limit(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.decrement_quota(uuid), public.increment_quota(uuid) to service_role;
grant execute on function public.set_quota_limit(uuid, integer) to authenticated;
