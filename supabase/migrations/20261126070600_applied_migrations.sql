-- For the server: the versions that this database has, so that a start can tell what it lacks. Definer, because the
-- history is nobody else's to read; plpgsql, because it is looked up when it is asked for and not before.
create function public.applied_migrations() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return jsonb_build_object('versions', (
    select coalesce(jsonb_agg(version order by version collate "C"), '[]') from supabase_migrations.schema_migrations
  ));
end
$$;

revoke execute on function public.applied_migrations() from public, anon, authenticated, service_role;
grant execute on function public.applied_migrations() to service_role;
