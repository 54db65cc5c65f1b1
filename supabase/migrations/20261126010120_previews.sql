-- Previews: a link that the server has signed stands for the person it was made for, who has no token at hand.

-- For the server: all files of one snapshot, for the holder of a preview link. The server has checked the link's
-- signature and expiry; whose project it is, and whether that person is still welcome, is checked here. Raises PT404.
-- Definer, because only the owner may read files of somebody who is not the caller.
create function public.open_preview(p_project_id uuid, p_user_id uuid, p_snapshot integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_project public.projects := private.get_own_project(p_project_id, p_user_id);
  v_number integer := private.find_snapshot(v_project, p_snapshot);
begin
  if (select is_suspended from public.profiles where id = p_user_id) then
    raise exception using errcode = 'PT404', message = 'preview_not_found';
  end if;
  return jsonb_build_object(
    'snapshot', v_number, 'files', private.snapshot_files_json(v_project.id, v_number, true)
  );
end
$$;

revoke execute on function public.open_preview(uuid, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.open_preview(uuid, uuid, integer) to service_role;
