-- A quote counts all that would be sent: what goes with the prompt, and which files are locked, too.

-- What goes with a prompt, for counting it: texts with their content as models.AttachmentContent, pictures as
-- models.Attachment, because their tokens follow from their size. What is not of this user and project, or gone, is left
-- out: sending it will say so.
create function private.counted_attachments_json(p_ids uuid[], p_project_id uuid, p_user_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(
    case a.kind when 'text' then private.attachment_content_json(a) else private.attachment_json(a) end order by t.n
  ), '[]')
  from unnest(p_ids) with ordinality as t (id, n)
  join public.attachments a on a.id = t.id and a.project_id = p_project_id and a.user_id = p_user_id
$$;

-- Made anew below.
drop function public.get_quote_basis(uuid, text, text, boolean);

-- For users: all that a quote for one request in a project of theirs rests on. Answers with it, or with how long to
-- wait when too many were asked for. Definer, because hits and blobs are closed to users; everything is found by
-- auth.uid(). The quota row is locked only when a new month has to be opened.
-- Made anew with one argument more.
create function public.get_quote_basis(
  p_project_id uuid, p_model text, p_mode text default 'build', p_is_simulated boolean default false,
  p_attachments uuid[] default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller();
  v_project public.projects := private.get_own_project(p_project_id, v_user_id);
  v_counted record := private.count_hit('quote', v_user_id::text);
  v_window private.rate_window := v_counted.o_window;
  v_quota public.quotas;
begin
  if not v_counted.o_is_allowed then
    return jsonb_build_object(
      'ok', false, 'limit', v_window.max_hits, 'window_seconds', v_window.window_seconds,
      'retry_after', v_window.retry_after
    );
  end if;
  select * into v_quota from public.quotas where user_id = v_user_id;
  if v_quota.period_start < private.month_start(clock_timestamp()) then
    v_quota := private.lock_quota(v_user_id);
  end if;
  return private.answered_turns(p_project_id, 9223372036854775807) || jsonb_build_object(
    'ok', true,
    'remaining', v_quota.remaining,
    'is_empty', v_project.latest_snapshot = 0,
    'results', private.past_results(
      v_user_id, p_model, p_mode, v_project.latest_snapshot = 0, coalesce(p_is_simulated, false)
    ),
    'files', private.snapshot_files_json(p_project_id, v_project.latest_snapshot, true),
    'locks', private.file_locks_json(p_project_id),
    'attachments', private.counted_attachments_json(p_attachments, p_project_id, v_user_id)
  );
end
$$;

revoke execute on function
  private.counted_attachments_json(uuid[], uuid, uuid), public.get_quote_basis(uuid, text, text, boolean, uuid[])
from public, anon, authenticated, service_role;
grant execute on function public.get_quote_basis(uuid, text, text, boolean, uuid[]) to authenticated;
