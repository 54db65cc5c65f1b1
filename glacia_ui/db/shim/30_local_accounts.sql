-- Accounts of the embedded database. On a hosted project GoTrue does this work; here these functions stand in for it.
-- They are the only way to auth.users from outside, belong to the role that owns it, and are granted to the server
-- alone. Passwords arrive as argon2 hashes: no plain password ever reaches SQL.

-- Makes an account that can sign in at once. Nobody has shown yet that the address is theirs, so it is not confirmed:
-- only a confirmed one can become an admin. Two at the same time for one address: the second one is told that it is
-- taken. Caller: the server, after it has checked the address and hashed the password.
create or replace function public.create_local_account(p_email text, p_encrypted_password text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into auth.users (email, encrypted_password)
  values (p_email, p_encrypted_password)
  on conflict (email) do nothing
  returning id into v_id;
  if v_id is null then
    return jsonb_build_object('ok', false, 'reason', 'email_taken');
  end if;
  return jsonb_build_object('ok', true, 'id', v_id);
end
$$;

-- Makes a guest: no address, no password, so nobody can sign in to it again. Caller: the server.
create or replace function public.create_local_guest() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into auth.users (is_anonymous) values (true) returning id into v_id;
  return jsonb_build_object('ok', true, 'id', v_id);
end
$$;

-- The id and password hash behind an address, or nulls. Definer, because the hash is nobody's to read but the server's,
-- at sign-in.
create or replace function public.find_local_account(p_email text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'id', (select u.id from auth.users u where u.email = p_email),
    'encrypted_password', (select u.encrypted_password from auth.users u where u.email = p_email)
  )
$$;

-- Replaces a password hash. Caller: the server, after a sign-in whose hash is out of date, and the command
-- `set-password`. Says whether there is such an account.
create or replace function public.set_local_password(p_email text, p_encrypted_password text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update auth.users set encrypted_password = p_encrypted_password, updated_at = now() where email = p_email;
  return jsonb_build_object('ok', found);
end
$$;

-- Takes an address as confirmed, on the word of whoever runs this server: the command `grant-admin`. Says whether there
-- is such an account.
create or replace function public.confirm_local_account(p_email text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where email = p_email;
  return jsonb_build_object('ok', found);
end
$$;

do $$
declare
  v_function text;
begin
  foreach v_function in array array[
    'public.create_local_account(text, text)',
    'public.create_local_guest()',
    'public.find_local_account(text)',
    'public.set_local_password(text, text)',
    'public.confirm_local_account(text)'
  ] loop
    execute format('alter function %s owner to supabase_auth_admin', v_function);
    execute format('revoke all on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end
$$;
