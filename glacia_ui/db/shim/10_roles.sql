-- The roles and privileges that a hosted Supabase project starts with, so that the same migrations meet the same
-- refusals here. Run as `supabase_admin` (initdb's superuser), which nothing else ever uses. Safe to run again.

do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'postgres', 'supabase_auth_admin', 'authenticator', 'anon', 'authenticated', 'service_role'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
  end loop;
end
$$;

-- Migrations run as `postgres`. It is no superuser on a hosted project, so it is none here.
alter role postgres with login nosuperuser inherit createdb createrole bypassrls;
-- Owns schema `auth`; GoTrue writes users as this role. A trigger on auth.users that is not `security definer` runs
-- with its few rights and fails, on a hosted project as here.
alter role supabase_auth_admin with nologin nosuperuser noinherit createrole;
-- Who the server logs in as; NOINHERIT, so it can do nothing before it has set a role.
alter role authenticator with login nosuperuser noinherit;
alter role anon with nologin noinherit;
alter role authenticated with nologin noinherit;
alter role service_role with nologin noinherit bypassrls;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;

-- A caller waits 3 s (strangers) or 8 s (everybody else). `set role` does not apply a role's settings: PostgREST reads
-- and applies them in each transaction, and so does our own transport.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = auth;

do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end
$$;

grant usage on schema public to postgres, anon, authenticated, service_role;
grant create on schema public to postgres;

-- Since 2026-10-30 a new project grants nothing by default; we take the strictest reading, in which a new function is
-- not even open to PUBLIC. Older projects grant all of it: the SQL tests run under both.
alter default privileges for role postgres in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on functions from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres revoke execute on functions from public;
