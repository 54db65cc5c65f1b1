-- Ending every session of a user at once: "sign out everywhere", and a new password.

-- For the server: ends the sessions of a user, except one when its token's hash is given. Definer, as open_session.
create function public.close_sessions(p_user_id uuid, p_except_sha256 text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.sessions where user_id = p_user_id and token_sha256 is distinct from p_except_sha256;
  return jsonb_build_object('ok', true);
end
$$;

revoke execute on function public.close_sessions(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.close_sessions(uuid, text) to service_role;
