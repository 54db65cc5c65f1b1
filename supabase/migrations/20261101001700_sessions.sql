-- Sessions: who is signed in, and the one call that lets an API request in.

-- Only the SHA-256 of a token is stored: a copy of this table opens no session.
create table private.sessions (
  token_sha256 text primary key check (token_sha256 ~ '^[0-9a-f]{64}$'),
  user_id uuid not null references public.profiles (id) on delete cascade,
  lifetime_seconds integer not null check (lifetime_seconds between 1 and 31536000),
  address text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_user_id on private.sessions (user_id);
create index sessions_expires_at on private.sessions (expires_at);
comment on column private.sessions.address is 'Where it was last extended from.';

alter table private.sessions enable row level security;
alter table private.sessions force row level security;
revoke all on private.sessions from public, anon, authenticated, service_role;

-- For the server: opens a session that ends `p_seconds` after its last use. Raises PT401 for an id that is no user.
-- Forgets some sessions that have ended. Definer, because schema private is closed to every client.
create function public.open_session(p_user_id uuid, p_token_sha256 text, p_seconds integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  perform private.ensure_profile(p_user_id);
  delete from private.sessions
  where token_sha256 in (
    select token_sha256 from private.sessions where expires_at <= v_now limit 100 for update skip locked
  );
  insert into private.sessions (token_sha256, user_id, lifetime_seconds, created_at, expires_at)
  values (p_token_sha256, p_user_id, p_seconds, v_now, v_now + make_interval(secs => p_seconds));
  return jsonb_build_object('ok', true);
end
$$;

-- For the server: ends a session. Definer, as open_session.
create function public.close_session(p_token_sha256 text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.sessions where token_sha256 = p_token_sha256;
  return jsonb_build_object('ok', true);
end
$$;

-- The session of a token, extended when a thirtieth of its lifetime has passed (of 30 days: once a day, so that
-- reading a session seldom writes). Null when there is none or it has ended.
create function private.use_session(p_token_sha256 text, p_address text) returns private.sessions
language plpgsql set search_path = ''
as $$
declare
  v_session private.sessions;
  v_now timestamptz := clock_timestamp();
begin
  select * into v_session from private.sessions where token_sha256 = p_token_sha256 and expires_at > v_now;
  if found and v_session.expires_at < v_now + make_interval(secs => v_session.lifetime_seconds * 29.0 / 30) then
    update private.sessions
    set expires_at = v_now + make_interval(secs => lifetime_seconds), address = p_address
    where token_sha256 = p_token_sha256;
  end if;
  return v_session;
end
$$;

-- For the server: may a request with this session token from this address come in, and who is it? Session, suspension
-- and, if the request counts, the rate window of the API, in one call. Definer, as open_session.
create function public.admit(p_token_sha256 text, p_address text, p_is_counted boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session private.sessions := private.use_session(p_token_sha256, p_address);
  v_counted record;
  v_user jsonb;
begin
  if v_session.user_id is null then
    return jsonb_build_object('ok', false, 'reason', 'no_session');
  elsif (select is_suspended from public.profiles where id = v_session.user_id) then
    return jsonb_build_object('ok', false, 'reason', 'suspended');
  end if;
  v_user := private.user_json(v_session.user_id);
  if not p_is_counted then
    return jsonb_build_object('ok', true, 'user', v_user, 'rate', null);
  end if;
  v_counted := private.count_hit('api', v_session.user_id::text);
  return jsonb_strip_nulls(jsonb_build_object(
    'ok', v_counted.o_is_allowed,
    'reason', case when not v_counted.o_is_allowed then 'rate_limited' end
  )) || jsonb_build_object('user', v_user, 'rate', private.window_json(v_counted.o_window) - 'hits');
end
$$;

-- For the server: a sign of life, for the health check. Definer for the sake of one rule; it reads nothing.
create function public.ping() returns jsonb
language sql stable security definer set search_path = ''
as $$ select jsonb_build_object('ok', true) $$;

revoke execute on function
  public.open_session(uuid, text, integer), public.close_session(text), private.use_session(text, text),
  public.admit(text, text, boolean), public.ping()
from public, anon, authenticated, service_role;
grant execute on function
  public.open_session(uuid, text, integer), public.close_session(text), public.admit(text, text, boolean),
  public.ping()
to service_role;
