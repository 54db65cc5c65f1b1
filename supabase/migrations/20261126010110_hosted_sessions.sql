-- Sessions of people whom a hosted project's GoTrue knows: our session holds GoTrue's tokens, sealed, and one process at
-- a time renews them. Also: a script's GoTrue token is let in.

alter table private.sessions
  add column auth_session_id uuid,
  add column sealed_tokens text,
  add column tokens_expire_at timestamptz,
  add column renewal_ends_at timestamptz;
comment on column private.sessions.auth_session_id is 'GoTrue''s session behind this one; null for a local account.';
comment on column private.sessions.sealed_tokens is
  'GoTrue''s access and refresh token, encrypted with GLACIA_SECRET_KEY: a copy of this table opens nothing.';
comment on column private.sessions.renewal_ends_at is
  'A process is renewing the tokens until then. GoTrue ends a session whose refresh token is used twice.';

-- For the server: opens a session over one of GoTrue's. Raises PT401 for an id that is no user. Definer, because schema
-- private is closed to every client.
create function public.open_hosted_session(
  p_user_id uuid, p_token_sha256 text, p_seconds integer,
  p_auth_session_id uuid, p_sealed_tokens text, p_tokens_expire_at timestamptz
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform public.open_session(p_user_id, p_token_sha256, p_seconds);
  update private.sessions
  set auth_session_id = p_auth_session_id, sealed_tokens = p_sealed_tokens, tokens_expire_at = p_tokens_expire_at
  where token_sha256 = p_token_sha256;
  return jsonb_build_object('ok', true);
end
$$;

-- What an API call needs to know about its user: suspended, over the API's rate, or welcome. Called by the two ways in.
create function private.let_in(p_user_id uuid, p_is_counted boolean) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_counted record;
  v_user jsonb;
begin
  if (select is_suspended from public.profiles where id = p_user_id) then
    return jsonb_build_object('ok', false, 'reason', 'suspended');
  end if;
  v_user := private.user_json(p_user_id);
  if not p_is_counted then
    return jsonb_build_object('ok', true, 'user', v_user, 'rate', null);
  end if;
  v_counted := private.count_hit('api', p_user_id::text);
  return jsonb_strip_nulls(jsonb_build_object(
    'ok', v_counted.o_is_allowed,
    'reason', case when not v_counted.o_is_allowed then 'rate_limited' end
  )) || jsonb_build_object('user', v_user, 'rate', private.window_json(v_counted.o_window) - 'hits');
end
$$;

-- For the server: may a request with this session token from this address come in, and who is it? Session, suspension
-- and, if the request counts, the rate window of the API, in one call; for a hosted session GoTrue's sealed tokens, too.
-- Definer, because schema private is closed to every client.
create or replace function public.admit(p_token_sha256 text, p_address text, p_is_counted boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session private.sessions := private.use_session(p_token_sha256, p_address);
begin
  if v_session.user_id is null then
    return jsonb_build_object('ok', false, 'reason', 'no_session');
  end if;
  return private.let_in(v_session.user_id, p_is_counted) || case
    when v_session.sealed_tokens is null then '{}'::jsonb
    else jsonb_build_object(
      'sealed_tokens', v_session.sealed_tokens, 'tokens_expire_at', v_session.tokens_expire_at
    )
  end;
end
$$;

-- For the server: the same for a script that shows GoTrue's own token, which the caller has verified. The session behind
-- it must still be one of GoTrue's: a token alone would be good until it expires, long after a sign-out. Definer,
-- because only the owner may read auth.sessions.
create function public.admit_token(p_user_id uuid, p_auth_session_id uuid, p_is_counted boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from auth.sessions where id = p_auth_session_id and user_id = p_user_id) then
    return jsonb_build_object('ok', false, 'reason', 'no_session');
  end if;
  perform private.ensure_profile(p_user_id);
  return private.let_in(p_user_id, p_is_counted);
end
$$;

-- For the server: the sealed tokens of a session, and whether the caller is the one to renew them. Whoever gets
-- `is_claimed` has 20 seconds; the others wait for what it stores. `p_seen` are the tokens that the caller has: when
-- others are stored already there is nothing to claim. Definer, because schema private is closed to every client.
create function public.claim_renewal(p_token_sha256 text, p_seen text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session private.sessions;
  v_is_claimed boolean;
begin
  select * into v_session from private.sessions where token_sha256 = p_token_sha256 for update;
  if not found then
    return jsonb_build_object('ok', false, 'reason', 'no_session');
  end if;
  v_is_claimed := v_session.sealed_tokens = p_seen
    and coalesce(v_session.renewal_ends_at, '-infinity') <= clock_timestamp();
  if v_is_claimed then
    update private.sessions set renewal_ends_at = clock_timestamp() + interval '20 seconds'
    where token_sha256 = p_token_sha256;
  end if;
  return jsonb_build_object(
    'ok', true, 'is_claimed', v_is_claimed,
    'sealed_tokens', v_session.sealed_tokens, 'tokens_expire_at', v_session.tokens_expire_at
  );
end
$$;

-- For the server: the renewed tokens of a session, or nulls when the renewal failed and another may try. Definer, as
-- claim_renewal.
create function public.store_renewal(p_token_sha256 text, p_sealed_tokens text, p_tokens_expire_at timestamptz)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update private.sessions
  set sealed_tokens = coalesce(p_sealed_tokens, sealed_tokens),
    tokens_expire_at = coalesce(p_tokens_expire_at, tokens_expire_at),
    renewal_ends_at = null
  where token_sha256 = p_token_sha256;
  return jsonb_build_object('ok', true);
end
$$;

-- Mails that people ask for: to one address, and from one place.
insert into private.rate_policies (name, max_hits, window_seconds) values
  ('mail_account', 5, 900), ('mail_address', 30, 900)
on conflict (name) do nothing;

revoke execute on function
  public.open_hosted_session(uuid, text, integer, uuid, text, timestamptz), private.let_in(uuid, boolean),
  public.admit_token(uuid, uuid, boolean), public.claim_renewal(text, text),
  public.store_renewal(text, text, timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
  public.open_hosted_session(uuid, text, integer, uuid, text, timestamptz),
  public.admit_token(uuid, uuid, boolean), public.claim_renewal(text, text),
  public.store_renewal(text, text, timestamptz)
to service_role;
