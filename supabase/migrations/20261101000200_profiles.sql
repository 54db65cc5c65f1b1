-- Who is there: one profile for each user of auth.users, and who of them is an admin.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  is_suspended boolean not null default false,
  created_at timestamptz not null default now()
);
comment on table public.profiles is 'One row for each user; made at sign-up, or lazily at the first call.';

create table private.user_roles (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  role text not null check (role = 'admin'),
  granted_at timestamptz not null default now()
);
comment on table private.user_roles is 'Who is an admin. Never in user metadata, which users can write themselves.';

alter table public.profiles enable row level security;
alter table public.profiles force row level security;
alter table private.user_roles enable row level security;
alter table private.user_roles force row level security;
revoke all on public.profiles, private.user_roles from public, anon, authenticated, service_role;
grant select on public.profiles to authenticated, service_role;

create policy profiles_select on public.profiles
  for select to authenticated using (id = (select auth.uid()));

-- Makes the profile and the quota of a user who has none yet. Called by every entry function and by the sign-up
-- trigger, so a user whose trigger failed is complete at the first call. Raises PT401 for an id that is no user.
create function private.ensure_profile(p_user_id uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  if exists (select from public.profiles where id = p_user_id) then
    return;
  end if;
  if not exists (select from auth.users where id = p_user_id) then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  insert into public.profiles (id) values (p_user_id) on conflict do nothing;
  perform private.open_quota(p_user_id);
end
$$;

-- The user on whose behalf the current function runs. Called first by every function that users may call.
-- Raises PT401 for a token without `sub`, PT403 for a suspended user.
create function private.caller() returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_user_id uuid := (select auth.uid());
begin
  if v_user_id is null then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  perform private.ensure_profile(v_user_id);
  if (select is_suspended from public.profiles where id = v_user_id) then
    raise exception using errcode = 'PT403', message = 'suspended';
  end if;
  return v_user_id;
end
$$;

-- The caller, who must be an admin. Raises PT403 for everybody else.
create function private.admin_caller() returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
begin
  if not exists (select from private.user_roles where user_id = v_user_id and role = 'admin') then
    raise exception using errcode = 'PT403', message = 'forbidden';
  end if;
  return v_user_id;
end
$$;

-- A user as models.User.
create function private.user_json(p_user_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', u.id,
    'email', nullif(u.email, ''),
    'role', coalesce(r.role, 'user'),
    'is_guest', coalesce(u.is_anonymous, false)
  )
  from auth.users u
  left join private.user_roles r on r.user_id = u.id
  where u.id = p_user_id
$$;

-- Trigger on auth.users. Definer, because GoTrue inserts as a role that has no rights here. It must never block a
-- sign-up, so whatever goes wrong is only a warning: private.ensure_profile() makes up for it at the first call.
create function private.on_auth_user_created() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.ensure_profile(new.id);
  return new;
exception when others then
  raise warning 'no profile at sign-up: %', sqlerrm;
  return new;
end
$$;

-- For the server: makes the user with this address an admin. Only a confirmed address counts, or anybody could sign
-- up with an admin's address before them. Definer, because only the owner may read auth.users and write roles.
create function public.grant_admin(p_email text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid;
  v_is_granted boolean := false;
begin
  for v_user_id in
    select id from auth.users
    where lower(email) = lower(btrim(p_email)) and email_confirmed_at is not null and not coalesce(is_anonymous, false)
  loop
    perform private.ensure_profile(v_user_id);
    insert into private.user_roles (user_id, role) values (v_user_id, 'admin') on conflict do nothing;
    v_is_granted := true;
  end loop;
  return jsonb_build_object('ok', v_is_granted);
end
$$;

revoke execute on function
  private.ensure_profile(uuid), private.caller(), private.admin_caller(), private.user_json(uuid),
  private.on_auth_user_created(), public.grant_admin(text)
from public, anon, authenticated, service_role;
grant execute on function public.grant_admin(text) to service_role;
