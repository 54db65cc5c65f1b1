-- Schema `auth` as a hosted project has it, as far as migrations and policies can see it. `postgres` may read and write
-- auth.users, refer to it and put triggers on it, but creates nothing in the schema: hosted projects refuse that.

create schema if not exists auth;
alter schema auth owner to supabase_auth_admin;
revoke all on schema auth from public;
grant usage on schema auth to postgres, anon, authenticated, service_role;

-- The columns of GoTrue's table that anything here uses, with its names and types.
create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  aud text default 'authenticated',
  role text default 'authenticated',
  email text unique,
  encrypted_password text,
  email_confirmed_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}',
  banned_until timestamptz,
  is_anonymous boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table auth.users owner to supabase_auth_admin;
alter table auth.users enable row level security;
revoke all on auth.users from public, anon, authenticated, service_role;
grant select, insert, update, delete, truncate, references, trigger on auth.users to postgres with grant option;

-- GoTrue's sessions, again with the columns that anything here uses. Empty on the embedded database.
create table if not exists auth.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  not_after timestamptz
);
alter table auth.sessions owner to supabase_auth_admin;
alter table auth.sessions enable row level security;
revoke all on auth.sessions from public, anon, authenticated, service_role;
grant select, insert, update, delete, truncate, references, trigger on auth.sessions to postgres with grant option;

-- Who is calling: the `sub` claim of the verified token, or null. Anybody may ask.
create or replace function auth.uid() returns uuid
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
  )::uuid
$$;

-- All claims of the verified token, or null. Anybody may ask.
create or replace function auth.jwt() returns jsonb
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

-- The role that the token claims, or null. Anybody may ask; it grants nothing.
create or replace function auth.role() returns text
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
  )
$$;

alter function auth.uid() owner to supabase_auth_admin;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
