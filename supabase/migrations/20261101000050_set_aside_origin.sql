-- Glacia's forerunner kept `projects` and `project_files` in the same project under the same names. They are set aside,
-- whole, in a schema that no client reaches, so that ours can be made; 20261126060100_adopt_origin.sql then takes over
-- what it understands. Nothing is lost, and where there is no forerunner nothing happens.
--
-- It is recognised by a table `public.projects` with a column `id`, or by `public.project_files`, that is not ours. What
-- else has a name of ours goes with it: relations are moved, functions are dropped by their signature (or moved, if
-- something depends on them), and their definitions are kept. A trigger of the forerunner's on auth.users that uses what
-- was moved, itself or through other functions, would stop every sign-up: it is made to do nothing, and its definition
-- is kept, too. A push that stopped half way, before there was this file, may have left schema `private`, `profiles`
-- and `projects` of ours. What has a name of ours and is no forerunner's is nobody's to move: it stops us, in a sentence.

do $migration$
declare
  v_relations constant text[] := array[
    'project_files_stats', 'attachments', 'blobs', 'file_locks', 'file_versions', 'generation_drafts',
    'generation_events', 'generation_replays', 'generations', 'messages', 'profiles', 'project_files', 'projects',
    'quota_ledger', 'quotas', 'snapshot_files', 'snapshot_fixes', 'snapshot_health', 'snapshots', 'usage_daily',
    'usage_events'
  ];
  v_functions constant text[] := array[
    'admit', 'admit_token', 'append_events', 'applied_migrations', 'begin_fix', 'begin_generation',
    'cancel_generation', 'change_queued', 'claim_generations', 'claim_renewal', 'clear_attempts', 'close_session',
    'close_sessions', 'confirm_local_account', 'continue_queue', 'create_local_account', 'create_local_guest',
    'create_project', 'decrement_quota', 'delete_project', 'discard_generation_draft', 'drop_attachment',
    'events_since', 'extend_leases', 'fail_generation', 'find_cancelled', 'find_local_account', 'finish_generation',
    'get_attachment', 'get_file', 'get_generation', 'get_health', 'get_me', 'get_project', 'get_project_stats',
    'get_quote_basis', 'get_replay', 'get_snapshot_files', 'get_usage', 'grant_admin', 'increment_quota',
    'keep_generation_draft', 'list_attachments', 'list_conversation', 'list_file_locks', 'list_files',
    'list_generation_drafts', 'list_ledger', 'list_messages', 'list_projects', 'list_snapshots', 'list_usage_events',
    'note_attempt', 'note_health', 'open_hosted_session', 'open_preview', 'open_session', 'ping', 'restore_snapshot',
    'save_draft', 'set_file_lock', 'set_local_password', 'set_quota_limit', 'set_rate_policy', 'store_attachment',
    'store_renewal', 'sweep_stale_generations', 'update_project'
  ];
  v_ours constant text[] := array_remove(array[
    case when to_regclass('private.user_roles') is not null then 'profiles' end,
    case when to_regclass('private.user_roles') is not null then 'grant_admin' end,
    case when to_regprocedure('private.get_own_project(uuid, uuid)') is not null then 'projects' end
  ], null);
  v_has_begun boolean := false;
  v_taken text;
  v_moved text[] := '{}';
  v_found record;
begin
  if to_regclass('private.quota_defaults') is not null then
    return;
  end if;
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute $$ select exists (
      select from supabase_migrations.schema_migrations where version = '20261101000100'
    ) $$ into v_has_begun;
  end if;
  if to_regnamespace('private') is not null and not v_has_begun then
    raise exception 'Glacia needs a schema private of its own, and this database has one: rename it first.';
  end if;
  select string_agg('public.' || c.relname, ', ' order by c.relname) into v_taken
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relname = any (v_relations) and c.relname <> all (v_ours);
  if not exists (
    select from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relname in ('projects', 'project_files')
      and c.relname <> all (v_ours) and (a.attname = 'id' or c.relname = 'project_files')
  ) then
    if v_taken is not null then
      raise exception 'Glacia needs the name of what is here already (%): give it a project of its own.', v_taken;
    end if;
    return;
  end if;
  create schema glacia_origin;
  revoke all on schema glacia_origin from public, anon, authenticated, service_role;
  create table glacia_origin.set_aside (kind text not null, name text not null, definition text);

  -- Views first: one that stays would go on showing the moved tables under the old name.
  for v_found in
    select c.relname::text as name, c.relkind
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = any (v_relations) and c.relname <> all (v_ours)
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by c.relkind in ('r', 'p', 'f')
  loop
    execute format(
      'alter %s public.%I set schema glacia_origin',
      case v_found.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, v_found.name
    );
    insert into glacia_origin.set_aside values ('relation', v_found.name, null);
    v_moved := v_moved || v_found.name;
  end loop;

  for v_found in
    select p.oid::regprocedure::text as signature, p.proname::text as name, pg_get_functiondef(p.oid) as definition
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any (v_functions) and p.prokind in ('f', 'p')
      and p.proname <> all (v_ours)
      and pg_get_userbyid(p.proowner) = current_user
  loop
    insert into glacia_origin.set_aside values ('function', v_found.signature, v_found.definition);
    v_moved := v_moved || v_found.name;
    begin
      execute format('drop routine %s', v_found.signature);
    exception when dependent_objects_still_exist then
      execute format('alter routine %s set schema glacia_origin', v_found.signature);
    end;
  end loop;

  for v_found in
    with recursive code as (
      select p.oid, p.proname, p.prosrc from pg_catalog.pg_proc p
      where p.pronamespace not in (
        select n.oid from pg_catalog.pg_namespace n where n.nspname in ('pg_catalog', 'information_schema', 'extensions')
      )
    ), affected as (
      select c.oid, c.proname from code c
      where exists (select from unnest(v_moved) as moved where c.prosrc ~ ('\m' || moved || '\M'))
      union
      select c.oid, c.proname from affected a join code c
        on c.prosrc ~ ('\m' || regexp_replace(a.proname, '(\W)', '\\\1', 'g') || '\M')
    )
    select distinct p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as definition
    from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = 'auth.users'::regclass and not t.tgisinternal
      and pg_get_userbyid(p.proowner) = current_user
      and p.oid in (select oid from affected)
  loop
    insert into glacia_origin.set_aside values ('trigger on auth.users', v_found.signature, v_found.definition);
    execute format(
      'create or replace function %s returns trigger language plpgsql as $body$ begin return coalesce(new, old); end $body$',
      v_found.signature
    );
  end loop;
end
$migration$;
