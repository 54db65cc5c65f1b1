-- What GoTrue has ended or forbidden holds here with the next request, not only when its tokens are renewed.

-- What an API call needs to know about its user: suspended or banned, over the API's rate, or welcome. Called by the two
-- ways in.
create or replace function private.let_in(p_user_id uuid, p_is_counted boolean) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_counted record;
  v_user jsonb;
begin
  if (select is_suspended from public.profiles where id = p_user_id)
    or (select banned_until > clock_timestamp() from auth.users where id = p_user_id) then
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

-- Whether a session of GoTrue's still stands, and is this user's.
create function private.has_auth_session(p_auth_session_id uuid, p_user_id uuid) returns boolean
language sql stable set search_path = ''
as $$ select exists (select from auth.sessions where id = p_auth_session_id and user_id = p_user_id) $$;

-- For the server: may a request with this session token from this address come in, and who is it? Session, suspension
-- and, if the request counts, the rate window of the API, in one call; for a hosted session GoTrue's sealed tokens, too,
-- as long as GoTrue's session behind it stands. Definer, because schema private is closed to every client.
create or replace function public.admit(p_token_sha256 text, p_address text, p_is_counted boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session private.sessions := private.use_session(p_token_sha256, p_address);
begin
  if v_session.auth_session_id is not null
    and not private.has_auth_session(v_session.auth_session_id, v_session.user_id) then
    delete from private.sessions where token_sha256 = p_token_sha256;
    v_session := null;
  end if;
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

revoke execute on function
  private.let_in(uuid, boolean), private.has_auth_session(uuid, uuid), public.admit(text, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.admit(text, text, boolean) to service_role;
