-- Health in the list of snapshots: the way out of an error is looked for where it is offered, for the newest snapshot.
-- Before, a project of 1000 broken ones took a second to list.

drop function private.health_json(uuid, integer);

-- The health of a snapshot as models.SnapshotHealth; if so wished without the ways out, which cost most to find.
create function private.health_json(p_project_id uuid, p_number integer, p_has_ways boolean default true) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_build_object(
        'state', h.state,
        'errors', (select coalesce(jsonb_agg(e - 'signature' order by n), '[]')
          from jsonb_array_elements(h.errors) with ordinality as t (e, n)),
        'is_fix_blocked', p_has_ways and private.is_fix_blocked(h),
        'last_working', case
          when p_has_ways and h.state = 'broken' then private.last_working(h.project_id, h.number)
        end,
        'seen_at', h.seen_at
      )
      from public.snapshot_health h where h.project_id = p_project_id and h.number = p_number
    ),
    jsonb_build_object(
      'state', 'unknown', 'errors', '[]'::jsonb, 'is_fix_blocked', false, 'last_working', null, 'seen_at', null
    )
  )
$$;

-- For users: the snapshots of a project of theirs, newest first, each with its health; the ways out of an error are
-- named for the newest. Definer, as its answer is made of private helpers; it filters on the caller.
create or replace function public.list_snapshots(p_project_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, private.caller());
begin
  return jsonb_build_object('snapshots', (
    select coalesce(jsonb_agg(
      private.snapshot_json(s) || jsonb_build_object(
        'health', private.health_json(s.project_id, s.number, s.number = v_project.latest_snapshot)
      )
      order by s.number desc
    ), '[]')
    from public.snapshots s where s.project_id = v_project.id
  ));
end
$$;

-- The loop breaker's rule, as before; and a request of the same words, sent again after a fix that failed, is that fix.
create or replace function private.is_fix_blocked(p_health public.snapshot_health) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.generation_fixes f
    join public.generations g on g.id = f.generation_id
    where f.project_id = p_health.project_id and f.snapshot <= p_health.number
      and f.signatures && private.error_signatures(p_health.errors)
      and exists (
        select from public.generations done
        where done.project_id = f.project_id and done.prompt = g.prompt and done.status = 'succeeded'
      )
      and not exists (
        select from public.snapshot_health h
        where h.project_id = f.project_id and h.number > f.snapshot and h.number < p_health.number and h.state = 'ok'
      )
  )
$$;

revoke execute on function private.health_json(uuid, integer, boolean)
from public, anon, authenticated, service_role;
