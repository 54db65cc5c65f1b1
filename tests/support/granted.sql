-- Default privileges of hosted projects made before 2026-10-30: everything new in `public` is open to all three roles,
-- and every function to PUBLIC.
alter default privileges for role postgres in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres grant execute on functions to public;
